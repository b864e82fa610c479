#pragma once

#include <string>
#include <string_view>

namespace affix {

/// A file name for people, from any bytes: UTF-8 of at most 255 bytes without path separators,
/// control, bidirectional and invisible characters, without leading dots and spaces or trailing
/// ones, and none of the names that Windows reserves (they get a `_` in front). Parts before the
/// last `/` or `\` are dropped, and each of `<>:"|?*` and each byte that is no UTF-8 becomes `_`.
/// A name that is too long keeps its extension. Never empty: `file` where nothing is left. A good
/// name comes back as it is.
std::string sanitize_file_name(std::string_view name);

/// The last segment of an attachment's key: an ASCII form of the sanitised name,
/// `[A-Za-z0-9][A-Za-z0-9._-]*`, at most 100 bytes, ending in `.` and `extension`, which replaces
/// the one that the name has. Letters of Latin scripts lose their accents, what has no ASCII form
/// becomes `-`; `file` where nothing is left. Of `extension` only letters and digits count, in
/// lower case, the first ten; `bin` if it has none. Never `variants`.
std::string slug(std::string_view name, std::string_view extension);

}  // namespace affix
