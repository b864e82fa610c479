#pragma once

#include <cstddef>
#include <functional>

namespace affix::detail {

/// Calls `work` for 0 to `count` - 1, about in this order, on this thread and on as many others as
/// the computer has idle cores, counting all calls of the process together. `done` is called on
/// this thread, for each one after its work, in the order in which they end; it may be empty. What
/// `work` or `done` throws ends it, when the work that has begun is over.
void work_in_parallel(std::size_t count, const std::function<void(std::size_t)>& work,
                      const std::function<void(std::size_t)>& done);

}  // namespace affix::detail
