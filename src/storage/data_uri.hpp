#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace affix::detail {

struct DataUri {
  std::string bytes{};
  std::string type{};       ///< Normalised; empty if the URI names none.
  std::string file_name{};  ///< Of a `name` or `filename` parameter; may be empty.
};

/// A data URI of RFC 2397; nothing if the text is none.
std::optional<DataUri> parse_data_uri(std::string_view text);

}  // namespace affix::detail
