# The one way in which a target of this project is made.
#
#   affix_target(NAME KIND LIBRARY|INTERFACE|PART|PROGRAM SOURCES dir... [HEADERS dir...]
#                PUBLIC targets... PRIVATE targets... [PRECOMPILE headers...])
#
# LIBRARY  a static (or, with BUILD_SHARED_LIBS, shared) library affix_NAME with the alias affix::NAME
# INTERFACE  the same without sources
# PART     a static library affix_NAME that is not installed, for programs of this project
# PROGRAM  a program NAME that is not installed: tests, examples, benchmarks, tools
# SOURCES  folders whose *.cpp are compiled (not the folders below them), or single files
# HEADERS  folders below include/ (without their vips_*.hpp), or single files, that are installed
#          with the target
# PRECOMPILE  headers of other libraries that most of the sources include, compiled once
include_guard()
include(GNUInstallDirs)

function(affix_target name)
  cmake_parse_arguments(arg "" "KIND" "SOURCES;HEADERS;PUBLIC;PRIVATE;PRECOMPILE"
                        ${ARGN})
  set(files)
  foreach(source IN LISTS arg_SOURCES)
    if(source MATCHES "\\.cpp$")
      list(APPEND files ${source})
    else()
      file(GLOB found CONFIGURE_DEPENDS ${source}/*.cpp)
      list(APPEND files ${found})
    endif()
  endforeach()

  if(arg_KIND STREQUAL "PROGRAM")
    add_executable(${name} ${files})
    set(target ${name})
    set(scope PRIVATE)
  elseif(arg_KIND STREQUAL "PART")
    set(target affix_${name})
    add_library(${target} STATIC ${files})
    set(scope PUBLIC)
  elseif(arg_KIND STREQUAL "INTERFACE")
    set(target affix_${name})
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  else()
    set(target affix_${name})
    add_library(${target} ${files})
    set(scope PUBLIC)
  endif()

  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${arg_PUBLIC})
  if(NOT arg_KIND STREQUAL "INTERFACE")
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                             -Wno-sign-conversion)
    target_precompile_headers(${target} PRIVATE ${arg_PRECOMPILE})
    if(AFFIX_BATCHES AND (arg_KIND STREQUAL "LIBRARY" OR name MATCHES "^test_"))
      # Nearly all of the time goes to the headers: many sources are compiled as one, except for
      # those whose private names clash with others'.
      set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
      target_compile_options(${target} PRIVATE -Wno-shadow)
      list(TRANSFORM AFFIX_CLASHING PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE clashing)
      set_source_files_properties(${clashing} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
    if(arg_PRECOMPILE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # So that ccache can keep what was compiled with it.
      target_compile_options(${target} PRIVATE -fpch-preprocess)
    endif()
    if(AFFIX_WERROR)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(AFFIX_SANITIZE)
      # SOCI 4.0 does not export the type information of its classes, which the vptr check needs.
      target_compile_options(${target} PRIVATE -fsanitize=${AFFIX_SANITIZE} -fno-sanitize=vptr
                                               -fno-sanitize-recover=undefined)
      target_link_options(${target} PUBLIC -fsanitize=${AFFIX_SANITIZE})
    endif()
  endif()

  if(arg_KIND MATCHES "LIBRARY|INTERFACE")
    add_library(affix::${name} ALIAS ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} AFFIX_HEADERS "${arg_HEADERS}")
    foreach(root IN ITEMS include serializers/include)
      target_include_directories(
        ${target} ${scope} $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/${root}>)
    endforeach()
    target_include_directories(${target} ${scope} $<INSTALL_INTERFACE:include>)
    affix_install(${target} ${name} "${arg_HEADERS}")
  endif()
endfunction()

# Installs a library under its own component, with its headers and its own export file, so that
# find_package(affix COMPONENTS ...) loads only what was asked for.
function(affix_install target name headers)
  install(TARGETS ${target} EXPORT affix-${name} COMPONENT ${name})
  install(EXPORT affix-${name} NAMESPACE affix:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/affix
          COMPONENT ${name})
  foreach(source IN LISTS headers)
    get_filename_component(parent ${source} DIRECTORY)
    string(REGEX REPLACE "^serializers/" "" destination ${parent})
    if(source MATCHES "\\.hpp$")
      install(FILES ${source} DESTINATION ${destination} COMPONENT ${name})
    else()
      install(DIRECTORY ${source} DESTINATION ${destination} COMPONENT ${name}
              FILES_MATCHING PATTERN "*.hpp" PATTERN "vips_*" EXCLUDE)
    endif()
  endforeach()
endfunction()
