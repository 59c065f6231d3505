// The contract of Store, over memory and disk alike.
#include <gtest/gtest.h>

#include <thread>

#include "tests/storage/kv/open_test_store.h"

namespace dynolith::storage::kv {
namespace {

INSTANTIATE_TEST_SUITE_P(Stores, StoreTest, testing::Values(false, true), name_of_store);

class LastingStoreTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Stores, LastingStoreTest, testing::Values(true), name_of_store);

TEST_P(StoreTest, WhatWasPutIsRead) {
  EXPECT_EQ(value_of(store(), "a"), "(absent)");
  EXPECT_EQ(put(store(), "a", "1"), Status::kOk);
  EXPECT_EQ(put(store(), "empty", ""), Status::kOk);
  EXPECT_EQ(put(store(), "", "empty key"), Status::kOk);
  EXPECT_EQ(put(store(), "a", "2"), Status::kOk);
  EXPECT_EQ(value_of(store(), "a"), "2");
  EXPECT_EQ(value_of(store(), "empty"), "");
  EXPECT_EQ(value_of(store(), ""), "empty key");
  const std::string long_value(400 * 1024, 'x');
  EXPECT_EQ(put(store(), "long", long_value), Status::kOk);
  EXPECT_EQ(value_of(store(), "long"), long_value);
}

TEST_P(StoreTest, PinnedValuesOutliveLaterWrites) {
  ASSERT_EQ(put(store(), "a", "old"), Status::kOk);
  Pinned first, moved;
  ASSERT_EQ(store().get({}, "a", first), Status::kOk);
  ASSERT_EQ(put(store(), "a", "new"), Status::kOk);
  store().compact();
  EXPECT_EQ(first.get(), "old");
  ASSERT_EQ(store().get({}, "a", moved), Status::kOk);
  first = std::move(moved);
  EXPECT_EQ(first.get(), "new");
  EXPECT_EQ(store().get({}, "absent", first), Status::kNotFound);
  EXPECT_EQ(first.get(), "");
}

TEST_P(StoreTest, PinnedValuesMayBeReleasedOnAnotherThread) {
  ASSERT_EQ(put(store(), "a", "1"), Status::kOk);
  for (int i = 0; i < 300; ++i) {  // More than a thread keeps for its next reads.
    std::vector<Pinned> values(1);
    ASSERT_EQ(store().get({}, "a", values[0]), Status::kOk);
    if (i % 100 == 0) std::thread([moved = std::move(values)] {}).join();
  }
  std::vector<Pinned> many(300);
  for (Pinned& value : many) ASSERT_EQ(store().get({}, "a", value), Status::kOk);
  for (const Pinned& value : many) EXPECT_EQ(value.get(), "1");
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
  EXPECT_EQ(logged(store(), "log"), "");
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

TEST_P(StoreTest, ATransactionReadsItsDeclaredKeys) {
  ASSERT_EQ(put(store(), "b", "2"), Status::kOk);
  const Bytes keys[] = {"c", "b", "a", "b"};  // Any order, repeated, absent.
  EXPECT_EQ(store().transact({}, keys,
                             [&](Reads& reads, Writes& writes) {
                               EXPECT_EQ(reads.at(0), std::nullopt);
                               EXPECT_EQ(reads.at(1), "2");
                               EXPECT_EQ(reads.at(2), std::nullopt);
                               EXPECT_EQ(reads.at(3), "2");
                               writes.put("b", "3");
                               EXPECT_EQ(reads.at(1), "2");  // As it was before.
                               return Verdict::kCommit;
                             }),
            Status::kOk);
  EXPECT_EQ(value_of(store(), "b"), "3");
}

TEST_P(StoreTest, NothingWrittenIsNothingCommitted) {
  const Bytes key = "a";
  EXPECT_EQ(
      store().transact({}, std::span(&key, 1), [](Reads&, Writes&) { return Verdict::kCommit; }),
      Status::kOk);
  EXPECT_EQ(store().write([](Writes&) {}), Status::kOk);
}

TEST_P(StoreTest, BlindWritesAreAtomicAndInOrder) {
  EXPECT_EQ(store().write([](Writes& writes) {
    writes.put("a", "1");
    writes.erase("a");
    writes.put("b", "1");
    writes.put("b", "2");
  }),
            Status::kOk);
  EXPECT_EQ(scanned(store(), {.begin = "a", .end = "z"}), "b=2");
}

struct ScanCase {
  Bytes begin, end, forward, reverse;
};
constexpr ScanCase kScanCases[] = {
    {"a", "z", "b=2 c=3 d=4 f=6", "f=6 d=4 c=3 b=2"},
    {"b", "f", "b=2 c=3 d=4", "d=4 c=3 b=2"},                          // The end is not in it.
    {"bb", "dd", "c=3 d=4", "d=4 c=3"},                                // Between the keys.
    {"", "\xff", "b=2 c=3 d=4 f=6 \x80=8", "\x80=8 f=6 d=4 c=3 b=2"},  // Bytes are unsigned.
    {"g", "z", "", ""},
    {"c", "c", "", ""},
    {"d", "b", "", ""},
    {"a", "", "", ""},
};

TEST_P(StoreTest, ScansGoBothWays) {
  for (const auto& [key, value] :
       {std::pair<Bytes, Bytes>{"f", "6"}, {"b", "2"}, {"\x80", "8"}, {"d", "4"}, {"c", "3"}})
    ASSERT_EQ(put(store(), key, value), Status::kOk);
  for (const bool compacted : {false, true}) {
    if (compacted) store().compact();
    for (const auto& [begin, end, forward, reverse] : kScanCases) {
      EXPECT_EQ(scanned(store(), {.begin = begin, .end = end}), forward) << begin << ".." << end;
      EXPECT_EQ(scanned(store(), {.begin = begin, .end = end, .reverse = true}), reverse)
          << begin << ".." << end;
      EXPECT_EQ(scanned(store(), {.begin = begin, .end = end, .fill_cache = false}), forward);
    }
  }
}

TEST_P(StoreTest, AScanStopsWhenTold) {
  for (const Bytes key : {"a", "b", "c"}) ASSERT_EQ(put(store(), key, "1"), Status::kOk);
  for (const bool reverse : {false, true}) {
    std::string seen;
    EXPECT_EQ(store().scan({}, {.begin = "a", .end = "z", .reverse = reverse},
                           [&](Bytes key, Bytes) {
                             seen.append(key);
                             return seen.size() < 2;
                           }),
              Status::kOk);
    EXPECT_EQ(seen, reverse ? "cb" : "ab");
  }
}

TEST_P(StoreTest, TheCallbackOfAScanMayRead) {
  ASSERT_EQ(put(store(), "a", "1"), Status::kOk);
  ASSERT_EQ(put(store(), "b", "2"), Status::kOk);
  std::string seen;
  EXPECT_EQ(store().scan({}, {.begin = "a", .end = "b"},
                         [&](Bytes, Bytes) {
                           seen = value_of(store(), "b");
                           return true;
                         }),
            Status::kOk);
  EXPECT_EQ(seen, "2");
}

TEST_P(StoreTest, ASnapshotStaysAsItWas) {
  ASSERT_EQ(put(store(), "a", "1"), Status::kOk);
  ASSERT_EQ(put(store(), "b", "1"), Status::kOk);
  const auto snapshot = store().snapshot();
  ASSERT_EQ(put(store(), "a", "2"), Status::kOk);
  ASSERT_EQ(put(store(), "c", "2"), Status::kOk);
  ASSERT_EQ(store().write([](Writes& writes) { writes.erase("b"); }), Status::kOk);
  store().compact();
  EXPECT_EQ(value_of(store(), "a", snapshot.get()), "1");
  EXPECT_EQ(value_of(store(), "b", snapshot.get()), "1");
  EXPECT_EQ(value_of(store(), "c", snapshot.get()), "(absent)");
  EXPECT_EQ(scanned(store(), {.begin = "a", .end = "z"}, snapshot.get()), "a=1 b=1");
  EXPECT_EQ(scanned(store(), {.begin = "a", .end = "z", .reverse = true}, snapshot.get()),
            "b=1 a=1");
  EXPECT_EQ(scanned(store(), {.begin = "a", .end = "z"}), "a=2 c=2");

  const Bytes keys[] = {"a", "b", "c"};
  Pinned values[3];
  Status each[3];
  EXPECT_EQ(store().multi_get({.snapshot = snapshot.get()}, keys, values, each), Status::kOk);
  EXPECT_EQ(values[0].get(), "1");
  EXPECT_EQ(values[1].get(), "1");
  EXPECT_EQ(each[2], Status::kNotFound);
}

TEST_P(StoreTest, ManyKeysAreReadAtOnce) {
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) {
    names.push_back("k" + std::to_string(i));
    if (i % 3 == 0) {
      ASSERT_EQ(put(store(), names[i], std::string(i, 'v')), Status::kOk);
    }
  }
  for (const bool compacted : {false, true}) {  // From the memtable, from a file.
    if (compacted) store().compact();
    const std::vector<Bytes> keys(names.begin(), names.end());
    std::vector<Pinned> values(keys.size());
    std::vector<Status> each(keys.size(), Status::kIo);
    ASSERT_EQ(store().multi_get({}, keys, values, each), Status::kOk);
    for (size_t i = 0; i < keys.size(); ++i) {
      EXPECT_EQ(each[i], i % 3 == 0 ? Status::kOk : Status::kNotFound) << i;
      EXPECT_EQ(values[i].get(), i % 3 == 0 ? std::string(i, 'v') : "") << i;
    }
  }
  EXPECT_EQ(store().multi_get({}, {}, {}, {}), Status::kOk);
}

TEST_P(StoreTest, ADroppedRangeIsGoneAndNothingElse) {
  // More than a piece, with neighbours at both ends.
  std::vector<std::string> names;
  for (int i = 0; i < 2500; ++i) names.push_back("m" + std::to_string(10'000 + i));
  for (const std::string& name : names) ASSERT_EQ(put(store(), name, "x"), Status::kOk);
  ASSERT_EQ(put(store(), "l", "before"), Status::kOk);
  ASSERT_EQ(put(store(), "n", "after"), Status::kOk);
  const auto snapshot = store().snapshot();
  EXPECT_EQ(store().drop_range("m", "n"), Status::kOk);
  EXPECT_EQ(scanned(store(), {.begin = "a", .end = "z"}), "l=before n=after");
  EXPECT_EQ(value_of(store(), names[1234], snapshot.get()), "x");
  EXPECT_EQ(store().drop_range("m", "n"), Status::kOk);  // Again, as after a crash half-way.
  EXPECT_EQ(store().drop_range("n", "m"), Status::kOk);
  EXPECT_EQ(store().drop_range("l", ""), Status::kOk);
  store().compact();
  EXPECT_EQ(scanned(store(), {.begin = "a", .end = "z"}), "l=before n=after");
}

TEST_P(LastingStoreTest, EverythingIsThereAfterReopening) {
  for (const bool compacted : {false, true}) {  // From the log, from files.
    ASSERT_EQ(put(store(), "a", compacted ? "2" : "1"), Status::kOk);
    ASSERT_EQ(store().write([](Writes& writes) {
      writes.append("log", "r");
      writes.add("tally", {1, -5});
    }),
              Status::kOk);
    if (compacted) store().compact();
    open();
    EXPECT_EQ(value_of(store(), "a"), compacted ? "2" : "1");
    EXPECT_EQ(logged(store(), "log"), compacted ? "1=r 2=r" : "1=r");
    EXPECT_EQ(store().tally("tally")->count, compacted ? 2 : 1);
    EXPECT_EQ(store().tally("tally")->bytes, compacted ? -10 : -5);
    EXPECT_FALSE(store().is_read_only());
  }
}

TEST(StoreInMemory, IsGoneWhenClosed) {
  auto store = must_open({});
  ASSERT_EQ(put(*store, "a", "1"), Status::kOk);
  store = must_open({});
  EXPECT_EQ(value_of(*store, "a"), "(absent)");
}

TEST(StoreInMemory, TwoAreApart) {
  const auto one = must_open({}), other = must_open({});
  ASSERT_EQ(put(*one, "a", "1"), Status::kOk);
  EXPECT_EQ(value_of(*other, "a"), "(absent)");
}

TEST(StoreErrors, SayWhatTheServiceSays) {
  EXPECT_EQ(to_error(Status::kContended).code, ErrorCode::kTransactionConflict);
  EXPECT_EQ(to_error(Status::kContended).message, "Transaction is ongoing for the item");
  EXPECT_EQ(to_error(Status::kUnavailable).code, ErrorCode::kUnavailable);
  EXPECT_EQ(to_error(Status::kUnknown).code, ErrorCode::kUnknownOutcome);
  EXPECT_EQ(to_error(Status::kIo).code, ErrorCode::kIo);
  EXPECT_EQ(to_error(Status::kCorrupt).code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace dynolith::storage::kv
