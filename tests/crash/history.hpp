#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace affix::tests {

/// A commit whose outcome its writer knows.
struct Commit {
  int row = 0;
  long long generation = 0;
  std::string contents;  ///< Of the row; see `contents`.
  std::string step;
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
  std::map<int, Commit> last;              ///< The last known commit of each row.
  std::map<std::string, long long> steps;  ///< How many commits there were, by step.
  std::map<std::string, long long> races;  ///< How many steps lost, by error.
  std::vector<std::string> unexpected;
  std::vector<std::string> twice;  ///< Two commits made the same generation of a row.
  long long commits = 0;

  /// Adds the lines of one worker and one round, and removes the file.
  void take(const std::filesystem::path& file);

 private:
  void add(const Commit& commit);
  std::set<std::pair<int, long long>> seen_;  ///< Row and generation.
};

}  // namespace affix::tests
