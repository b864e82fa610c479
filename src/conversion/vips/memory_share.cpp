#include "conversion/vips/memory_share.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace affix::detail {
namespace {

struct Taken {
  std::mutex mutex{};
  std::condition_variable given_back{};
  std::int64_t bytes = 0;
};

Taken& taken() {
  static Taken taken;
  return taken;
}

}  // namespace

MemoryShare::MemoryShare(std::int64_t bytes, std::int64_t all) : bytes_(std::min(bytes, all)) {
  std::unique_lock lock(taken().mutex);
  taken().given_back.wait(lock, [&] { return taken().bytes <= all - bytes_; });
  taken().bytes += bytes_;
}

MemoryShare::~MemoryShare() {
  {
    const std::lock_guard lock(taken().mutex);
    taken().bytes -= bytes_;
  }
  taken().given_back.notify_all();
}

}  // namespace affix::detail
