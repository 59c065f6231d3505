// Stores to test: in memory and on disk, by the same tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/kv/big_endian.h"
#include "storage/kv/open_store.h"
#include "tests/support/temp_dir.h"

namespace dynolith::storage::kv {

inline std::unique_ptr<Store> must_open(StoreOptions options) {
  auto store = open_store(std::move(options));
  EXPECT_TRUE(store.ok()) << store.error().message;
  return store.ok() ? std::move(store).value() : nullptr;
}

inline Status put(Store& store, Bytes key, Bytes value) {
  return store.transact({}, std::span(&key, 1), [&](Reads&, Writes& writes) {
    writes.put(key, value);
    return Verdict::kCommit;
  });
}

// The value, or "(absent)".
inline std::string value_of(Store& store, Bytes key, const Snapshot* snapshot = nullptr) {
  Pinned value;
  const Status status = store.get({.snapshot = snapshot}, key, value);
  if (status == Status::kNotFound) return "(absent)";
  EXPECT_EQ(status, Status::kOk);
  return std::string(value.get());
}

// "k=v k=v", in the order of the scan.
inline std::string scanned(Store& store, ScanOptions scan, const Snapshot* snapshot = nullptr) {
  std::string text;
  const Status status = store.scan({.snapshot = snapshot}, scan, [&](Bytes key, Bytes value) {
    if (!text.empty()) text += ' ';
    text.append(key).append("=").append(value);
    return true;
  });
  EXPECT_EQ(status, Status::kOk);
  return text;
}

// "1=record 2=record", the whole log from after a position.
inline std::string logged(Store& store, Bytes log, Bytes after = {}, uint32_t records_max = 1000) {
  std::string text;
  const Status status = store.read_log(log, after, records_max, [&](Bytes position, Bytes record) {
    if (!text.empty()) text += ' ';
    text += std::to_string(load_big_endian<uint64_t>(position.data()));
    text.append("=").append(record);
    return true;
  });
  EXPECT_EQ(status, Status::kOk);
  return text;
}

inline std::string position(uint64_t number) {
  std::string bytes;
  append_big_endian(bytes, number);
  return bytes;
}

inline std::string name_of_store(const testing::TestParamInfo<bool>& test) {
  return test.param ? "Disk" : "Memory";
}

// A test's store, in memory or on disk by its parameter.
class StoreTest : public testing::TestWithParam<bool> {
 protected:
  StoreTest() { open(); }

  bool is_on_disk() const { return GetParam(); }
  void open() {
    store_.reset();
    StoreOptions options;
    if (is_on_disk()) options.directory = directory_.path() + "/data";
    store_ = must_open(options);
  }
  Store& store() { return *store_; }

 private:
  test::TempDir directory_;
  std::unique_ptr<Store> store_;
};

}  // namespace dynolith::storage::kv
