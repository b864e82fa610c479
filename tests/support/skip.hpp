#pragma once

#include <cstdlib>
#include <iostream>

namespace affix::tests {

/// Ends the program as a skipped test, which ctest counts as such; each test case is one program.
[[noreturn]] inline void skip(const char* why) {
  std::cout << "SKIPPED: " << why << std::endl;
  std::_Exit(4);
}

}  // namespace affix::tests
