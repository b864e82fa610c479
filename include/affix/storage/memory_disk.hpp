#pragma once

#include <memory>
#include <string>

#include "affix/storage/disk.hpp"

namespace affix {

struct MemoryDiskOptions {
  std::string base_url{};  ///< As in `LocalDiskOptions`.
  std::shared_ptr<const Clock> clock = system_clock();
};

/// Files in this process' memory, gone with the disk: for tests and for trying things out.
std::shared_ptr<Disk> make_memory_disk(const MemoryDiskOptions& options = {});

}  // namespace affix
