#include "conversion/vips/memory_share.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

struct Taken {
  std::mutex mutex{};
  std::condition_variable changed{};
  std::int64_t bytes = 0;
  std::list<const MemoryShare*> waiting{};  ///< In the order in which they came.
};

Taken& taken() {
  static Taken taken;
  return taken;
}

}  // namespace

MemoryShare::MemoryShare(std::int64_t bytes, std::int64_t all, double max_seconds)
    : bytes_(std::min(bytes, all)) {
  constexpr double longest = 1e9;
  const std::chrono::duration<double> patience(std::clamp(max_seconds, 0.0, longest));
  std::unique_lock lock(taken().mutex);
  const auto place = taken().waiting.insert(taken().waiting.end(), this);
  const bool has_room = taken().changed.wait_for(lock, patience, [&] {
    return taken().waiting.front() == this && taken().bytes <= all - bytes_;
  });
  taken().waiting.erase(place);
  taken().changed.notify_all();
  if (!has_room) {
    throw Error(Errc::conversion_failed,
                "Other conversions have not given the memory back in time");
  }
  taken().bytes += bytes_;
}

MemoryShare::~MemoryShare() {
  {
    const std::lock_guard lock(taken().mutex);
    taken().bytes -= bytes_;
  }
  taken().changed.notify_all();
}

}  // namespace affix::detail
