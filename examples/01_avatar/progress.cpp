#include "progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string_view>

namespace {

using Stage = affix::Progress::Stage;

std::string_view word(Stage stage) {
  switch (stage) {
    case Stage::reading:
      return "reading";
    case Stage::converting:
      return "converting";
    case Stage::storing:
      return "storing";
  }
  return {};
}

/// How much of the time is over when a stage ends, roughly: converting takes nearly all of it.
double part_until(Stage stage) {
  switch (stage) {
    case Stage::reading:
      return 0.05;
    case Stage::converting:
      return 0.9;
    case Stage::storing:
      return 1;
  }
  return 1;
}

double part_before(Stage stage) {
  if (stage == Stage::reading) return 0;
  return part_until(stage == Stage::storing ? Stage::converting : Stage::reading);
}

double part_done(const affix::Progress& progress) {
  const auto total = static_cast<double>(progress.total.value_or(0));
  const double of_stage = total > 0 ? std::min(1.0, double(progress.done) / total) : 1;
  const double before = part_before(progress.stage);
  return before + of_stage * (part_until(progress.stage) - before);
}

}  // namespace

ProgressBar::ProgressBar(std::string name)
    : name_(std::move(name)), is_terminal_(::isatty(STDOUT_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (is_terminal_) std::cout << "\r\033[K" << std::flush;
}

void ProgressBar::show(const affix::Progress& progress) {
  if (is_terminal_) {
    draw(progress);
  } else if (progress.total && progress.done == *progress.total) {
    std::cout << name_ << ": " << word(progress.stage) << ", " << progress.done
              << (progress.stage == Stage::reading ? " bytes" : "") << '\n';
  }
}

void ProgressBar::draw(const affix::Progress& progress) const {
  constexpr std::size_t length = 40;
  const auto filled = static_cast<std::size_t>(part_done(progress) * length);
  std::cout << '\r' << std::string(filled, '#') << std::string(length - filled, '.') << ' '
            << word(progress.stage) << ' ' << name_ << "\033[K" << std::flush;
}
