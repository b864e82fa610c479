#pragma once

#include <cstdint>

namespace affix::detail {

struct ConfinementOptions {
  double max_seconds = 30;            ///< Of processor time on one core, and of the clock.
  std::int64_t max_memory = 1 << 30;  ///< Bytes besides those that the process has now.
  bool may_read_files = false;        ///< Whatever the user may read: documents need fonts.
};

/// From now on this process can start no other and send it no signal, open nothing, make no
/// connection, and take no more than the given memory and time, at the end of which it is killed.
/// Throws `std::runtime_error` where the system cannot do that.
void confine(const ConfinementOptions& options);

}  // namespace affix::detail
