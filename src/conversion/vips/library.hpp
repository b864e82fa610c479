#pragma once

#include <string>
#include <vips/vips8>

namespace affix::detail {

/// Starts libvips, once per process: operation cache off, every loader blocked but the four that
/// affix calls. Never shut down. Throws `Errc::unsupported` below libvips 8.13.
/// To be called at the front of everything that uses libvips, on each thread, which then frees what
/// libvips keeps for a thread when it ends.
void use_library();

/// What libvips said about a failure. Its error text is one for all threads, so it is for reading
/// only: it may hold words about another thread's failure.
std::string take_error_text(const vips::VError& error);

}  // namespace affix::detail
