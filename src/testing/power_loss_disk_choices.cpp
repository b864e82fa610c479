#include "affix/testing/power_loss_disk.hpp"

namespace affix::testing {

PowerLossChoices PowerLossChoices::at_random(std::uint64_t seed) {
  PowerLossChoices choices;
  choices.random_.emplace(seed);
  return choices;
}

PowerLossChoices PowerLossChoices::keep_everything() {
  PowerLossChoices choices;
  choices.keep_everything_ = true;
  return choices;
}

/// Counts as an odometer does: the last choice that has an option left takes it, those behind it
/// are made anew.
bool PowerLossChoices::next() {
  done_ = 0;
  if (random_) return true;
  while (!choices_.empty() && choices_.back().chosen + 1 == choices_.back().options) {
    choices_.pop_back();
  }
  if (choices_.empty()) return false;
  ++choices_.back().chosen;
  return true;
}

std::size_t PowerLossChoices::choose(std::size_t options) {
  if (options < 2) return 0;
  if (keep_everything_) return options - 1;
  if (random_) return std::uniform_int_distribution<std::size_t>(0, options - 1)(*random_);
  if (done_ == choices_.size()) choices_.push_back({0, options});
  return choices_[done_++].chosen;
}

}  // namespace affix::testing
