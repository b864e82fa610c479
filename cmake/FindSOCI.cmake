# Finds SOCI where it has no CMake package of its own (4.0, as in Debian) and gives its targets the
# names that SOCI 4.1 uses: SOCI::Core and SOCI::SQLite3. An own package is taken first; that path
# is untested, since no SOCI 4.1 was at hand.
#
# The target of a backend exists where its library, its header and its database's client header
# were found.
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

  find_library(SOCI_SQLITE3_LIBRARY soci_sqlite3)
  find_package(SQLite3 QUIET)
  if(SOCI_SQLITE3_LIBRARY AND SQLite3_FOUND)
    add_library(SOCI::SQLite3 UNKNOWN IMPORTED)
    set_target_properties(
      SOCI::SQLite3 PROPERTIES IMPORTED_LOCATION ${SOCI_SQLITE3_LIBRARY}
                               INTERFACE_LINK_LIBRARIES "SOCI::Core;SQLite::SQLite3")
  endif()
endif()
