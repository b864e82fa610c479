#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "affix/orm/filter.hpp"

namespace affix {

/// A record of the media table, as far as conditions and orders can name it: for the filter of an
/// attachment field,
///
///     Filter<Product>().with(&Product::documents, where(&Medium::mime_type) == "application/pdf")
///
/// Whatever the columns of the table are called, see `FieldOptions::tables`.
struct Medium {
  std::string id{};
  std::string name{};
  std::string file_name{};
  std::string mime_type{};
  std::int64_t size = 0;
  std::string disk{};
  std::string path{};
  std::int64_t position = 0;
  TimePoint created_at{};
  std::optional<std::string> checksum{};
  std::optional<int> width{};
  std::optional<int> height{};
};

template <>
struct Model<Medium> {
  static constexpr auto mapping =
      table("media", key("id", &Medium::id), column("name", &Medium::name),
            column("file_name", &Medium::file_name), column("mime_type", &Medium::mime_type),
            column("size", &Medium::size), column("disk", &Medium::disk),
            column("path", &Medium::path), column("position", &Medium::position),
            column("created_at", &Medium::created_at), column("checksum", &Medium::checksum),
            column("width", &Medium::width), column("height", &Medium::height));
};

namespace detail {
template <>
struct ScopeOf<AttachmentList> {
  using Type = Filter<Medium>;
};
template <>
struct ScopeOf<std::optional<Attachment>> {
  using Type = Filter<Medium>;
};
template <>
struct RelatedRows<AttachmentList> {
  using Row = Medium;
};
template <>
struct RelatedRows<std::optional<Attachment>> {
  using Row = Medium;
};
}  // namespace detail
}  // namespace affix
