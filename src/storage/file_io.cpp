#include "storage/file_io.hpp"

#include <algorithm>

#include "affix/value/error.hpp"
#include "storage/system_error.hpp"

namespace affix::detail {
namespace {

class FileReader final : public Reader {
 public:
  FileReader(UniqueFd file, Extent extent) : file_(std::move(file)), extent_(extent) {}

  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t wanted =
        std::min(buffer.size(), static_cast<std::size_t>(extent_.length - done_));
    if (wanted == 0) return 0;
    const ssize_t count = retry_interrupted(
        [&] { return ::pread(file_.get(), buffer.data(), wanted, extent_.offset + done_); });
    if (count < 0) throw_system_error(errno, "The file cannot be read");
    if (count == 0) throw Error(Errc::storage, "The file became shorter while it was read");
    done_ += count;
    return static_cast<std::size_t>(count);
  }

  std::optional<std::int64_t> size() const override { return extent_.length; }

 private:
  UniqueFd file_;
  Extent extent_;
  std::int64_t done_ = 0;
};

}  // namespace

void write_all(int fd, std::span<const std::byte> bytes) {
  write_all_with(
      [&](std::span<const std::byte> rest) { return ::write(fd, rest.data(), rest.size()); },
      bytes);
}

struct stat status_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw_system_error(errno, "The file's size cannot be read");
  return status;
}

TimePoint modified_at(const struct stat& status) {
  return std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>(
          std::chrono::seconds(status.st_mtim.tv_sec) +
          std::chrono::nanoseconds(status.st_mtim.tv_nsec)));
}

std::unique_ptr<Reader> make_file_reader(UniqueFd file, Extent extent) {
  return std::make_unique<FileReader>(std::move(file), extent);
}

}  // namespace affix::detail
