#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace affix::detail {

/// The core that a conversion has in any case, as long as it lasts. So one alone is done as soon as
/// it can be, with every core, and many at once each work with one, which gets the most done.
class OwnCore {
 public:
  OwnCore();
  OwnCore(const OwnCore&) = delete;
  OwnCore& operator=(const OwnCore&) = delete;
  ~OwnCore();
};

/// Cores that no conversion of the process works on. They are this one's until it is destroyed.
class IdleCores {
 public:
  /// Takes as many as there are, up to `wanted`; maybe none.
  explicit IdleCores(std::int64_t wanted);
  IdleCores(const IdleCores&) = delete;
  IdleCores& operator=(const IdleCores&) = delete;
  ~IdleCores();

  int taken() const noexcept { return taken_; }

 private:
  int taken_ = 0;
};

/// Calls `work` for 0 to `count` - 1, about in this order, on this thread and on as many others as
/// the computer has idle cores, counting all calls of the process together. `done` is called on
/// this thread, for each one after its work, in the order in which they end; it may be empty. What
/// `work` or `done` throws ends it, when the work that has begun is over.
void work_in_parallel(std::size_t count, const std::function<void(std::size_t)>& work,
                      const std::function<void(std::size_t)>& done);

}  // namespace affix::detail
