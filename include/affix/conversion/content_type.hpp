#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace affix {

/// The media type that the bytes themselves show, found by libmagic in at most the first 64 KiB:
/// `image/jpeg`; `application/octet-stream` if they show none. Never empty, and one name for each
/// type where several are in use. Programs of whatever language are `text/plain`, because guesses
/// about them are no better than that. Safe from many threads; the first call on each thread loads
/// the database of libmagic, and `Errc::unsupported` says that there is none.
std::string detect_type(std::span<const std::byte> bytes);

/// Whether content of type `found` may carry a name that stands for type `claimed`. Claims about
/// pictures, sound, films and PDF must hold as to the kind: a text is no `image/jpeg`, but a PNG
/// under the name of a JPEG is harmless and is stored as what it is. Sound and film are one kind,
/// because they share their containers. An SVG is a text that a browser may run: it is no JPEG
/// either, while a claimed SVG may be any picture or XML. Other claims (and an empty one) always
/// hold: no signature tells a CSV from a text.
bool is_plausible(std::string_view claimed, std::string_view found);

}  // namespace affix
