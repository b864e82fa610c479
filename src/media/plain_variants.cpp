#include "media/plain_variants.hpp"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <climits>

#include "affix/value/json.hpp"

namespace affix::detail {
namespace {

/// Each step returns nothing, or false, where the text is not plain.
class PlainReader {
 public:
  explicit PlainReader(std::string_view text) : rest_(text) {}

  std::optional<VariantMap> read() {
    VariantMap variants;
    if (!take('{')) return std::nullopt;
    do {
      const auto name = text();
      if (!name || !take(':')) return std::nullopt;
      const auto [entry, is_new] = variants.try_emplace(std::string(*name));
      if (!is_new || !read_variant(entry->second)) return std::nullopt;
    } while (take(','));
    const bool whole = take('}') && rest_.empty() && variants.size() <= json_max_variants;
    return whole ? std::optional(std::move(variants)) : std::nullopt;
  }

 private:
  bool take(char wanted) {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::string_view> text() {
    if (!take('"')) return std::nullopt;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '"') {
        const std::string_view found = rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return found;
      }
      if (c == '\\' || c < ' ' || c > '~') return std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<std::int64_t> number(std::int64_t least, std::int64_t most) {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    const std::size_t length = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (length == 0 || (length > 1 && rest_.front() == '0')) return std::nullopt;
    std::int64_t value = 0;
    const auto result = std::from_chars(rest_.data(), rest_.data() + length, value);
    if (result.ec != std::errc() || value < least || value > most) return std::nullopt;
    rest_.remove_prefix(length);
    return value;
  }

  bool read_variant(Variant& variant) {
    if (!take('{')) return false;
    std::bitset<members<Variant>.size()> seen;
    do {
      const auto name = text();
      const Member<Variant>* const member = name ? find_member<Variant>(*name) : nullptr;
      if (member == nullptr || !take(':')) return false;
      const auto index = static_cast<std::size_t>(member - members<Variant>.data());
      if (seen.test(index) || !read_member(*member, variant)) return false;
      seen.set(index);
    } while (take(','));
    return take('}') && is_complete(seen);
  }

  bool read_member(const Member<Variant>& member, Variant& variant) {
    if (const auto* const words = std::get_if<std::string Variant::*>(&member.target)) {
      const auto value = text();
      if (!value || (value->empty() && member.presence == Presence::filled)) return false;
      variant.*(*words) = *value;
      return true;
    }
    if (const auto* const size = std::get_if<std::int64_t Variant::*>(&member.target)) {
      const auto value = number(0, INT64_MAX);
      if (value) variant.*(*size) = *value;
      return value.has_value();
    }
    const auto* const pixels = std::get_if<int Variant::*>(&member.target);
    const auto value = pixels ? number(1, INT_MAX) : std::nullopt;
    if (value) variant.*(*pixels) = static_cast<int>(*value);
    return value.has_value();
  }

  static bool is_complete(const std::bitset<members<Variant>.size()>& seen) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (members<Variant>[i].presence != Presence::optional && !seen.test(i)) return false;
    }
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<VariantMap> parse_plain_variants(std::string_view text) {
  if (text.size() > json_max_bytes / 2) return std::nullopt;
  return PlainReader(text).read();
}

}  // namespace affix::detail
