#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "affix/conversion/vips_converter.hpp"
#include "affix/manager/attachment_manager.hpp"
#include "affix/storage/local_disk.hpp"
#include "support/temporary_directory.hpp"

namespace affix::tests {

/// A directory in which another system has stored files below `uploads`, and a manager that may
/// open them there.
class Theirs {
 public:
  Theirs()
      : files({.disks = {{"local", make_local_disk({.root = root(), .base_url = "/files"})}},
               .converter = make_vips_converter(),
               .presets = {{.name = "thumb", .width = 200, .height = 200}},
               .foreign_folders = {{.disk = "local", .folder = "uploads"}}}) {}

  std::filesystem::path root() const { return directory.path() / "root"; }

  void put(const std::string& path, const std::string& bytes) {
    std::filesystem::create_directories((root() / path).parent_path());
    std::ofstream(root() / path, std::ios::binary) << bytes;
  }

  TemporaryDirectory directory;
  AttachmentManager files;
};

}  // namespace affix::tests
