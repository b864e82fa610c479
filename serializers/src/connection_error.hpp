#pragma once

#include <exception>
#include <string_view>

#include "affix/value/error.hpp"

namespace affix::detail {

/// `Errc::database` for a connection that could not be made, with what the backend said unless it
/// repeats a part of the connection string that may be secret: backends quote what they cannot
/// read.
Error connection_error(const std::exception& error, std::string_view connect_string);

}  // namespace affix::detail
