# Warnings, sanitizers, the compiler cache and the linker. dynolith_options carries them to every target.
add_library(dynolith_options INTERFACE)
target_compile_options(dynolith_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers)
target_include_directories(dynolith_options INTERFACE ${PROJECT_SOURCE_DIR})
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns, when it optimises, of uninitialised members inside std::variant and std::optional
  # that are not read, of impossible lengths in `"text" + std::string()`, of pointers in simdjson.
  target_compile_options(dynolith_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict
    -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-array-bounds)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(dynolith_options INTERFACE -fstack-protector-strong -U_FORTIFY_SOURCE
    -D_FORTIFY_SOURCE=2)
endif()

if(DYNOLITH_SANITIZE STREQUAL "address")
  target_compile_options(dynolith_options INTERFACE -fsanitize=address,undefined
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(dynolith_options INTERFACE -fsanitize=address,undefined)
elseif(DYNOLITH_SANITIZE STREQUAL "thread")
  target_compile_options(dynolith_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  # The sanitizer does not understand Asio's fences; its mutexes order the same things.
  target_compile_definitions(dynolith_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  target_link_options(dynolith_options INTERFACE -fsanitize=thread)
elseif(DYNOLITH_SANITIZE)
  message(FATAL_ERROR "DYNOLITH_SANITIZE is '${DYNOLITH_SANITIZE}': use address, thread or nothing")
endif()

if(DYNOLITH_FUZZ)
  target_compile_options(dynolith_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined
    -fno-sanitize-recover=all)
  target_link_options(dynolith_options INTERFACE -fsanitize=address,undefined)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  else()
    add_compile_options(-fpch-preprocess)
  endif()
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  target_link_options(dynolith_options INTERFACE -fuse-ld=mold)
endif()
