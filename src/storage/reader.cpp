#include "affix/storage/reader.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "affix/value/error.hpp"
#include "storage/file_io.hpp"

namespace affix {
namespace {

class ViewReader final : public Reader {
 public:
  explicit ViewReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t count = std::min(buffer.size(), bytes_.size() - done_);
    if (count > 0) std::memcpy(buffer.data(), bytes_.data() + done_, count);
    done_ += count;
    return count;
  }

  std::optional<std::int64_t> size() const override {
    return static_cast<std::int64_t>(bytes_.size());
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t done_ = 0;
};

class MemoryReader final : public Reader {
 public:
  explicit MemoryReader(std::string bytes) : bytes_(std::move(bytes)), view_(as_bytes(bytes_)) {}

  std::size_t read(std::span<std::byte> buffer) override { return view_.read(buffer); }
  std::optional<std::int64_t> size() const override { return view_.size(); }

 private:
  std::string bytes_;
  ViewReader view_;
};

}  // namespace

std::unique_ptr<Reader> make_memory_reader(std::string bytes) {
  return std::make_unique<MemoryReader>(std::move(bytes));
}

std::unique_ptr<Reader> make_view_reader(std::span<const std::byte> bytes) {
  return std::make_unique<ViewReader>(bytes);
}

std::string read_all(Reader& reader, std::int64_t max_size) {
  std::string all;
  std::vector<std::byte> buffer(detail::copy_buffer_size);
  while (const std::size_t count = reader.read(buffer)) {
    if (static_cast<std::int64_t>(all.size() + count) > max_size) {
      throw Error(Errc::too_large, "There are more bytes than are allowed");
    }
    all.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  return all;
}

}  // namespace affix
