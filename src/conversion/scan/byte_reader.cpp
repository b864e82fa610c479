#include "conversion/scan/byte_reader.hpp"

#include "affix/value/error.hpp"

namespace affix::detail {

void refuse_broken() { throw Error(Errc::invalid_content, "The picture is broken or cut off"); }

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes ByteReader::take(std::uint64_t count) {
  if (count > rest_.size()) refuse_broken();
  const Bytes taken = rest_.first(static_cast<std::size_t>(count));
  rest_ = rest_.subspan(taken.size());
  return taken;
}

std::uint64_t ByteReader::number(std::size_t width) {
  const Bytes digits = take(width);
  std::uint64_t number = 0;
  for (std::size_t index = 0; index < width; ++index) {
    const std::size_t at = order_ == ByteOrder::big_endian ? index : width - 1 - index;
    number = number << 8 | std::to_integer<std::uint64_t>(digits[at]);
  }
  return number;
}

}  // namespace affix::detail
