#pragma once

#include <vips/vips8>

namespace affix::tests {

/// Libvips is started before the first test, without affix's converter, which blocks loaders.
inline const int library_start = VIPS_INIT("test_bench");

}  // namespace affix::tests
