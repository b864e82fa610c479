#pragma once

#include <string>
#include <string_view>

#include "affix/storage/key.hpp"

namespace affix::detail {

/// `base_url`, a slash and the key, percent-encoded as RFC 3986 has it: the `%` of a key is `%25`.
std::string public_url(std::string_view base_url, const Key& key);

}  // namespace affix::detail
