#include "storage/public_url.hpp"

namespace affix::detail {

std::string public_url(std::string_view base_url, const Key& key) {
  while (base_url.ends_with('/')) base_url.remove_suffix(1);
  std::string url(base_url);
  url += '/';
  for (const char c : key.text()) {
    if (c == '%') {
      url += "%25";
    } else {
      url += c;
    }
  }
  return url;
}

}  // namespace affix::detail
