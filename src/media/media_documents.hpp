#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "affix/media/media_record.hpp"
#include "value/json_members.hpp"

// The JSON columns of the media table: texts without a place in the table's other columns.

namespace affix::detail {

/// The variants as in the document of an attachment: `{"thumb":{"disk":…,"path":…}}`. Throws as
/// `print`.
std::string print_variants(const VariantMap& variants);
/// Reads the same, and the form of nestjs-media, which has disk and path alone: then the type is
/// that of the path's extension. The empty text and `null` are no variants.
/// `Errc::invalid_document` with `where().member`.
VariantMap parse_variants(std::string_view text);

/// Throws `Errc::invalid_argument` for what is no object, has no form in JSON, or is too large.
std::string print_object(const nlohmann::json& object);
/// The empty text, `null` and `[]` are an empty object. `Errc::invalid_document` for what is none.
nlohmann::json parse_object(std::string_view text);

}  // namespace affix::detail
