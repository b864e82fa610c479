# Checks a model with SPIN, or, with DAMAGE, that a broken protocol is found to do that damage.
#
#   cmake -DSPIN=... -DCC=... -DMODEL=FILE -DNAME=... [-DDEFINES="A B"] [-DDAMAGE=...] -P check.cmake
#
# A model passes only if all of its states were visited and none is wrong. A broken one passes only
# if the assertion about DAMAGE was violated: a syntax error or a deadlock proves nothing.

# run(COMMAND...): the command in a folder of the model's own; its output in `output`.
function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${folder} RESULT_VARIABLE result
                  OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed (${result}):\n${output}${errors}")
  endif()
  set(output "${output}${errors}" PARENT_SCOPE)
endfunction()

set(folder ${CMAKE_CURRENT_BINARY_DIR}/${NAME})
file(REMOVE_RECURSE ${folder})
file(MAKE_DIRECTORY ${folder})
separate_arguments(defines UNIX_COMMAND "${DEFINES}")
list(TRANSFORM defines PREPEND -D)

run(${SPIN} -a ${defines} ${MODEL})
set(optimisation -O2)
if(DAMAGE)
  set(optimisation -O0)  # a counterexample is found long before that matters
endif()
# Safety properties alone, states packed, at most 2 GB.
run(${CC} ${optimisation} -w -DSAFETY -DCOLLAPSE -DMEMLIM=2000 -o pan pan.c)
run(./pan -m1000000)
message("${output}")

set(complete TRUE)
foreach(sign IN ITEMS "Search not completed" "max search depth too small" "memory limit" "truncated")
  if(output MATCHES "${sign}")
    set(complete FALSE)
  endif()
endforeach()
if(DAMAGE)
  if(NOT output MATCHES "assertion violated *!\\(${DAMAGE}\\)")
    message(FATAL_ERROR "The damage ${DAMAGE} was not found")
  endif()
elseif(NOT complete OR NOT output MATCHES "errors: 0\n" OR NOT output MATCHES "invalid end states\t\\+")
  message(FATAL_ERROR "The protocol is wrong, or not all of its states were visited")
endif()
file(REMOVE_RECURSE ${folder})
