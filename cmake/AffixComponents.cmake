# The components of affix, from the lowest layer up, and what each stands on. Shared by the build
# and by the installed package.
set(affix_all_components value serializers core vips soci testing)
set(affix_needs_value)
set(affix_needs_serializers value)
set(affix_needs_core value)
set(affix_needs_vips core value)
set(affix_needs_soci core serializers value)
set(affix_needs_testing core value)

# affix_complete(OUT component...): the components and all that they need, lowest first.
function(affix_complete out)
  set(wanted ${ARGN})
  foreach(component IN LISTS ARGN)
    list(APPEND wanted ${affix_needs_${component}})
  endforeach()
  set(complete)
  foreach(component IN LISTS affix_all_components)
    if(component IN_LIST wanted)
      list(APPEND complete ${component})
    endif()
  endforeach()
  set(${out} ${complete} PARENT_SCOPE)
endfunction()
