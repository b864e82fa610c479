#pragma once

#include <string>
#include <string_view>

#include "affix/value/error.hpp"

namespace affix::detail {

inline Error invalid_document(std::string_view message, std::string_view cause = {}) {
  return {Errc::invalid_document, message, {}, cause};
}

/// `parent` and `child` joined with a dot, or the one of them that is not empty.
std::string join_members(std::string_view parent, std::string_view child);

/// The same error one level further out: `parent` is put before `where().member`.
Error below(std::string_view parent, const Error& error);

}  // namespace affix::detail
