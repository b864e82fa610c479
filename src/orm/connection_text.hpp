#pragma once

#include <string>

#include "affix/orm/data_source_settings.hpp"

namespace affix::detail {

/// What SOCI's backend is given to connect. Errors as `DataSourceSettings` says.
std::string connection_text(const DataSourceSettings& settings);

/// The same for people, without what may be secret, after the name of the backend.
std::string public_connection_text(DataSourceSettings settings);

}  // namespace affix::detail
