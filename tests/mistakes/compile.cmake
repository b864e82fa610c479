# Compiles FILE with the command line COMPILE. Fails unless the compiler says the words of its first
# line; without any, unless it compiles.
cmake_minimum_required(VERSION 3.22)
file(STRINGS ${FILE} words LIMIT_COUNT 1)
string(REGEX REPLACE "^// *" "" words "${words}")
set(ENV{LC_ALL} C)
execute_process(COMMAND ${COMPILE} ${FILE} RESULT_VARIABLE result ERROR_VARIABLE errors)
if(words STREQUAL "" AND result EQUAL 0)
  return()
endif()
if(words STREQUAL "" OR result EQUAL 0 OR NOT errors MATCHES "error: .*${words}")
  message(FATAL_ERROR "expected '${words}', but the compiler ended with ${result}:\n${errors}")
endif()
