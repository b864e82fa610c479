#pragma once

#include <optional>

#include "affix/storage/disk.hpp"
#include "storage/local_tree.hpp"

namespace affix::detail {

/// A regular file, for reading; nothing if there is none. Never waits, whatever is there.
UniqueFd open_file(const LocalTree& tree, const Key& key);
std::optional<FileInfo> stat_file(const LocalTree& tree, const Key& key);

// With full durability, what these remove, or find removed by others, does not come back.

/// No error if there is no such file.
void remove_file(const LocalTree& tree, const Key& key);
/// Everything below the directory `prefix`, and that itself.
void remove_below(const LocalTree& tree, const Key& prefix);

Listing list_files(const LocalTree& tree, const ListOptions& options);

}  // namespace affix::detail
