#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace affix::detail {

/// RFC 4648 base64, in the standard or the URL-safe alphabet, padding optional, white space
/// ignored. Nothing if the text is anything else: both alphabets mixed, wrong padding, characters
/// outside of the alphabet, bits left over that are not zero.
std::optional<std::string> decode_base64(std::string_view text);

/// RFC 4648 base64 in the standard alphabet, with padding.
std::string encode_base64(std::string_view bytes);

}  // namespace affix::detail
