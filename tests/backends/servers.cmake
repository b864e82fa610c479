# Read by ctest behind the tests of backends: which servers each of them has for itself. Where the
# file AFFIX_SECOND_SERVERS says what reaches a second set, a variable a line, every other test takes
# it (database.cpp), so that two run at once. SQLite alone needs none.
if("$ENV{AFFIX_BACKENDS}" MATCHES "^(sqlite)?$")
  return()
endif()
set(second OFF)
foreach(test IN LISTS killing_tests backend_tests)
  if(second AND EXISTS "$ENV{AFFIX_SECOND_SERVERS}")
    # Not as ENVIRONMENT, which the tests have.
    set_tests_properties("${test}" PROPERTIES
                         RESOURCE_LOCK second_databases
                         ENVIRONMENT_MODIFICATION "AFFIX_USE_SECOND_SERVERS=set:1")
    set(second OFF)
  else()
    set_tests_properties("${test}" PROPERTIES RESOURCE_LOCK databases)
    set(second ON)
  endif()
endforeach()
