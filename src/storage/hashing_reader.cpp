#include "storage/hashing_reader.hpp"

#include <array>

#include "affix/value/error.hpp"

namespace affix::detail {

std::size_t HashingReader::read(std::span<std::byte> buffer) {
  const std::size_t count = source_.read(buffer);
  count_ += static_cast<std::int64_t>(count);
  const bool at_end = count == 0 && !buffer.empty();
  if (announced_ && (count_ > *announced_ || (at_end && count_ < *announced_))) {
    throw Error(Errc::storage, "The content has another size than was announced");
  }
  if (count > 0) sha256_.update(buffer.first(count));
  return count;
}

const PutResult& HashingReader::result() {
  if (result_.checksum.empty()) result_ = {count_, "sha256:" + sha256_.hex()};
  return result_;
}

PutResult read_back(Disk& disk, const Key& key) {
  const auto reader = disk.open(key);
  HashingReader hashing(*reader);
  std::array<std::byte, 64 * 1024> buffer;
  while (hashing.read(buffer) > 0) {
  }
  return hashing.result();
}

}  // namespace affix::detail
