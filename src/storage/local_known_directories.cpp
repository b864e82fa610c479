#include "storage/local_known_directories.hpp"

#include <fcntl.h>

#include <cstddef>

namespace affix::detail {
namespace {

constexpr std::size_t max_handles = 4096;

/// A `file_handle` with room for its bytes.
struct Handle {
  alignas(file_handle) char memory[sizeof(file_handle) + MAX_HANDLE_SZ] = {};

  file_handle* get() noexcept { return reinterpret_cast<file_handle*>(memory); }
};

}  // namespace

std::string KnownDirectories::handle_of(int directory) {
  Handle handle;
  handle.get()->handle_bytes = MAX_HANDLE_SZ;
  int mount = 0;
  if (::name_to_handle_at(directory, "", handle.get(), &mount, AT_EMPTY_PATH) != 0) return {};
  return {handle.memory, sizeof(file_handle) + handle.get()->handle_bytes};
}

bool KnownDirectories::contains(const std::string& handle) const {
  const std::lock_guard lock(mutex_);
  return handles_.contains(handle);
}

void KnownDirectories::add(const std::string& handle) {
  if (handle.empty()) return;
  const std::lock_guard lock(mutex_);
  if (handles_.size() >= max_handles) handles_.clear();
  handles_.insert(handle);
}

}  // namespace affix::detail
