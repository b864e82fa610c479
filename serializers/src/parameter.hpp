#pragma once

#include <soci/soci.h>

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "document_text.hpp"

namespace affix::detail {

/// A value that a statement of affix is given.
struct Parameter {
  std::variant<std::string, DocumentText, long long, double> value;
  soci::indicator indicator = soci::i_ok;
};

/// Executes a statement that changes one row at most, found by its key, in a faster way than
/// SOCI's, if its backend has one. Its text names the parameters `:p0`, `:p1` … in their order,
/// each once. Returns how many rows were changed: 0, 1, or 2 for several, of which none was changed
/// then. Nothing where SOCI has to do it. Throws what SOCI's backend throws.
std::optional<int> change_one_at_once(soci::session& session, const std::string& text,
                                      std::span<const Parameter> parameters);

}  // namespace affix::detail
