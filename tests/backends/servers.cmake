# Read by ctest behind the tests of backends: which servers each of them has for itself. Where the
# file AFFIX_SECOND_SERVERS says what reaches a second set, a variable a line, every other test gets
# that, so that two run at once. SQLite alone needs none.
if("$ENV{AFFIX_BACKENDS}" MATCHES "^(sqlite)?$")
  return()
endif()
set(servers)
if(EXISTS "$ENV{AFFIX_SECOND_SERVERS}")
  file(STRINGS "$ENV{AFFIX_SECOND_SERVERS}" servers)
  # Not as ENVIRONMENT, which the tests have.
  list(TRANSFORM servers REPLACE "^([^=]*)=" "\\1=set:")
endif()
set(second OFF)
foreach(test IN LISTS killing_tests backend_tests)
  if(servers AND second)
    set_tests_properties("${test}" PROPERTIES RESOURCE_LOCK second_databases
                                              ENVIRONMENT_MODIFICATION "${servers}")
    set(second OFF)
  else()
    set_tests_properties("${test}" PROPERTIES RESOURCE_LOCK databases)
    set(second ON)
  endif()
endforeach()
