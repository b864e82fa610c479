#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "variants/quality.hpp"
#include "variants/sets.hpp"
#include "variants/sources.hpp"

// Several programs do the same work, taking turns.

namespace affix::bench {

/// Who does the work: a process that answers as workers.hpp says.
struct Contestant {
  std::string name{};
  std::vector<std::string> command{};
};

struct Contest {
  VariantSet set{};
  SourceFile source{};
  std::vector<Contestant> contestants{};
  int rounds = 5;
  std::filesystem::path outputs{};  ///< Where variants go, a folder for each contestant.
};

/// What became of a contestant.
struct Result {
  std::string name{};
  std::string failed{};                ///< Why there are no figures; empty if there are.
  std::vector<double> milliseconds{};  ///< Of each round.
  double memory = 0;                   ///< Megabytes at most, of the whole process.
  std::int64_t bytes = 0;              ///< Of all variants together.
  std::optional<Likeness> likeness{};  ///< Mean over the variants; none if they were not kept.
};

/// One round is not counted: it warms up. Then the contestants take turns, each beginning as often
/// as the others. In real time where the system allows it, so that other work disturbs less.
std::vector<Result> hold(const Contest& contest);

/// Whether `hold` measures in real time here.
bool is_real_time_allowed();

}  // namespace affix::bench
