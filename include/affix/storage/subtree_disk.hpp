#pragma once

#include <memory>

#include "affix/storage/disk.hpp"

namespace affix {

/// Everything below `prefix` of another disk, as a disk: its keys are relative to the prefix, in
/// what it takes and in what it lists.
std::shared_ptr<Disk> make_subtree_disk(std::shared_ptr<Disk> disk, Key prefix);

}  // namespace affix
