# embed_disputes(out.cc): the lines of examples/disputes.jsonl as a C++ array. A literal a line: compilers
# need not take one that is longer than 64 KiB.
function(embed_disputes output)
  set(disputes "${PROJECT_SOURCE_DIR}/examples/disputes.jsonl")
  file(READ "${disputes}" text)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${disputes}")
  string(REGEX REPLACE "\n$" "" text "${text}")
  string(REPLACE "\n" ")JSON\",\n      R\"JSON(" text "${text}")
  set(body "// Made by cmake/EmbedDisputes.cmake from examples/disputes.jsonl.\n")
  string(APPEND body "#include \"tools/refundctl/whatif/bundled_disputes.h\"\n\nnamespace refund::tools {\n\n")
  string(APPEND body "std::vector<std::string_view> BundledDisputes() {\n  return {\n      R\"JSON(${text})JSON\",\n")
  string(APPEND body "  };\n}\n\n}  // namespace refund::tools\n")
  file(GENERATE OUTPUT "${output}" CONTENT "${body}")
endfunction()
