#pragma once

#include <cstdint>
#include <optional>

#include "conversion/scan/byte_reader.hpp"

namespace affix::detail {

/// Which of its two forms a TIFF has: classic, or Big, with offsets of 64 bits.
struct TiffForm {
  ByteOrder order = ByteOrder::little_endian;
  std::size_t offset_width = 4;       ///< 4 or 8 bytes.
  std::size_t entry_count_width = 2;  ///< 2 or 8 bytes.

  std::size_t entry_size() const { return 4 + 2 * offset_width; }
};

/// One entry of a directory.
struct TiffEntry {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;
  std::uint64_t count = 0;
  Bytes field{};  ///< The value, or where it is.
};

/// A block of TIFF, as whole files and EXIF have it. Its functions throw `Errc::invalid_content`
/// for what is not there.
class TiffBlock {
 public:
  explicit TiffBlock(Bytes bytes);

  const TiffForm& form() const { return form_; }
  /// Where the first directory is; 0 if there is none.
  std::uint64_t first_directory() const { return first_directory_; }
  /// Reads on from a place in the block.
  ByteReader at(std::uint64_t offset) const;
  /// The first of the entry's numbers; nothing if it holds no whole numbers.
  std::optional<std::uint64_t> number_of(const TiffEntry& entry) const;

 private:
  Bytes bytes_;
  TiffForm form_{};
  std::uint64_t first_directory_ = 0;
};

TiffEntry read_tiff_entry(ByteReader& reader, const TiffForm& form);

}  // namespace affix::detail
