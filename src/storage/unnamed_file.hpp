#pragma once

#include <filesystem>

#include "storage/unique_fd.hpp"

namespace affix::detail {

enum class Unnaming {
  by_kernel,   ///< O_TMPFILE: the file never has a name.
  by_removal,  ///< A random name that is removed at once, where the file system lacks that.
};

/// A new empty file in `directory` that nobody else can open and that is gone when it is closed.
UniqueFd make_unnamed_file(const std::filesystem::path& directory,
                           Unnaming unnaming = Unnaming::by_kernel);

}  // namespace affix::detail
