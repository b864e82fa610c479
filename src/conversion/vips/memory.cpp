#include "conversion/vips/memory.hpp"

#include <atomic>
#include <chrono>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace affix::detail {

void give_memory_back() {
#ifdef __GLIBC__
  using Clock = std::chrono::steady_clock;
  static std::atomic<Clock::rep> next = 0;
  const Clock::rep now = Clock::now().time_since_epoch().count();
  Clock::rep due = next.load();
  const Clock::rep later = now + Clock::duration(std::chrono::seconds(1)).count();
  if (now < due || !next.compare_exchange_strong(due, later)) return;
  ::malloc_trim(0);
#endif
}

}  // namespace affix::detail
