#include "history.hpp"

#include <fcntl.h>
#include <unistd.h>

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
  write(std::to_string(commit.row) + " " + std::to_string(commit.generation) + " " +
        commit.contents + " " + commit.step);
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
    std::istringstream(line) >> commit.row >> commit.generation >> commit.contents >> commit.step;
    add(commit);
  }
  std::filesystem::remove(file);
}

void History::add(const Commit& commit) {
  ++commits;
  ++steps[commit.step];
  const auto known = last.find(commit.row);
  if (!seen_.emplace(commit.row, commit.generation).second) {
    twice.push_back("row " + std::to_string(commit.row) + " generation " +
                    std::to_string(commit.generation));
  }
  if (known == last.end() || known->second.generation < commit.generation) {
    last[commit.row] = commit;
  }
}

}  // namespace affix::tests
