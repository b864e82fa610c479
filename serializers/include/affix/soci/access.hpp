#pragma once

namespace affix {

/// How SOCI reaches a database engine.
enum class Access {
  native,  ///< The engine's own backend.
  odbc,    ///< SOCI's odbc backend and the engine's ODBC driver.
};

}  // namespace affix
