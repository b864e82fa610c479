#pragma once

#include <soci/firebird/soci-firebird.h>

#include "parameter.hpp"

namespace affix::detail {

/// `change_one_at_once` for Firebird: one round trip. SOCI prepares each statement twice, and asks
/// for the number of rows afterwards: five. `transaction` is the session's, which is open.
std::optional<int> change_one_on_firebird(soci::session& session, isc_tr_handle& transaction,
                                          const std::string& text,
                                          std::span<const Parameter> parameters);

}  // namespace affix::detail
