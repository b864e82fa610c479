#pragma once

#include "affix/storage/checksum.hpp"
#include "affix/storage/disk.hpp"
#include "affix/storage/reader.hpp"

namespace affix::detail {

/// Counts and hashes the bytes that pass from `source`, which must outlive it. A source that gives
/// another number of bytes than it announced is `Errc::storage`.
class HashingReader final : public Reader {
 public:
  explicit HashingReader(Reader& source) : source_(source), announced_(source.size()) {}

  std::size_t read(std::span<std::byte> buffer) override;
  std::optional<std::int64_t> size() const override { return announced_; }

  std::int64_t count() const noexcept { return count_; }
  /// What has passed. Nothing can be read after the first call.
  const PutResult& result();

 private:
  Reader& source_;
  std::optional<std::int64_t> announced_;
  Sha256 sha256_;
  std::int64_t count_ = 0;
  PutResult result_;
};

/// Size and checksum of what is at the key. `Errc::file_not_found`.
PutResult read_back(Disk& disk, const Key& key);

}  // namespace affix::detail
