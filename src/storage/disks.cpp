#include "affix/storage/disks.hpp"

#include <algorithm>

#include "affix/value/error.hpp"

namespace affix {
namespace {

constexpr std::size_t max_name_length = 64;

bool is_valid_name(std::string_view name) noexcept {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return !name.empty() && name.size() <= max_name_length &&
         name.find_first_not_of(allowed) == name.npos;
}

}  // namespace

Disks::Disks(std::initializer_list<std::pair<std::string, std::shared_ptr<Disk>>> disks) {
  for (const auto& [name, disk] : disks) add(name, disk);
}

void Disks::add(std::string name, std::shared_ptr<Disk> disk) {
  if (!is_valid_name(name)) {
    throw Error(Errc::invalid_argument, "This is no name for a disk", {.disk = name});
  }
  if (!disk) throw Error(Errc::invalid_argument, "There is no disk of this name", {.disk = name});
  const auto [entry, added] = disks_.emplace(std::move(name), std::move(disk));
  if (!added) {
    throw Error(Errc::invalid_argument, "Two disks have the same name", {.disk = entry->first});
  }
  if (entry->second->name_.empty()) entry->second->name_ = entry->first;
  if (default_name_.empty()) default_name_ = entry->first;
}

Disk& Disks::get(std::string_view name) const {
  const auto found = disks_.find(name.empty() ? std::string_view(default_name_) : name);
  if (found == disks_.end()) {
    throw Error(Errc::unknown_disk, "No disk of this name is configured",
                {.disk = std::string(name)});
  }
  return *found->second;
}

std::vector<std::string> Disks::names() const {
  std::vector<std::string> names;
  for (const auto& [name, disk] : disks_) names.push_back(name);
  return names;
}

bool Disks::contains(std::string_view name) const noexcept { return disks_.contains(name); }

}  // namespace affix
