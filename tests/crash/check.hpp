#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "affix/manager/attachment_manager.hpp"
#include "history.hpp"
#include "stage.hpp"

namespace affix::tests {

/// What was looked at, and what was found wrong; one text for each finding.
struct Findings {
  long long rows_checked = 0;        ///< Rows that have attachments.
  long long files_checked = 0;       ///< Files of rows, read to their end.
  long long unlisted = 0;            ///< Variants of live attachments that no row lists: no damage.
  std::vector<std::string> orphans;  ///< Files that nobody knows, or that stay for ever.
  std::vector<std::string> dangling;  ///< Files that a row has and that are not there.
  std::vector<std::string> torn;      ///< Files with another content than the row says.
  std::vector<std::string> lost;      ///< Rows, ledger and known commits say different things.

  bool is_damage() const {
    return !(orphans.empty() && dangling.empty() && torn.empty() && lost.empty());
  }
};

/// Looks at a stage on which nobody is at work.
class Checker {
 public:
  Checker(const Stage& stage, soci::session& sql);

  /// What must hold after every crash.
  void check(const History& history);
  /// Has the reaper do all that is to be done, after which only files of rows may be there.
  void clean_up();

  const Findings& findings() const { return findings_; }

 private:
  /// The committed rows and the ledger, at one moment.
  struct Snapshot {
    std::map<int, Contents> contents;  ///< By row.
    std::map<std::string, Attachment> attachments;
    std::map<std::string, std::string> states;  ///< The ledger's, by id.
  };

  Snapshot read();
  void add(Snapshot& snapshot, const RowKey& row, const Attachment& attachment);
  void check_file(const std::string& path, std::int64_t size, const std::string& checksum);
  void check_files(const Snapshot& snapshot);
  void check_ledger(const Snapshot& snapshot);
  void check_attribution(const Snapshot& snapshot);
  void check_history(const Snapshot& snapshot, const History& history);
  long long generation(int row);

  const Stage& stage_;
  soci::session& sql_;
  AttachmentManager files_;
  Findings findings_;
};

}  // namespace affix::tests
