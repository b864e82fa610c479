#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "affix/storage/disk.hpp"

namespace affix::detail {

/// The rules of `Disk::list` for a backend that walks its keys in byte order. The cursor of a page
/// is its last entry, a key or a common prefix.
class PageBuilder {
 public:
  explicit PageBuilder(const ListOptions& options);

  /// No key before this one is on the page.
  const std::string& start() const noexcept { return start_; }
  /// Whether some key that starts with `directory` (empty, or ending in `/`) can be on the page.
  bool may_enter(const std::string& directory) const;
  /// Whether this key is on the page, as far as prefix and cursor say.
  bool matches(std::string_view key) const;
  /// The common prefix that stands for a key that matches, if one does.
  std::optional<std::string> common_prefix(std::string_view key) const;

  /// Entries come in byte order. Once one was refused because the page is full, the listing is
  /// complete and `is_full`.
  void add_file(FileInfo file);
  void add_prefix(const std::string& prefix);
  bool is_full() const noexcept { return full_; }

  Listing take() && { return std::move(listing_); }

 private:
  bool make_room();

  const ListOptions& options_;
  std::string start_;
  Listing listing_;
  std::string last_;
  bool full_ = false;
};

/// The key after all those that start with `prefix`, which ends in `/`.
std::string behind(std::string prefix);

}  // namespace affix::detail
