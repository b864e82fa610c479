#pragma once

#include <soci/sqlite3/soci-sqlite3.h>

#include <filesystem>
#include <memory>

#include "affix/storage/local_disk.hpp"
#include "support/album.hpp"
#include "support/text_converter.hpp"

namespace affix::tests {

/// An application with an album, below a directory: its database is SQLite's, its disk a folder.
class Site {
 public:
  explicit Site(const std::filesystem::path& directory)
      : clock(std::make_shared<testing::ManualClock>(system_clock()->now())),
        files({.disks = {{"local", make_local_disk({.root = directory / "disk"})}},
               .converter = std::make_shared<TextConverter>(),
               .presets = {{.name = "thumb", .width = 200}, {.name = "card", .width = 640}},
               .clock = clock}) {
    sql.open(soci::sqlite3, "db=\"" + (directory / "album.db").string() + "\"");
    sql << "pragma busy_timeout = 200";
  }

  detail::ManagerCore& core() { return detail::ManagerAccess::core(files); }

  std::shared_ptr<testing::ManualClock> clock;
  AttachmentManager files;
  soci::session sql;
  Album album{sql, files, *clock, "album"};
};

}  // namespace affix::tests
