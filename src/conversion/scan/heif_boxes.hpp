#pragma once

#include "conversion/scan/byte_reader.hpp"

namespace affix::detail {

/// A box of HEIF; its content begins behind its header.
struct HeifBox {
  std::string_view type{};
  ByteReader content;
};

/// Reads boxes, not more than a number that no sensible file has, wherever they are.
class HeifBoxes {
 public:
  /// The box at the front. Throws `Errc::invalid_content` if it is not completely there,
  /// `Errc::too_large` after 4,000 boxes.
  HeifBox next(ByteReader& reader);

 private:
  int boxes_ = 0;
};

/// The first number of a box that has one, with 8 bits of version and 24 of flags.
struct HeifVersion {
  std::uint8_t version = 0;
  std::uint32_t flags = 0;
};

HeifVersion read_heif_version(ByteReader& content);

}  // namespace affix::detail
