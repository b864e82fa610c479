#include "storage/open_beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cerrno>
#include <string_view>

#include "storage/file_io.hpp"

namespace affix::detail {
namespace {

Opened opened(int fd) { return {UniqueFd(fd), fd < 0 ? errno : 0}; }

Opened open_by_kernel(int directory, const std::string& path, int flags, unsigned mode) {
  struct open_how how {};
  how.flags = static_cast<unsigned>(flags);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return opened(static_cast<int>(retry_interrupted(
      [&] { return ::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how); })));
}

Opened open_segment(int directory, const std::string& segment, int flags, unsigned mode) {
  return opened(
      retry_interrupted([&] { return ::openat(directory, segment.c_str(), flags, mode); }));
}

Opened open_by_walk(int directory, std::string_view path, int flags, unsigned mode) {
  constexpr int on_the_way = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd holder;
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
    Opened next = open_segment(directory, std::string(path.substr(0, slash)), on_the_way, 0);
    if (!next.fd) return next;
    holder = std::move(next.fd);
    directory = holder.get();
    path.remove_prefix(slash + 1);
  }
  return open_segment(directory, std::string(path), flags, mode);
}

}  // namespace

Resolution supported_resolution() {
  const Opened probe = open_by_kernel(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  return probe.error == ENOSYS || probe.error == EPERM ? Resolution::walk : Resolution::kernel;
}

Opened open_beneath(int directory, const std::string& path, int flags, Resolution resolution,
                    unsigned mode) {
  const std::string target = path.empty() ? "." : path;
  flags |= O_CLOEXEC | O_NOFOLLOW;
  return resolution == Resolution::kernel ? open_by_kernel(directory, target, flags, mode)
                                          : open_by_walk(directory, target, flags, mode);
}

}  // namespace affix::detail
