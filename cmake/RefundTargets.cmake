# refund_library, refund_binary and refund_test: the three ways to make a target here.
include_guard(GLOBAL)
include(GoogleTest)

set(REFUND_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 at -O3 sees overlaps and unset bytes in std::string that are not there (gcc bug 105651).
  list(APPEND REFUND_WARNINGS -Wno-restrict -Wno-maybe-uninitialized)
endif()

option(REFUND_TSAN "Built with ThreadSanitizer" OFF)

function(_refund_executable target)
  _refund_target(${target})
  if(REFUND_TSAN)
    target_link_libraries(${target} PRIVATE refund_c11_threads)
  endif()
endfunction()

function(_refund_target target)
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${REFUND_WARNINGS}>)
  target_compile_features(${target} PUBLIC cxx_std_20)
endfunction()

# SHARED for tools/prove/mutants.py, which exchanges one library at a time.
set(REFUND_LIBRARIES STATIC CACHE STRING "What refund_library makes")

# refund_library(NAME arbiter HDRS … SRCS … DEPS …) makes refund_arbiter and refund::arbiter.
function(refund_library)
  cmake_parse_arguments(ARG "" "NAME" "HDRS;SRCS;DEPS" ${ARGN})
  add_library(refund_${ARG_NAME} ${REFUND_LIBRARIES} ${ARG_SRCS} ${ARG_HDRS})
  _refund_target(refund_${ARG_NAME})
  target_link_libraries(refund_${ARG_NAME} PUBLIC ${ARG_DEPS})
  add_library(refund::${ARG_NAME} ALIAS refund_${ARG_NAME})
endfunction()

# refund_binary(NAME refundctl SRCS … DEPS …)
function(refund_binary)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  _refund_executable(${ARG_NAME})
  # First: before libc's.
  target_link_libraries(${ARG_NAME} PRIVATE refund::malloc ${ARG_DEPS})
endfunction()

# refund_test(NAME money_test SRCS … DEPS … LABELS slow): a GoogleTest binary, run as one ctest entry
# per test. Without LABELS it belongs to the fast set that `./dev check` runs. WHOLE: as one entry,
# for tests that share what is slow to start (a broker), one of them at a time.
function(refund_test)
  cmake_parse_arguments(ARG "WHOLE" "NAME" "SRCS;DEPS;LABELS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  _refund_executable(${ARG_NAME})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gtest_main GTest::gmock)
  if(REFUND_TEST_PCH)
    target_precompile_headers(${ARG_NAME} REUSE_FROM refund_test_pch)
  endif()
  target_compile_definitions(
    ${ARG_NAME} PRIVATE REFUND_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                        REFUND_BINARY_DIR="${PROJECT_BINARY_DIR}")
  # An empty LABELS would swallow the property that follows it.
  set(labels "")
  if(ARG_LABELS)
    set(labels LABELS "${ARG_LABELS}")
  endif()
  if(ARG_WHOLE)
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
    set_tests_properties(
      ${ARG_NAME} PROPERTIES TIMEOUT 1200 RESOURCE_LOCK broker
                             SKIP_REGULAR_EXPRESSION "SKIPPED: no Kafka" ${labels})
    return()
  endif()
  gtest_discover_tests(${ARG_NAME} DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 1200 ${labels})
endfunction()
