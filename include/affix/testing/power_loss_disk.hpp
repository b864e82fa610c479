#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "affix/storage/local_disk.hpp"

namespace affix::testing {

/// Decides, choice by choice, what a power failure leaves. By default the first round keeps only
/// what is durable, and `next` goes on through all possible rounds.
class PowerLossChoices {
 public:
  PowerLossChoices() = default;
  /// Rounds without an end, in which each choice is random; the same for the same seed.
  static PowerLossChoices at_random(std::uint64_t seed);
  /// One round, in which nothing is lost.
  static PowerLossChoices keep_everything();

  /// Begins the next round; false when there is none.
  bool next();
  /// A number below `options`, of which the last one keeps most.
  std::size_t choose(std::size_t options);

 private:
  struct Choice {
    std::size_t chosen = 0;
    std::size_t options = 1;
  };

  std::vector<Choice> choices_;
  std::size_t done_ = 0;  ///< Choices of this round that are made.
  std::optional<std::mt19937_64> random_;
  bool keep_everything_ = false;
};

/// A local disk that remembers each step in which it changed or synced a file or a directory, and
/// can show what a power failure at any moment may leave: the promises of `Durability`, made
/// visible. It is the real local disk, on a real directory, but for the waiting when it syncs; the
/// failure is imitated:
/// - of a file that was not synced survive nothing, a part, zeros in its length, or all of it;
/// - of the names that were given and taken in a directory since that was synced, each survives or
///   not, in any combination; a rename may survive by halves.
///
///     PowerLossDisk power({.root = root});
///     power.disk()->put(key, content);
///     PowerLossChoices choices;
///     do {
///       const fs::path left = new_directory();
///       power.restore(power.moments(), choices, left);
///       check(*make_local_disk({.root = left}));
///     } while (choices.next());
///
/// Safe from many threads.
class PowerLossDisk {
 public:
  /// `options.root` must be empty or not there: `Errc::invalid_argument`.
  explicit PowerLossDisk(const LocalDiskOptions& options);
  ~PowerLossDisk();

  /// The disk to work with.
  const std::shared_ptr<Disk>& disk() const noexcept { return disk_; }

  /// The steps so far. The power can fail before the first one (moment 0) and after each.
  std::size_t moments() const;
  /// Writes what is left of the disk after a failure at that moment into `directory`, which must
  /// be empty or not there (`Errc::invalid_argument`). The choices go on within their round.
  void restore(std::size_t moment, PowerLossChoices& choices,
               const std::filesystem::path& directory) const;

 private:
  class Recorder;
  std::shared_ptr<Recorder> recorder_;
  std::shared_ptr<Disk> disk_;
};

}  // namespace affix::testing
