#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "affix/manager/attachment_manager.hpp"
#include "affix/persistence/attachment_table.hpp"
#include "affix/persistence/column_field.hpp"

namespace affix {

/// What is wrong at one place.
enum class FindingKind {
  unreadable,        ///< A column holds what is no attachment, or no list of them.
  wrong_place,       ///< A disk that is not configured, or a path that is not the attachment's own.
  missing_file,      ///< A row names a file, original or variant, that is not there.
  wrong_size,        ///< A file has another size than its row says.
  wrong_checksum,    ///< A file has other bytes than its row says.
  alias,             ///< One attachment is in two places.
  unknown,           ///< A row has an attachment that the ledger does not know.
  given_up,          ///< A row has one that the ledger has given up: its files go, or are gone.
  unreferenced,      ///< The ledger has an attachment that none of the fields has.
  orphan,            ///< Files that neither the ledger nor a marker nor one of the fields knows.
  unlisted_variant,  ///< A file among the variants of an attachment that its row does not name.
};

/// `missing_file`, `orphan` …
std::string_view name(FindingKind kind) noexcept;

struct Finding {
  FindingKind kind = FindingKind::unreadable;
  /// As far as it applies. The key of an orphan is the prefix of all its files. Text from outside.
  Where where{};
  bool repaired = false;
};

struct VerifyOptions {
  /// The columns that are compared. A table that is named here must exist.
  std::vector<ColumnField> fields{};
  std::vector<ColumnListField> list_fields{};
  /// Tables of attachments, e.g. `make_media_attachments()`.
  std::vector<std::shared_ptr<const AttachmentTable>> tables{};
  /// Whether these are all places of the database that have attachments. Only `all` looks for what
  /// is unreferenced, and removes orphans: with `some`, a column that was not named could have it.
  enum class Coverage { some, all } coverage = Coverage::some;
  /// `compare` reads every file to its end.
  enum class Checksums { skip, compare } checksums = Checksums::skip;
  /// `certain` repairs what can be repaired without a guess; see `verify`.
  enum class Repair { nothing, certain } repair = Repair::nothing;
  /// An unreferenced attachment is given up only if nothing has changed it for this long.
  std::chrono::milliseconds purge_delay = std::chrono::hours(1);
  /// So many findings are kept in the report; all of them are counted and told to `found`.
  std::size_t max_findings = 10'000;
  /// Is told each finding at once. May be empty. What it throws ends the call.
  std::function<void(const Finding&)> found{};
};

/// What `verify` has looked at, and what it has found.
struct VerifyReport {
  std::vector<Finding> findings{};
  std::size_t total_findings = 0;  ///< More than in `findings` if those were too many.
  std::size_t repaired = 0;
  std::size_t rows = 0;         ///< Rows with an attachment or a list.
  std::size_t attachments = 0;  ///< In these rows.
  std::size_t files = 0;        ///< Originals and variants that rows name.
  std::size_t on_disk = 0;      ///< Attachments that have files on a disk, by its listing.
  std::size_t in_ledger = 0;    ///< Live attachments of the ledger; 0 with `Coverage::some`.
  /// Disks where no orphans were looked for: they cannot list, or another instance keeps its files
  /// there too, and nobody can tell whose a file is.
  std::vector<std::string> unsearched_disks{};
};

/// For the operator: compares the rows, the ledger and the disks, each way, while the application
/// runs. What changes meanwhile is not reported: each suspicion is looked at again. Changes nothing
/// without `VerifyOptions::repair`. See docs/verify.md.
///
/// Only what lies as `<key_prefix>/<UUID of version 7>/<file>` or `…/variants/<file>` is affix's;
/// other files of a disk are neither reported nor touched. Of those in `foreign_folders` it is
/// only looked whether what a row names is there. A variant that no row names is reported
/// once it is older than the manager's grace, since its row may be about to.
///
/// `Repair::certain` removes variants that no row names, if they are older than the grace, and
/// enters into the ledger what it does not know, if its files are all there. With `Coverage::all`
/// it also removes orphans that are older than the grace, and gives unreferenced attachments up,
/// for `reap`. It never touches a row, and does nothing about missing or wrong files, aliases, or
/// what is given up already.
///
/// Reads all rows twice, by their keys in pages, and lists the files of each attachment. Memory:
/// 8 bytes for each attachment, and a page. The session must be in no transaction
/// (`Errc::invalid_state`). `Errc::unsupported` without a ledger, `Errc::conflict` if database and
/// disks do not belong together; else `Errc::database`, and the errors of the disks.
VerifyReport verify(soci::session& sql, AttachmentManager& files, const VerifyOptions& options);

}  // namespace affix
