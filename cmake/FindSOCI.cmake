# Finds SOCI where it has no CMake package of its own (4.0, as in Debian) and gives its targets the
# names that SOCI 4.1 uses: SOCI::Core, SOCI::SQLite3, SOCI::PostgreSQL, SOCI::MySQL, SOCI::Firebird
# and SOCI::ODBC. An own package is taken first; that path is untested, since no SOCI 4.1 was at
# hand.
#
# The target of a backend exists where its library, its header and its database's client library
# with header were found. Whoever links it can use the client's header, too.
find_package(SOCI CONFIG QUIET)
if(TARGET SOCI::Core)
  return()
endif()

find_package(Threads REQUIRED)
find_path(SOCI_INCLUDE_DIR soci/soci.h)
find_library(SOCI_CORE_LIBRARY soci_core)
if(SOCI_INCLUDE_DIR)
  file(STRINGS ${SOCI_INCLUDE_DIR}/soci/version.h soci_version REGEX "define SOCI_VERSION [0-9]")
  string(REGEX MATCH "[0-9]+$" soci_number "${soci_version}")
  math(EXPR soci_major "${soci_number} / 100000")
  math(EXPR soci_minor "${soci_number} / 100 % 1000")
  set(SOCI_VERSION "${soci_major}.${soci_minor}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SOCI REQUIRED_VARS SOCI_CORE_LIBRARY SOCI_INCLUDE_DIR
                                  VERSION_VAR SOCI_VERSION)

if(SOCI_FOUND AND NOT TARGET SOCI::Core)
  add_library(SOCI::Core UNKNOWN IMPORTED)
  set_target_properties(
    SOCI::Core
    PROPERTIES IMPORTED_LOCATION ${SOCI_CORE_LIBRARY}
               INTERFACE_INCLUDE_DIRECTORIES ${SOCI_INCLUDE_DIR}
               INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS}")
endif()

# soci_backend(TARGET LIBRARY HEADER CLIENT): makes SOCI::TARGET of SOCI's LIBRARY, which stands on
# the target CLIENT; nothing happens where one of them is missing.
function(soci_backend target library header client)
  string(TOUPPER ${library} upper)
  find_library(${upper}_LIBRARY ${library})
  mark_as_advanced(${upper}_LIBRARY)
  if(NOT TARGET "${client}" OR NOT ${upper}_LIBRARY OR NOT EXISTS ${SOCI_INCLUDE_DIR}/soci/${header})
    return()
  endif()
  add_library(SOCI::${target} UNKNOWN IMPORTED)
  set_target_properties(SOCI::${target} PROPERTIES IMPORTED_LOCATION ${${upper}_LIBRARY}
                                                   INTERFACE_LINK_LIBRARIES "SOCI::Core;${client}")
endfunction()

if(SOCI_FOUND AND NOT TARGET SOCI::SQLite3)
  find_package(SQLite3 QUIET)
  find_package(ODBC QUIET)
  find_package(PkgConfig QUIET)
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(libpq QUIET IMPORTED_TARGET libpq)
    pkg_check_modules(libmariadb QUIET IMPORTED_TARGET libmariadb)
  endif()
  # Firebird's client comes with neither a module of CMake nor a .pc file.
  find_path(FIREBIRD_INCLUDE_DIR ibase.h)
  find_library(FIREBIRD_CLIENT_LIBRARY fbclient)
  mark_as_advanced(FIREBIRD_INCLUDE_DIR FIREBIRD_CLIENT_LIBRARY)
  if(FIREBIRD_INCLUDE_DIR AND FIREBIRD_CLIENT_LIBRARY AND NOT TARGET Firebird::Client)
    add_library(Firebird::Client UNKNOWN IMPORTED)
    set_target_properties(
      Firebird::Client PROPERTIES IMPORTED_LOCATION ${FIREBIRD_CLIENT_LIBRARY}
                                  INTERFACE_INCLUDE_DIRECTORIES ${FIREBIRD_INCLUDE_DIR})
  endif()

  soci_backend(SQLite3 soci_sqlite3 sqlite3/soci-sqlite3.h SQLite::SQLite3)
  soci_backend(PostgreSQL soci_postgresql postgresql/soci-postgresql.h PkgConfig::libpq)
  soci_backend(MySQL soci_mysql mysql/soci-mysql.h PkgConfig::libmariadb)
  soci_backend(Firebird soci_firebird firebird/soci-firebird.h Firebird::Client)
  soci_backend(ODBC soci_odbc odbc/soci-odbc.h ODBC::ODBC)
endif()
