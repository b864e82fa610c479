#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace affix::tests {

/// The ids that are in each of a row's fields.
using Contents = std::map<std::string, std::string>;

/// A commit whose outcome its writer knows.
struct Commit {
  int row = 0;
  long long generation = 0;
  std::string step;
  /// Of the fields that it has changed. Of the others a transaction may see the past: fields of the
  /// media table have no lock in common.
  Contents contents = {};
};

/// A file that grows by whole lines; what was written outlives the process.
class HistoryWriter {
 public:
  explicit HistoryWriter(const std::filesystem::path& file);
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;
  ~HistoryWriter();

  void committed(const Commit& commit);
  /// A step that lost against another worker.
  void raced(const std::string& error);
  void unexpected(const std::string& step, const std::string& message);

 private:
  void write(const std::string& line);
  int file_;
};

/// What the workers' histories say, over all rounds.
struct History {
  std::map<std::string, long long> steps;  ///< How many commits there were, by step.
  std::map<std::string, long long> races;  ///< How many steps lost, by error.
  std::vector<std::string> unexpected;
  std::vector<std::string> twice;  ///< Two commits made the same generation of a row.
  long long commits = 0;

  /// The last known generation of each row.
  const std::map<int, long long>& last() const { return last_; }
  /// What a row has that nobody has changed after its last known commit: of each field what the
  /// last commit has left in it, if there is none between that its writer did not live to know of.
  Contents expected(int row) const;

  /// Adds the lines of one worker and one round, and removes the file.
  void take(const std::filesystem::path& file);

 private:
  void add(const Commit& commit);
  std::map<int, long long> last_;
  std::map<std::pair<int, long long>, Contents> seen_;  ///< By row and generation.
};

}  // namespace affix::tests
