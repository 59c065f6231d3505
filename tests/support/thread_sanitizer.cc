// What thread sanitizer must not report: RocksDB is a system library that was built without it, so
// the sanitizer cannot see how RocksDB's threads wait for one another.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1  // As g++ says it.
#endif
#endif

#if defined(__SANITIZE_THREAD__)

extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:librocksdb.so\n"
         "race:librocksdb.so\n"
         "race:rocksdb::\n"
         // Its frames are invisible, too, below those of the standard library.
         "race:std::__cxx11::basic_string<*>::_M_assign\n"
         "race:dynolith::storage::kv::Instance::~Instance\n";
}

#endif
