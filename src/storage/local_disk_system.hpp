#pragma once

#include <memory>

#include "affix/storage/local_disk.hpp"
#include "storage/open_beneath.hpp"
#include "storage/staged_file.hpp"

namespace affix::detail {

/// What a `LocalDisk` may use of the system; tests take something away.
struct LocalDiskSystem {
  Resolution resolution = supported_resolution();
  Staging staging = Staging::unnamed;
};

std::shared_ptr<Disk> make_local_disk(const LocalDiskOptions& options,
                                      const LocalDiskSystem& system);

}  // namespace affix::detail
