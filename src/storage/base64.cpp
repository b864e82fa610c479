#include "storage/base64.hpp"

#include <openssl/evp.h>

#include <cstdint>
#include <vector>

namespace affix::detail {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

/// The two characters in which the alphabets differ. Texts that use neither are the same in both.
struct LastDigits {
  char value_62 = '+';
  char value_63 = '/';
};

LastDigits last_digits_of(std::string_view text) {
  return text.find_first_of("-_") == text.npos ? LastDigits{} : LastDigits{'-', '_'};
}

std::optional<int> value_of(char digit, LastDigits last) {
  if (digit >= 'A' && digit <= 'Z') return digit - 'A';
  if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9') return digit - '0' + 52;
  if (digit == last.value_62) return 62;
  return digit == last.value_63 ? std::optional(63) : std::nullopt;
}

std::string without_white_space(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (white_space.find(c) == white_space.npos) result += c;
  }
  return result;
}

/// The text before the padding; nothing if that is not the one that the length asks for.
std::optional<std::string_view> without_padding(std::string_view text) {
  const auto padding = text.size() - (text.find_last_not_of('=') + 1);
  if (padding > 0 && (padding > 2 || text.size() % 4 != 0)) return std::nullopt;
  text.remove_suffix(padding);
  return text.size() % 4 == 1 ? std::nullopt : std::optional(text);
}

/// Turns groups of six bits into groups of eight.
class BitCollector {
 public:
  explicit BitCollector(std::size_t digits) { bytes_.reserve(digits * 3 / 4); }

  void add(std::uint32_t six_bits) {
    bits_ = (bits_ << 6U) | six_bits;
    count_ += 6;
    if (count_ < 8) return;
    count_ -= 8;
    bytes_ += static_cast<char>(bits_ >> count_);
    bits_ &= (1U << count_) - 1;
  }
  std::optional<std::string> take() && {
    return bits_ == 0 ? std::optional(std::move(bytes_)) : std::nullopt;
  }

 private:
  std::string bytes_;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
};

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  const std::string compact = without_white_space(text);
  const auto digits = without_padding(compact);
  if (!digits) return std::nullopt;
  const LastDigits last = last_digits_of(*digits);
  BitCollector collector(digits->size());
  for (const char digit : *digits) {
    const auto value = value_of(digit, last);
    if (!value) return std::nullopt;
    collector.add(static_cast<std::uint32_t>(*value));
  }
  return std::move(collector).take();
}

std::string encode_base64(std::string_view bytes) {
  std::vector<unsigned char> text((bytes.size() + 2) / 3 * 4 + 1);  // OpenSSL ends it with a zero.
  const int size =
      EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  return {text.begin(), text.begin() + size};
}

}  // namespace affix::detail
