#pragma once

namespace affix::detail {

/// Has the C library give memory that is no longer in use back to the system, which it does not do
/// by itself while something small lies behind it. Not more often than once a second.
void give_memory_back();

}  // namespace affix::detail
