#pragma once

#include <algorithm>
#include <cstdlib>

namespace affix::tests {

/// Whether everything is to be done in full, as with `scripts/test.sh --long`.
inline bool is_long() { return std::getenv("AFFIX_LONG") != nullptr; }

/// How often a campaign repeats its case: `usual`, or `in_full` with `scripts/test.sh --long`;
/// under a sanitizer, which slows everything down, a quarter of `usual`.
inline int rounds(int usual, int in_full) {
  if (is_long()) return in_full;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return std::max(1, usual / 4);
#else
  return usual;
#endif
}

/// Of the points of a walk every how-manyth is tried: all of them in full, an eighth of the `usual`
/// ones under a sanitizer, which is there for the memory, and sees the same of it at most points.
inline int stride(int usual) {
  if (is_long()) return 1;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 8 * usual;
#else
  return usual;
#endif
}

}  // namespace affix::tests
