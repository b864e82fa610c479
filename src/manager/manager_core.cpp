#include "manager/manager_core.hpp"

#include <algorithm>
#include <set>

#include "affix/conversion/ladder.hpp"
#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

[[noreturn]] void refuse(std::string_view message, std::string member, std::string variant = {}) {
  throw Error(Errc::invalid_argument, message,
              {.variant = std::move(variant), .member = std::move(member)});
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

void check_presets(const std::vector<Preset>& presets) {
  std::set<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (!names.insert(name).second) refuse("Two presets have the same name", "presets", name);
  };
  for (const Preset& preset : presets) {
    check(preset);
    add(preset.name);
    if (preset.widths.empty()) continue;
    for (const Preset& rung : rungs(preset)) add(rung.name);
  }
}

AttachmentManagerOptions checked(AttachmentManagerOptions options) {
  if (options.disks.default_name().empty()) refuse("A manager needs a disk", "disks");
  if (options.max_size <= 0) refuse("The limit of bytes must be positive", "max_size");
  if (options.grace <= std::chrono::milliseconds::zero()) {
    refuse("The grace must be positive", "grace");
  }
  if (!Key::is_valid(options.key_prefix) || options.key_prefix.size() > 256 ||
      Key::parse(options.key_prefix).is_reserved()) {
    refuse("The prefix must be a key of at most 256 bytes", "key_prefix");
  }
  if (!is_name(options.instance)) refuse("The instance must be a short name", "instance");
  if (!options.ledger.token.empty() && !is_name(options.ledger.token)) {
    refuse("The token must be a short name", "ledger.token");
  }
  check_presets(options.presets);
  for (Preset& preset : options.presets) {
    if (!preset.profile) preset.profile = options.profile;
  }
  check(options.previews);
  if (!options.clock) options.clock = system_clock();
  if (!options.ids) options.ids = make_id_generator(options.clock);
  return options;
}

/// Markers of one step of the grace have the same content, so that a disk can make them faster.
constexpr int grace_steps = 1440;

TimePoint rounded_down(TimePoint time, std::chrono::milliseconds step) {
  if (step <= std::chrono::milliseconds(1)) return time;
  return time - time.time_since_epoch() % step;
}

}  // namespace

ManagerCore::ManagerCore(AttachmentManagerOptions options)
    : options_(checked(std::move(options))), foreign_folders_(options_) {}

ManagerCore::Place ManagerCore::locate(const Attachment& attachment,
                                       std::string_view variant) const {
  if (variant.empty()) {
    if (auto key = foreign_folders_.find(attachment.disk, attachment.path)) {
      return {attachment.disk, *std::move(key)};
    }
  } else if (const auto found = attachment.variants.find(variant);
             found != attachment.variants.end()) {
    const Variant& named = found->second;
    if (auto key = foreign_folders_.find(named.disk, named.path)) {
      return {named.disk, *std::move(key)};
    }
  }
  return {attachment.disk, own_key(attachment, variant)};
}

StoredFiles ManagerCore::removable_files(const Attachment& attachment) const {
  if (is_foreign(attachment)) {
    throw Error(Errc::invalid_key, "Files of another system are not removed",
                {.disk = attachment.disk, .key = attachment.path, .attachment = attachment.id});
  }
  return files_of(attachment);
}

std::vector<Preset> ManagerCore::find_presets(std::string_view name, int width, int height) const {
  std::string known;
  for (const Preset& preset : options_.presets) {
    if (preset.name == name) return rungs(preset, width, height);
    // Who asks for a single rung gets it, however small the picture is.
    for (const Preset& rung : rungs(preset)) {
      if (rung.name == name) return {rung};
    }
    known.append(known.empty() ? "" : ", ").append(preset.name);
  }
  throw Error(Errc::unknown_variant, "No preset has this name", {.variant = std::string(name)},
              "there are: " + known);
}

void ManagerCore::require_presets(std::span<const std::string> names) const {
  for (const std::string& name : names) static_cast<void>(find_presets(name, 0, 0));
}

std::vector<Preset> ManagerCore::presets_for(std::span<const std::string> names, int width,
                                             int height) const {
  std::vector<Preset> wanted;
  for (const std::string& name : names) {
    for (Preset& preset : find_presets(name, width, height)) {
      if (std::ranges::find(wanted, preset.name, &Preset::name) == wanted.end()) {
        wanted.push_back(std::move(preset));
      }
    }
  }
  return wanted;
}

Key ManagerCore::own_folder() const { return Key::parse(".affix/" + options_.instance); }

void ManagerCore::require_no_ledger() const {
  if (!has_ledger()) return;
  throw Error(Errc::invalid_state, "With a ledger, files are stored and removed by a transaction");
}

void ManagerCore::mark(const StoredFiles& files) const {
  const nlohmann::json content = {
      {"folder", files.prefix.parent()},
      {"startedAt", format_time(rounded_down(now(), options_.grace / grace_steps))}};
  const auto reader = make_memory_reader(content.dump());
  disk(files.disk).put(marker(files), *reader, {.may_share = true});
}

bool ManagerCore::ensure_marked(const StoredFiles& files) const {
  try {
    mark(files);
    return true;
  } catch (const Error& error) {
    if (error.code() != Errc::exists) throw;
    return false;
  }
}

void ManagerCore::unmark(const StoredFiles& files) const { disk(files.disk).remove(marker(files)); }

void ManagerCore::remove(const StoredFiles& files, RemovedEvent::Reason reason) const {
  disk(files.disk).remove_prefix(files.prefix);
  unmark(files);
  notify(&Observer::removed, RemovedEvent{files.id, files.disk, files.prefix.text(), reason});
}

template <class Step>
void ManagerCore::attempt(const StoredFiles& files, Step step) const noexcept {
  const auto report = [&](const Error& error) {
    notify(&Observer::cleanup_failed,
           CleanupFailedEvent{files.id, files.disk, files.prefix.text(), error});
  };
  try {
    step();
  } catch (const Error& error) {
    report(error);
  } catch (const std::exception& error) {
    report(Error(Errc::storage, "Cleaning up failed", {.disk = files.disk}, error.what()));
  } catch (...) {
    report(Error(Errc::storage, "Cleaning up failed", {.disk = files.disk}));
  }
}

void ManagerCore::try_unmark(const StoredFiles& files) const noexcept {
  attempt(files, [&] { unmark(files); });
}

void ManagerCore::try_remove(const StoredFiles& files, RemovedEvent::Reason reason) const noexcept {
  attempt(files, [&] { remove(files, reason); });
}

}  // namespace affix::detail
