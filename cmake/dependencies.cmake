# Debian packages; tools/install-dependencies names them.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(simdjson REQUIRED)
find_package(Boost 1.74 REQUIRED)

# Debian's RocksDB has no usable CMake package without its optional compression packages.
find_library(ROCKSDB_LIBRARY rocksdb REQUIRED)
find_path(ROCKSDB_INCLUDE_DIR rocksdb/db.h REQUIRED)
add_library(dynolith_rocksdb INTERFACE)
target_include_directories(dynolith_rocksdb SYSTEM INTERFACE ${ROCKSDB_INCLUDE_DIR})
target_link_libraries(dynolith_rocksdb INTERFACE ${ROCKSDB_LIBRARY})

find_library(DEFLATE_LIBRARY deflate REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)
find_library(HTTPLIB_LIBRARY cpp-httplib REQUIRED)

if(DYNOLITH_TESTS)
  find_package(GTest REQUIRED)
endif()
if(DYNOLITH_BENCH)
  find_package(benchmark REQUIRED)
endif()
