# embed_packs(out.cc): the TOML of packs as C++ arrays, so that the binary needs no files: of the bundled ones, and of
# those that generated logs bring along.
function(embed_packs output)
  set(body "// Made by cmake/EmbedPacks.cmake from policies/ and tools/generate/packs/.\n")
  string(APPEND body "#include \"tools/refundctl/bundled_packs.h\"\n\nnamespace refund::tools {\n")
  embed_packs_of(BundledPacks policies)
  embed_packs_of(GeneratorPacks tools/generate/packs)
  file(GENERATE OUTPUT "${output}" CONTENT "${body}\n}  // namespace refund::tools\n")
endfunction()

# Adds a function of that name, with the packs below that directory, to the caller's body.
function(embed_packs_of name directory)
  file(GLOB_RECURSE packs CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/${directory}/*.toml")
  list(SORT packs)
  string(APPEND body "\nstd::vector<PackSource> ${name}() {\n  return {\n")
  foreach(pack IN LISTS packs)
    file(READ "${PROJECT_SOURCE_DIR}/${pack}" text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${pack}")
    string(APPEND body "      {\"${pack}\", R\"TOML(${text})TOML\"},\n")
  endforeach()
  set(body "${body}  };\n}\n" PARENT_SCOPE)
endfunction()
