#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace affix {

/// The media type that the bytes themselves show, found by libmagic in at most the first 64 KiB:
/// `image/jpeg`; `application/octet-stream` if they show none. Never empty. Safe from many threads;
/// the first call on each thread loads the database of libmagic.
std::string detect_type(std::span<const std::byte> bytes);

/// Whether content of type `found` may carry a name that stands for type `claimed`. Claims about
/// pictures, sound, films and PDF must hold as to the kind: a text is no `image/jpeg`, but a PNG
/// under the name of a JPEG is harmless and is stored as what it is. Other claims (and an empty
/// one) always hold: no signature tells a CSV from a text.
bool is_plausible(std::string_view claimed, std::string_view found);

}  // namespace affix
