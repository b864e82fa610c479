#pragma once

#include <string_view>

namespace affix::bench {

/// The other side of a measured process: answers requests, a line of JSON each, until there are no
/// more. `kind` is what is measured:
///
/// - `affix`: `Converter::convert` of the type that is found in the bytes
/// - `affix-busy`: four of that at once
/// - `affix-isolated`: it in `affix-convert`
/// - `affix-create`, `affix-create-kill-safe`: `AttachmentManager::create` with a local disk
/// - `vipsthumbnail`, `imagemagick`: the program, called once for each variant
///
/// A request has `set`, `source` (a path), `directory` for the files and `variants` (`as_request`).
/// An answer has `ms` and `bytes`; `memory_mb` if it was not this process that did the work; or
/// `failed`, a text. Only what is timed counts into `ms`: the source has been read before, and the
/// files are written behind it (programs do both by themselves).
///
/// Throws `std::invalid_argument` for another kind.
void serve(std::string_view kind);

}  // namespace affix::bench
