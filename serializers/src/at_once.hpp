#pragma once

#include <soci/soci.h>

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "affix/soci/json_transport.hpp"
#include "document_text.hpp"

namespace affix::detail {

/// A value that a statement of affix is given.
struct Parameter {
  std::variant<std::string, DocumentText, long long, double> value;
  soci::indicator indicator = soci::i_ok;
};

// Statements on one row that is found by its key, in a faster way than SOCI's if its backend has
// one. The parameters are `:p0`, `:p1` … in this order, each once. Both return nothing where SOCI
// has to do it, and throw what SOCI's backend throws.

/// Returns how many rows were changed: 0, 1, or 2 for several, of which none was changed then.
std::optional<int> change_one_at_once(soci::session& session, const std::string& text,
                                      std::span<const Parameter> parameters);

struct FoundCell {
  int rows = 0;  ///< 0, 1, or 2 for several, whose text is not read.
  Cell cell{};
};

/// Reads a column; `source` is what follows it in the SELECT. Sees what SOCI would see.
std::optional<FoundCell> read_one_at_once(soci::session& session, const std::string& column,
                                          const std::string& source,
                                          std::span<const Parameter> parameters);

}  // namespace affix::detail
