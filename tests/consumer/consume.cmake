# Configures, builds and runs the project SOURCE in BUILD with the affix below PREFIX, and checks
# which shared libraries its program `consumer` is linked with (LINKS, LINKS_NOT).
cmake_minimum_required(VERSION 3.22)
file(REMOVE_RECURSE ${BUILD})
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G ${GENERATOR} -DCMAKE_PREFIX_PATH=${PREFIX}
          -DCMAKE_CXX_COMPILER=${COMPILER} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${BUILD}/consumer WORKING_DIRECTORY ${BUILD} COMMAND_ERROR_IS_FATAL ANY)

execute_process(COMMAND ldd ${BUILD}/consumer OUTPUT_VARIABLE linked COMMAND_ERROR_IS_FATAL ANY)
foreach(library IN LISTS LINKS)
  if(NOT linked MATCHES "lib${library}[.]so")
    message(FATAL_ERROR "${library} is not linked:\n${linked}")
  endif()
endforeach()
foreach(library IN LISTS LINKS_NOT)
  if(linked MATCHES "lib${library}[.]so")
    message(FATAL_ERROR "${library} is linked and must not be:\n${linked}")
  endif()
endforeach()
