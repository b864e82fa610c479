#pragma once

#include <string>
#include <string_view>
#include <vips/vips8>

namespace affix::detail {

/// Starts libvips, once per process: operation cache off, every loader blocked but those of JPEG,
/// PNG, WebP and GIF. Never shut down. Throws `Errc::unsupported` below libvips 8.13, and
/// `Errc::invalid_state` in a process that was forked from the one that started it.
/// To be called at the front of everything that uses libvips, on each thread, which then frees what
/// libvips keeps for a thread when it ends.
void use_library();

/// Lifts the block from the loaders of all other types that affix knows: for a process that has
/// nothing to lose, or whose owner wants that.
void allow_all_formats();

/// Whether this libvips can read files of this type at all, blocked or not.
bool has_loader(std::string_view mime_type);

/// Whether it is drawn with whatever fonts there are: PDF and SVG.
bool is_document(std::string_view mime_type);

/// What libvips said about a failure. Its error text is one for all threads, so it is for reading
/// only: it may hold words about another thread's failure.
std::string take_error_text(const vips::VError& error);

}  // namespace affix::detail
