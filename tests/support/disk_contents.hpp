#pragma once

#include <map>
#include <set>
#include <string>

#include "affix/storage/disk.hpp"

namespace affix::tests {

/// Every key of a disk with its size, affix's own bookkeeping included.
/// Without the stamps that say which database the disk belongs to.
inline std::map<std::string, std::int64_t> everything_on(Disk& disk) {
  std::map<std::string, std::int64_t> found;
  for (const std::string prefix : {"", ".affix/"}) {
    std::optional<std::string> cursor = "";
    while (cursor) {
      const Listing page = disk.list({.prefix = prefix, .cursor = *cursor});
      for (const FileInfo& file : page.files) {
        const std::string& key = file.key.text();
        const bool stamp = key == ".affix/main/token" || key.starts_with(".affix/main/epoch/");
        if (!stamp) found[key] = file.size;
      }
      cursor = page.cursor;
    }
  }
  return found;
}

/// The attachments' files, without the bookkeeping.
inline std::set<std::string> files_on(Disk& disk) {
  std::set<std::string> keys;
  for (const auto& [key, size] : everything_on(disk)) {
    if (!key.starts_with(".affix/")) keys.insert(key);
  }
  return keys;
}

/// The ids that have a marker.
inline std::set<std::string> markers_on(Disk& disk) {
  std::set<std::string> ids;
  for (const auto& [key, size] : everything_on(disk)) {
    if (key.starts_with(".affix/main/pending/")) ids.insert(key.substr(key.rfind('/') + 1));
  }
  return ids;
}

}  // namespace affix::tests
