#include "value/json_error.hpp"

#include <utility>

namespace affix::detail {

std::string join_members(std::string_view parent, std::string_view child) {
  std::string joined(parent);
  if (!parent.empty() && !child.empty()) joined += '.';
  return joined.append(child);
}

Error below(std::string_view parent, const Error& error) {
  Where where = error.where();
  where.member = join_members(parent, where.member);
  return {error.code(), error.message(), std::move(where), error.cause()};
}

}  // namespace affix::detail
