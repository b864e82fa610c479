#include "storage/unnamed_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "storage/file_io.hpp"
#include "storage/system_error.hpp"

namespace affix::detail {
namespace {

UniqueFd make_and_remove(const std::filesystem::path& directory) {
  std::string name = (directory / "affix-XXXXXX").string();
  UniqueFd file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) throw_system_error(errno, "No temporary file can be made");
  if (::unlink(name.c_str()) != 0) throw_system_error(errno, "A temporary file cannot be removed");
  return file;
}

}  // namespace

UniqueFd make_unnamed_file(const std::filesystem::path& directory, Unnaming unnaming) {
  if (unnaming == Unnaming::by_removal) return make_and_remove(directory);
  UniqueFd file(retry_interrupted(
      [&] { return ::open(directory.c_str(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600); }));
  return file ? std::move(file) : make_and_remove(directory);
}

}  // namespace affix::detail
