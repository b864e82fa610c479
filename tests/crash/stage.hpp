#pragma once

#include <soci/soci.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "affix/manager/attachment_manager.hpp"
#include "affix/media/media_field.hpp"
#include "affix/persistence/column_field.hpp"
#include "history.hpp"

namespace affix::tests {

/// What all processes of a campaign share: a database with the tables, and a local disk. The
/// controlling process writes it to a file and every worker reads that.
struct Stage {
  std::string connection;  ///< SOCI's.
  std::string rows;        ///< The owners: `id` from 1 to `row_count`, `doc` and `gallery`.
  std::string counters;    ///< For each of these ids the `generation`: commits since the beginning.
  LedgerOptions ledger;
  std::filesystem::path folder;  ///< With the disk's root and the workers' histories.
  std::string weakness;          ///< The name of one, or empty.
  MediaTables tables;            ///< Whose names are empty if the rows have all in columns.

  static constexpr int row_count = 4;
  /// The reaper's grace: what was stored a moment ago is late already.
  static constexpr std::chrono::milliseconds hostile{1};

  void save() const;
  static Stage load(const std::filesystem::path& folder);

  /// These refer to the stage's own texts.
  ColumnField avatar() const {
    return {.table = rows, .column = "doc", .key = "id", .variants = {"short", "long"}};
  }
  ColumnListField gallery() const {
    return {{.table = rows, .column = "gallery", .key = "id", .variants = {"short"}}};
  }

  MediaField medium() const {
    return {.table = rows,
            .collection = "avatar",
            .key = "id",
            .variants = {"short", "long"},
            .tables = &tables};
  }
  MediaListField media() const {
    return {{.table = rows,
             .collection = "gallery",
             .key = "id",
             .variants = {"short"},
             .tables = &tables}};
  }
  bool is_in_table() const { return !tables.media.empty(); }
  /// Calls `use` with the fields in which the rows have their attachments.
  template <class Use>
  void with_fields(Use use) const {
    is_in_table() ? use(medium(), media()) : use(avatar(), gallery());
  }

  std::filesystem::path root() const { return folder / "root"; }
  std::filesystem::path history(int worker) const {
    return folder / ("history-" + std::to_string(worker));
  }

  /// The database, with so much patience that SQLite's writers wait for each other.
  void connect(soci::session& sql) const;
  /// The disk, through the weakness if it is one of disks.
  std::shared_ptr<Disk> disk() const;
  AttachmentManagerOptions options(std::chrono::milliseconds grace) const;
};

/// The tables, with rows that have nothing yet.
void create_tables(const Stage& stage, soci::session& sql);

/// What a row has. A row that is not there has nothing.
Contents contents(const std::optional<Attachment>& avatar, const AttachmentList& gallery);

}  // namespace affix::tests
