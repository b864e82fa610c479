#include "conversion/vips/aom.hpp"

#include <dlfcn.h>

namespace affix::detail {
namespace {

constexpr int version_3_9 = 3 << 16 | 9 << 8;

/// Nothing else tells the version: libvips does not, and libheif is not linked.
bool ask_version() {
  void* library = dlopen("libaom.so.3", RTLD_LAZY | RTLD_LOCAL);
  if (!library) return false;
  using Version = int (*)();
  const auto version = reinterpret_cast<Version>(dlsym(library, "aom_codec_version"));
  return version && version() < version_3_9;
}

}  // namespace

bool has_old_aom() {
  static const bool is_old = ask_version();
  return is_old;
}

}  // namespace affix::detail
