// The contract of Store, over memory and disk alike.
#include <gtest/gtest.h>

#include <atomic>
#include <charconv>
#include <thread>

#include "tests/storage/kv/open_test_store.h"

namespace dynolith::storage::kv {
namespace {

INSTANTIATE_TEST_SUITE_P(Stores, StoreTest, testing::Values(false, true),
                         [](const auto& test) { return test.param ? "Disk" : "Memory"; });

TEST_P(StoreTest, WhatWasPutIsRead) {
  EXPECT_EQ(value_of(store(), "a"), "(absent)");
  EXPECT_EQ(put(store(), "a", "1"), Status::kOk);
  EXPECT_EQ(put(store(), "empty", ""), Status::kOk);
  EXPECT_EQ(value_of(store(), "a"), "1");
  EXPECT_EQ(value_of(store(), "empty"), "");
  const std::string long_value(400 * 1024, 'x');
  EXPECT_EQ(put(store(), "long", long_value), Status::kOk);
  EXPECT_EQ(value_of(store(), "long"), long_value);
}

TEST_P(StoreTest, ATransactionIsAllOrNothing) {
  const Bytes keys[] = {"a", "b", "c"};
  ASSERT_EQ(put(store(), "c", "old"), Status::kOk);
  EXPECT_EQ(store().transact({}, keys,
                             [&](Reads&, Writes& writes) {
                               writes.put("a", "1");
                               writes.erase("c");
                               writes.append("log", "record");
                               writes.add("tally", {1, 1});
                               return Verdict::kDecline;
                             }),
            Status::kDeclined);
  EXPECT_EQ(scanned(store(), {.begin = "a", .end = "z"}), "c=old");
  EXPECT_EQ(store().tally("tally")->count, 0);
  EXPECT_EQ(store().transact({}, keys,
                             [&](Reads&, Writes& writes) {
                               writes.put("a", "1");
                               writes.put("b", "2");
                               writes.erase("c");
                               return Verdict::kCommit;
                             }),
            Status::kOk);
  EXPECT_EQ(scanned(store(), {.begin = "a", .end = "z"}), "a=1 b=2");
}

}  // namespace
}  // namespace dynolith::storage::kv
