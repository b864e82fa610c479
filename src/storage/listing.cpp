#include "storage/listing.hpp"

#include <algorithm>

namespace affix::detail {
namespace {

constexpr std::string_view reserved = ".affix";

/// The first text behind the cursor that can be a key. A cursor that is a common prefix stands for
/// all the keys that start with it.
std::string start_behind(const std::string& cursor) {
  if (cursor.empty()) return {};
  return cursor.back() == '/' ? behind(cursor) : cursor + '\0';
}

bool is_reserved(std::string_view key) {
  return key.starts_with(reserved) && key.substr(reserved.size()).starts_with('/');
}

}  // namespace

PageBuilder::PageBuilder(const ListOptions& options)
    : options_(options), start_(std::max(start_behind(options.cursor), options.prefix)) {}

bool PageBuilder::may_enter(const std::string& directory) const {
  if (directory.empty()) return true;
  const std::string_view prefix = options_.prefix;
  if (is_reserved(directory) && !prefix.starts_with(reserved)) return false;
  const bool related = directory.starts_with(prefix) || prefix.starts_with(directory);
  return related && behind(directory) > start_;
}

bool PageBuilder::matches(std::string_view key) const {
  if (is_reserved(key) && !options_.prefix.starts_with(reserved)) return false;
  return key >= start_ && key.starts_with(options_.prefix);
}

std::optional<std::string> PageBuilder::common_prefix(std::string_view key) const {
  if (options_.delimiter.empty()) return std::nullopt;
  const auto slash = key.find('/', options_.prefix.size());
  if (slash == key.npos) return std::nullopt;
  return std::string(key.substr(0, slash + 1));
}

void PageBuilder::add_file(FileInfo file) {
  if (!make_room()) return;
  last_ = file.key.text();
  listing_.files.push_back(std::move(file));
}

void PageBuilder::add_prefix(const std::string& prefix) {
  if (!make_room()) return;
  last_ = prefix;
  listing_.prefixes.push_back(prefix);
}

bool PageBuilder::make_room() {
  if (listing_.files.size() + listing_.prefixes.size() < options_.limit) return true;
  listing_.cursor = last_;
  full_ = true;
  return false;
}

std::string behind(std::string prefix) {
  prefix.back() = '/' + 1;
  return prefix;
}

}  // namespace affix::detail
