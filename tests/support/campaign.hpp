#pragma once

#include <algorithm>
#include <cstdlib>

namespace affix::tests {

/// How often a campaign repeats its case: `usual`, or `in_full` with `scripts/test.sh --long`;
/// under a sanitizer, which slows everything down, a quarter of `usual`.
inline int rounds(int usual, int in_full) {
  if (std::getenv("AFFIX_LONG") != nullptr) return in_full;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return std::max(1, usual / 4);
#else
  return usual;
#endif
}

}  // namespace affix::tests
