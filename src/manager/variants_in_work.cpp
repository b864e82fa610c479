#include "manager/variants_in_work.hpp"

#include "affix/value/error.hpp"

namespace affix::detail {

VariantsInWork::Share::Share(VariantsInWork& all, const std::string& place,
                             std::span<const Preset> presets)
    : all_(all) {
  const std::lock_guard lock(all_.mutex_);
  for (const Preset& preset : presets) {
    const std::string key = place + "/" + preset.name + "-" + digest(preset);
    const auto running = all_.running_.find(key);
    if (running != all_.running_.end()) {
      others_.emplace_back(preset, running->second);
      continue;
    }
    own_.push_back(preset);
    Promised& promised = promised_[preset.name];
    promised.key = key;
    all_.running_.emplace(key, promised.promise.get_future().share());
  }
}

VariantsInWork::Share::~Share() {
  fail(std::make_exception_ptr(
      Error(Errc::conversion_failed, "Who was making the variant has given up")));
}

void VariantsInWork::Share::finish(const std::string& name, const Variant& variant) {
  auto promised = promised_.extract(name);
  {
    const std::lock_guard lock(all_.mutex_);
    all_.running_.erase(promised.mapped().key);
  }
  promised.mapped().promise.set_value(variant);
}

void VariantsInWork::Share::fail(const std::exception_ptr& error) noexcept {
  if (promised_.empty()) return;
  {
    const std::lock_guard lock(all_.mutex_);
    for (const auto& [name, promised] : promised_) all_.running_.erase(promised.key);
  }
  for (auto& [name, promised] : promised_) promised.promise.set_exception(error);
  promised_.clear();
}

std::vector<Preset> VariantsInWork::Share::await_others(
    std::map<std::string, Variant, std::less<>>& variants) const {
  std::vector<Preset> failed;
  for (const auto& [preset, other] : others_) {
    try {
      variants[preset.name] = other.get();
    } catch (const std::exception&) {
      variants.erase(preset.name);
      failed.push_back(preset);
    }
  }
  return failed;
}

}  // namespace affix::detail
