# Runs 03_shop, the program PROGRAM, twice on BACKEND (sqlite or pg) with IMAGES, and checks what it
# says. OUTPUT is emptied before, and on PostgreSQL the database affix_shop is made anew.
cmake_minimum_required(VERSION 3.22)

set(backends sqlite)
if(DEFINED ENV{AFFIX_BACKENDS})
  separate_arguments(backends UNIX_COMMAND "$ENV{AFFIX_BACKENDS}")
endif()
if(NOT BACKEND IN_LIST backends)
  message("${BACKEND} is not tested here")
  return()
endif()

file(REMOVE_RECURSE ${OUTPUT})
set(arguments --output ${OUTPUT})
if(BACKEND STREQUAL "pg")
  list(APPEND arguments --postgresql)
  set(ENV{POSTGRES_HOST} $ENV{AFFIX_PG_HOST})
  set(ENV{POSTGRES_PORT} $ENV{AFFIX_PG_PORT})
  set(ENV{POSTGRES_USER} affix)
  set(ENV{POSTGRES_DATABASE} affix_shop)
  foreach(statement IN ITEMS "drop database if exists affix_shop" "create database affix_shop")
    execute_process(
      COMMAND psql --quiet --no-psqlrc --host $ENV{AFFIX_PG_HOST} --port $ENV{AFFIX_PG_PORT}
              --username affix --dbname affix --command ${statement} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endif()

# expect TEXT...: each is in what the last run has said
macro(expect)
  foreach(text IN ITEMS ${ARGN})
    string(FIND "${said}" "${text}" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "the shop did not say \"${text}\":\n${said}")
    endif()
  endforeach()
endmacro()

function(run greeting removed)
  execute_process(COMMAND ${PROGRAM} ${arguments} ${IMAGES} OUTPUT_VARIABLE said
                  COMMAND_ERROR_IS_FATAL ANY)
  expect("${greeting}: Ada\n" "that were removed: ${removed}\n" "Laptop, 999\n  thumbnail: uploads/"
         "  document: manual.pdf\nLaptop, 899\n" "illustrated products: 1\n")
  string(REGEX MATCHALL "  picture: " pictures "${said}")
  list(LENGTH pictures pictures)
  list(LENGTH IMAGES images)
  math(EXPR images "2 * ${images} - 1")
  if(NOT pictures EQUAL images OR said MATCHES "warranty")
    message(FATAL_ERROR "the shop has other pictures or documents:\n${said}")
  endif()
endfunction()

run("new user" 0)
run("welcome back" 1)
