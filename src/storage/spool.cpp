#include "storage/spool.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "affix/value/error.hpp"
#include "storage/file_io.hpp"
#include "storage/system_error.hpp"
#include "storage/unnamed_file.hpp"

namespace affix::detail {
namespace {

[[noreturn]] void throw_too_large() {
  throw Error(Errc::too_large, "There are more bytes than are allowed");
}

UniqueFd make_temporary_file() {
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::temp_directory_path(error);
  if (error) throw_system_error(error.value(), "There is no directory for temporary files");
  return make_unnamed_file(directory);
}

/// Collects bytes in memory, and in a file from the moment when they are too many.
class Collector {
 public:
  explicit Collector(std::int64_t memory_limit) : memory_limit_(memory_limit) {}

  void add(std::span<const std::byte> bytes) {
    size_ += static_cast<std::int64_t>(bytes.size());
    if (!file && size_ > memory_limit_) move_to_file();
    if (file) {
      write_all(file.get(), bytes);
    } else {
      memory.insert(memory.end(), bytes.begin(), bytes.end());
    }
  }

  std::int64_t size() const { return size_; }

  std::vector<std::byte> memory;
  UniqueFd file;

 private:
  void move_to_file() {
    file = make_temporary_file();
    write_all(file.get(), memory);
    memory = {};
  }

  std::int64_t memory_limit_;
  std::int64_t size_ = 0;
};

}  // namespace

void Spool::Unmap::operator()(const std::byte* address) const noexcept {
  ::munmap(const_cast<std::byte*>(address), size);
}

Spool::Spool(std::vector<std::byte> memory) : memory_(std::move(memory)), bytes_(memory_) {}

Spool::Spool(Mapping mapping)
    : mapping_(std::move(mapping)), bytes_(mapping_.get(), mapping_.get_deleter().size) {}

Spool::Mapping Spool::map(int fd, std::size_t size) {
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (address == MAP_FAILED) throw_system_error(errno, "A temporary file cannot be mapped");
  return Mapping(static_cast<const std::byte*>(address), Unmap{size});
}

Spool Spool::read(Reader& reader, std::int64_t max_size,
                  const std::function<void(std::int64_t bytes)>& progress,
                  std::int64_t memory_limit) {
  const std::int64_t announced = std::max<std::int64_t>(0, reader.size().value_or(0));
  if (announced > max_size) throw_too_large();
  Collector collector(memory_limit);
  if (announced <= memory_limit) collector.memory.reserve(static_cast<std::size_t>(announced));

  std::vector<std::byte> buffer(copy_buffer_size);
  while (const std::size_t count = reader.read(buffer)) {
    if (collector.size() + static_cast<std::int64_t>(count) > max_size) throw_too_large();
    collector.add(std::span(buffer).first(count));
    if (progress) progress(collector.size());
  }
  if (!collector.file) return Spool(std::move(collector.memory));
  return Spool(map(collector.file.get(), static_cast<std::size_t>(collector.size())));
}

}  // namespace affix::detail
