#pragma once

#include <soci/firebird/soci-firebird.h>

#include "at_once.hpp"

namespace affix::detail {

// `change_one_at_once` and `read_one_at_once` for Firebird: one round trip each. SOCI prepares each
// statement twice, and asks for the number of rows, or for a document, afterwards: five, or seven.
// `transaction` is the session's, which is open.

std::optional<int> change_one_on_firebird(soci::session& session, isc_tr_handle& transaction,
                                          const std::string& text,
                                          std::span<const Parameter> parameters);

std::optional<FoundCell> read_one_on_firebird(soci::session& session, isc_tr_handle& transaction,
                                              const std::string& column, const std::string& source,
                                              std::span<const Parameter> parameters);

}  // namespace affix::detail
