#pragma once

#include <cstdlib>

namespace affix::tests {

/// How often a campaign repeats its case: `usual`, or `in_full` with `scripts/test.sh --long`.
inline int rounds(int usual, int in_full) {
  return std::getenv("AFFIX_LONG") != nullptr ? in_full : usual;
}

}  // namespace affix::tests
