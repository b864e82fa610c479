#include "conversion/vips/memory_share.hpp"

#include <condition_variable>
#include <mutex>

#include "affix/value/error.hpp"

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

MemoryShare::MemoryShare(std::int64_t bytes, std::int64_t all) : bytes_(bytes) {
  if (bytes > all) throw Error(Errc::too_large, "The conversion would need too much memory");
  std::unique_lock lock(taken().mutex);
  taken().given_back.wait(lock, [&] { return taken().bytes <= all - bytes; });
  taken().bytes += bytes;
}

MemoryShare::~MemoryShare() {
  {
    const std::lock_guard lock(taken().mutex);
    taken().bytes -= bytes_;
  }
  taken().given_back.notify_all();
}

}  // namespace affix::detail
