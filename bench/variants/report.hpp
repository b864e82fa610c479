#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "variants/contest.hpp"

namespace affix::bench {

/// The table on the standard output, and the same rows as JSON lines in a file that is begun anew.
class Report {
 public:
  /// Throws `std::runtime_error` if the file cannot be written.
  explicit Report(const std::filesystem::path& file);

  /// A row for each peer: the first result is ours, the others are the peers'.
  void add(const Contest& contest, const std::vector<Result>& results);

 private:
  void add_row(const Contest& contest, const Result& ours, const Result& peer);

  std::ofstream lines_;
};

}  // namespace affix::bench
