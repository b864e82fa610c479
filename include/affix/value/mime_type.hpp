#pragma once

#include <string>
#include <string_view>

namespace affix {

/// The type alone in lower case: `image/svg+xml` for `Image/SVG+xml; charset=utf-8`. Empty if the
/// text is no media type (RFC 2045 grammar of type and subtype).
std::string normalize_type(std::string_view text);

/// The usual extension of a type, without a dot: `jpg` for `image/jpeg`; `bin` if unknown.
std::string_view extension_for_type(std::string_view mime_type);

/// The type that an extension stands for, in any case and with or without a leading dot; empty if
/// unknown. Says nothing about any file's content.
std::string_view type_for_extension(std::string_view extension);

}  // namespace affix
