# One project-owned name per dependency.
include_guard(GLOBAL)

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)  # no version: its version file accepts one major only

# CapnProtoConfig.cmake leaks `atomic` into CMAKE_REQUIRED_LIBRARIES.
set(_saved_required_libraries "${CMAKE_REQUIRED_LIBRARIES}")
find_package(CapnProto CONFIG REQUIRED)
set(CMAKE_REQUIRED_LIBRARIES "${_saved_required_libraries}")

add_library(refund_rocksdb INTERFACE)
# The static archive: the shared one pays a call for each of its counters. ThreadSanitizer, though, can be told
# to leave a shared library alone.
target_link_libraries(refund_rocksdb INTERFACE RocksDB::rocksdb$<$<BOOL:${REFUND_TSAN}>:-shared>)
add_library(refund::rocksdb ALIAS refund_rocksdb)

add_library(refund_capnp INTERFACE)
target_link_libraries(refund_capnp INTERFACE CapnProto::capnp)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CapnProto_VERSION VERSION_LESS 1.0)
  target_compile_options(
    refund_capnp
    INTERFACE
      "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${CMAKE_CURRENT_LIST_DIR}/capnp_cxx20_compat.h>")
endif()
add_library(refund::capnp ALIAS refund_capnp)

# librdkafka 2.0 has no CMake config. Its C API alone is used, in engine/log/kafka_client.cc.
find_package(PkgConfig REQUIRED)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka>=2.0)
add_library(refund_rdkafka INTERFACE)
target_link_libraries(refund_rdkafka INTERFACE PkgConfig::RDKAFKA)
add_library(refund::rdkafka ALIAS refund_rdkafka)

# The allocator of our programs (docs/decisions/0016-speed.md). The sanitizers bring their own.
add_library(refund_malloc INTERFACE)
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  find_package(mimalloc 2.0 CONFIG REQUIRED)
  target_link_libraries(refund_malloc INTERFACE mimalloc)
endif()
add_library(refund::malloc ALIAS refund_malloc)

find_package(Boost 1.81 CONFIG REQUIRED)  # Boost::headers: JSON, CRC
find_package(tomlplusplus 3.3 CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)  # core only: refundd serves /metrics itself
if(BUILD_TESTING)
  find_package(GTest CONFIG REQUIRED)
  find_package(rapidcheck CONFIG REQUIRED)
  find_package(benchmark CONFIG REQUIRED)
endif()
