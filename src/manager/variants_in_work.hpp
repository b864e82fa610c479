#pragma once

#include <exception>
#include <future>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "affix/conversion/preset.hpp"
#include "affix/value/attachment.hpp"

namespace affix::detail {

/// The variants of stored attachments that this process is making. Who asks for one first makes
/// it, and whoever asks meanwhile gets what the first one has made. Safe from many threads.
class VariantsInWork {
 public:
  class Share;

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_future<Variant>> running_;
};

/// Those of the presets that one caller is to make, and those that others make already.
class VariantsInWork::Share {
 public:
  /// `place` is the variants' folder, with its disk.
  Share(VariantsInWork& all, const std::string& place, std::span<const Preset> presets);
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  /// What was not made has failed for those who wait for it.
  ~Share();

  const std::vector<Preset>& own() const noexcept { return own_; }
  void finish(const std::string& name, const Variant& variant);
  /// Nothing more will be made; so it is told to those who wait.
  void fail(const std::exception_ptr& error) noexcept;
  /// Waits for the others and adds what they have made. Call it when the own ones are finished:
  /// two who wait for one another would wait for ever. The presets whose makers have failed, maybe
  /// for a reason of theirs: another preset, a time limit.
  std::vector<Preset> await_others(std::map<std::string, Variant, std::less<>>& variants) const;

 private:
  struct Promised {
    std::string key;
    std::promise<Variant> promise;
  };

  VariantsInWork& all_;
  std::vector<Preset> own_;
  std::map<std::string, Promised> promised_;  ///< By name.
  std::vector<std::pair<Preset, std::shared_future<Variant>>> others_;
};

}  // namespace affix::detail
