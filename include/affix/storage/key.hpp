#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace affix {

/// A path on a disk: relative, `/` between segments of `[A-Za-z0-9._%-]` that are not empty, `.`
/// or `..`; at most 512 bytes. So a key cannot leave its disk, whatever text it was made from.
/// A first segment `.affix` is affix's own bookkeeping.
class Key {
 public:
  /// Throws `Errc::invalid_key` with `where().key`.
  static Key parse(std::string_view text);
  static bool is_valid(std::string_view text) noexcept;

  /// The key of a file that another system has stored: as above, but its segments may have any
  /// UTF-8 except control characters and backslashes, and it may not be affix's own bookkeeping.
  /// Such a key is for opening that file and making its URL; affix never writes one.
  static Key parse_foreign(std::string_view text);
  static bool is_valid_foreign(std::string_view text) noexcept;

  const std::string& text() const noexcept { return text_; }
  /// The last segment.
  std::string_view file_name() const noexcept;
  /// All but the last segment, without a slash at the end; empty for a single segment.
  std::string_view parent() const noexcept;
  /// Whether the key lies below `prefix`: it has all its segments and at least one more.
  /// `a/id10/x` does not lie below `a/id1`.
  bool is_below(const Key& prefix) const noexcept;
  /// Whether the first segment is `.affix`.
  bool is_reserved() const noexcept;

  /// The key below this one. Throws `Errc::invalid_key` if the result is none.
  Key operator/(std::string_view more) const;
  /// The same for a key, also for one of another system.
  Key operator/(const Key& more) const;

  auto operator<=>(const Key&) const = default;

 private:
  explicit Key(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace affix
