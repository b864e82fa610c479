# Fails if PROGRAM is no ```cpp block of DOCUMENT.
cmake_minimum_required(VERSION 3.22)
file(READ ${PROGRAM} program)
file(READ ${DOCUMENT} document)
string(FIND "${document}" "```cpp\n${program}```\n" place)
if(place EQUAL -1)
  message(FATAL_ERROR "${PROGRAM} is no block of ${DOCUMENT}")
endif()
