#pragma once

#include <memory>

#include "affix/storage/local_disk.hpp"
#include "storage/local_system_calls.hpp"
#include "storage/open_beneath.hpp"
#include "storage/staged_file.hpp"

namespace affix::detail {

/// What a `LocalDisk` may use of the system; tests take something away, or look at it.
struct LocalDiskSystem {
  Resolution resolution = supported_resolution();
  Staging staging = Staging::unnamed;
  std::shared_ptr<SystemCalls> calls = std::make_shared<SystemCalls>();
};

std::shared_ptr<Disk> make_local_disk(const LocalDiskOptions& options,
                                      const LocalDiskSystem& system);

}  // namespace affix::detail
