#pragma once

#include <string>

#include "storage/unique_fd.hpp"

namespace affix::detail {

/// How a path is kept below the directory that it is relative to.
enum class Resolution {
  kernel,  ///< openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS.
  walk,    ///< Segment by segment with O_NOFOLLOW, where the kernel has no openat2 or forbids it.
};

/// What this kernel allows.
Resolution supported_resolution();

/// Opens `path`, the text of a key or empty for `directory` itself. Symbolic links are not
/// followed: one on the way is an error, one at the end too (with O_PATH it is opened itself).
/// O_CLOEXEC and O_NOFOLLOW are added to `flags`; `mode` is for O_TMPFILE.
Opened open_beneath(int directory, const std::string& path, int flags, Resolution resolution,
                    unsigned mode = 0);

}  // namespace affix::detail
