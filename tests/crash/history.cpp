#include "history.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace affix::tests {

HistoryWriter::HistoryWriter(const std::filesystem::path& file)
    : file_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (file_ < 0) throw std::runtime_error("there is no history in " + file.string());
}

HistoryWriter::~HistoryWriter() { ::close(file_); }

void HistoryWriter::write(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(file_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) {
    throw std::runtime_error("the history could not be written");
  }
}

void HistoryWriter::committed(const Commit& commit) {
  std::string line =
      std::to_string(commit.row) + " " + std::to_string(commit.generation) + " " + commit.step;
  for (const auto& [field, ids] : commit.contents) line += " " + field + "=" + ids;
  write(line);
}

void HistoryWriter::raced(const std::string& error) { write("~" + error); }

void HistoryWriter::unexpected(const std::string& step, const std::string& message) {
  write("! " + step + ": " + message);
}

void History::take(const std::filesystem::path& file) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('!')) {
      unexpected.push_back(line);
      continue;
    }
    if (line.starts_with('~')) {
      ++races[line.substr(1)];
      continue;
    }
    Commit commit;
    std::istringstream words(line);
    words >> commit.row >> commit.generation >> commit.step;
    for (std::string word; words >> word;) {
      const std::size_t end = word.find('=');
      commit.contents[word.substr(0, end)] = word.substr(end + 1);
    }
    add(commit);
  }
  std::filesystem::remove(file);
}

void History::add(const Commit& commit) {
  ++commits;
  ++steps[commit.step];
  if (!seen_.try_emplace({commit.row, commit.generation}, commit.contents).second) {
    twice.push_back("row " + std::to_string(commit.row) + " generation " +
                    std::to_string(commit.generation));
  }
  long long& last = last_[commit.row];
  last = std::max(last, commit.generation);
}

Contents History::expected(int row) const {
  Contents all;
  for (long long generation = last_.at(row);; --generation) {
    const auto commit = seen_.find({row, generation});
    if (commit == seen_.end()) return all;
    all.insert(commit->second.begin(), commit->second.end());
  }
}

}  // namespace affix::tests
