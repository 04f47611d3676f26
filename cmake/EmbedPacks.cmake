# embed_packs(out.cc): the TOML of every bundled pack as a C++ array, so that the binary needs no files.
function(embed_packs output)
  file(GLOB_RECURSE packs CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/policies"
       "${PROJECT_SOURCE_DIR}/policies/*.toml")
  list(SORT packs)
  set(body "// Made by cmake/EmbedPacks.cmake from policies/.\n#include \"tools/refundctl/bundled_packs.h\"\n\n")
  string(APPEND body "namespace refund::tools {\n\nstd::vector<PackSource> BundledPacks() {\n  return {\n")
  foreach(pack IN LISTS packs)
    file(READ "${PROJECT_SOURCE_DIR}/policies/${pack}" text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
                                           "${PROJECT_SOURCE_DIR}/policies/${pack}")
    string(APPEND body "      {\"policies/${pack}\", R\"TOML(${text})TOML\"},\n")
  endforeach()
  string(APPEND body "  };\n}\n\n}  // namespace refund::tools\n")
  file(GENERATE OUTPUT "${output}" CONTENT "${body}")
endfunction()
