// Ordered logs and running totals.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/storage/kv/open_test_store.h"

namespace dynolith::storage::kv {
namespace {

class LogTest : public StoreTest {
 protected:
  Status append(Bytes log, Bytes record) {
    return store().write([&](Writes& writes) { writes.append(log, record); });
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, LogTest, testing::Values(false, true), name_of_store);

TEST_P(LogTest, PositionsAreDenseFromOne) {
  EXPECT_EQ(logged(store(), "log"), "");
  EXPECT_EQ(store().write([](Writes& writes) {
    writes.append("log", "a");
    writes.append("other", "x");
    writes.append("log", "b");
  }),
            Status::kOk);
  EXPECT_EQ(append("log", ""), Status::kOk);
  EXPECT_EQ(logged(store(), "log"), "1=a 2=b 3=");
  EXPECT_EQ(logged(store(), "other"), "1=x");
  EXPECT_EQ(logged(store(), "log", position(1)), "2=b 3=");
  EXPECT_EQ(logged(store(), "log", position(3)), "");
  EXPECT_EQ(logged(store(), "log", position(UINT64_MAX)), "");
  EXPECT_EQ(logged(store(), "log", {}, 2), "1=a 2=b");
  EXPECT_EQ(logged(store(), "log", {}, 0), "");
  EXPECT_EQ(store().read_log("log", "short", 10, [](Bytes, Bytes) { return true; }),
            Status::kCorrupt);
}

TEST_P(LogTest, ARecordMayComeInPieces) {
  EXPECT_EQ(store().write([](Writes& writes) {
    const Bytes pieces[] = {"a", "", "bc"};
    writes.append("log", pieces);
    writes.append("log", std::span<const Bytes>());
    writes.append("log", "d");
  }),
            Status::kOk);
  EXPECT_EQ(logged(store(), "log"), "1=abc 2= 3=d");
}

TEST_P(LogTest, TheEndIsKnownAlsoOfATrimmedLog) {
  const auto end = [&] { return store().log_end("log").value(); };
  EXPECT_EQ(end(), 0u);
  EXPECT_EQ(append("log", "a"), Status::kOk);
  EXPECT_EQ(append("log2", "x"), Status::kOk);
  EXPECT_EQ(append("log", "b"), Status::kOk);
  EXPECT_EQ(end(), 2u);
  EXPECT_EQ(store().trim_log("log", position(2)), Status::kOk);
  EXPECT_EQ(end(), 2u);
  EXPECT_EQ(store().drop_log("log"), Status::kOk);
  EXPECT_EQ(end(), 0u);
  EXPECT_EQ(logged(store(), "log2"), "1=x");
}

TEST_P(LogTest, NamesMayBeginAlike) {
  const std::string names[] = {"a", "ab", std::string("a\0", 2), "", std::string(8, '\xff')};
  for (const std::string& name : names) {
    for (const std::string& record : names) ASSERT_EQ(append(name, record), Status::kOk);
    EXPECT_EQ(append(name, name), Status::kOk);
  }
  for (const std::string& name : names) {
    int count = 0;
    EXPECT_EQ(store().read_log(name, {}, 100,
                               [&](Bytes at, Bytes record) {
                                 ++count;
                                 EXPECT_EQ(at, position(count));
                                 EXPECT_EQ(record, count == 6 ? name : names[count - 1]);
                                 return true;
                               }),
              Status::kOk);
    EXPECT_EQ(count, 6);
  }
}

TEST_P(LogTest, LogsAndTalliesAreNotAmongTheKeys) {
  ASSERT_EQ(append("log", "r"), Status::kOk);
  ASSERT_EQ(store().write([](Writes& writes) { writes.add("tally", {1, 1}); }), Status::kOk);
  EXPECT_EQ(scanned(store(), {.begin = "", .end = "\xff"}), "");
  EXPECT_EQ(store().drop_range("", "\xff"), Status::kOk);
  EXPECT_EQ(logged(store(), "log"), "1=r");
}

TEST_P(LogTest, ATrimmedLogGoesOnWhereItWas) {
  for (const Bytes record : {"a", "b", "c", "d"}) ASSERT_EQ(append("log", record), Status::kOk);
  EXPECT_EQ(store().trim_log("log", position(2)), Status::kOk);
  EXPECT_EQ(logged(store(), "log"), "3=c 4=d");
  EXPECT_EQ(store().trim_log("log", position(1)), Status::kOk);  // Long gone.
  EXPECT_EQ(logged(store(), "log"), "3=c 4=d");
  EXPECT_EQ(store().trim_log("log", position(100)), Status::kOk);  // Not what is to come.
  EXPECT_EQ(logged(store(), "log"), "");
  if (is_on_disk()) open();
  EXPECT_EQ(append("log", "e"), Status::kOk);
  EXPECT_EQ(logged(store(), "log"), "5=e");
  EXPECT_EQ(store().trim_log("log", position(UINT64_MAX)), Status::kOk);
  if (is_on_disk()) open();
  if (is_on_disk()) open();  // Nothing was appended in between.
  EXPECT_EQ(append("log", "f"), Status::kOk);
  EXPECT_EQ(logged(store(), "log"), "6=f");
  EXPECT_EQ(store().trim_log("never", position(7)), Status::kOk);
  EXPECT_EQ(append("never", "a"), Status::kOk);
  EXPECT_EQ(logged(store(), "never"), "1=a");
}

TEST_P(LogTest, TrimsOfMoreThanAPiece) {
  ASSERT_EQ(store().write([](Writes& writes) {
    for (int i = 0; i < 2600; ++i) writes.append("log", "r");
  }),
            Status::kOk);
  EXPECT_EQ(store().trim_log("log", position(2599)), Status::kOk);
  EXPECT_EQ(logged(store(), "log"), "2600=r");
}

// What a stream's consumer relies on: polling while many commit, it misses nothing, sees nothing
// twice, and nothing before what was committed earlier.
TEST_P(LogTest, APollingReaderSeesEveryRecordOnceInOrder) {
  constexpr int kWriters = 4, kEach = 500;
  std::vector<std::thread> writers;
  std::atomic<int> failures{0};
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kEach; ++i) {
        const std::string record = std::to_string(writer) + ":" + std::to_string(i);
        failures += append("log", record) != Status::kOk;
      }
    });
  }
  std::string after;
  std::vector<std::string> records;
  while (records.size() < size_t{kWriters * kEach}) {
    const Status status = store().read_log("log", after, 7, [&](Bytes at, Bytes record) {
      EXPECT_EQ(at, position(records.size() + 1));
      after = at;
      records.emplace_back(record);
      return true;
    });
    ASSERT_EQ(status, Status::kOk);
    std::this_thread::yield();
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(logged(store(), "log", after), "");
  std::vector<int> next(kWriters, 0);  // Each writer's records in the order of its commits.
  for (const std::string& record : records) {
    const int writer = record[0] - '0';
    EXPECT_EQ(record, std::to_string(writer) + ":" + std::to_string(next[writer]++));
  }
}

TEST_P(LogTest, TalliesAddUp) {
  EXPECT_EQ(store().tally("t")->count, 0);
  ASSERT_EQ(store().write([](Writes& writes) {
    writes.add("t", {2, 100});
    writes.add("u", {1, 1});
    writes.add("t", {-1, 50});
  }),
            Status::kOk);
  EXPECT_EQ(store().tally("t")->count, 1);
  EXPECT_EQ(store().tally("t")->bytes, 150);
  ASSERT_EQ(store().write([](Writes& writes) { writes.add("t", {-3, -200}); }), Status::kOk);
  EXPECT_EQ(store().tally("t")->count, -2);
  EXPECT_EQ(store().tally("t")->bytes, -50);
  EXPECT_EQ(store().tally("u")->count, 1);
}

TEST_P(LogTest, TalliesAreExactUnderConcurrency) {
  constexpr int kWriters = 4, kEach = 400;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_EQ(store().write([&](Writes& writes) {
          writes.add("all", {1, i});
          writes.add(std::to_string(writer), {1, -1});
        }),
                  Status::kOk);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(store().tally("all")->count, kWriters * kEach);
    EXPECT_EQ(store().tally("all")->bytes, kWriters * kEach * (kEach - 1) / 2);
    for (int writer = 0; writer < kWriters; ++writer)
      EXPECT_EQ(store().tally(std::to_string(writer))->bytes, -kEach);
    if (is_on_disk()) open();
  }
}

}  // namespace
}  // namespace dynolith::storage::kv
