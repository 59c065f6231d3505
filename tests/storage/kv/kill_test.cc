// What was acknowledged is there after kill -9, whole.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/storage/kv/kv_child.h"
#include "tests/storage/kv/open_test_store.h"

namespace dynolith::storage::kv {
namespace {

// Every commit is there in all its parts or in none: two keys, a log record, its share of the
// tally.
void check_whole(Store& store, const std::set<uint64_t>& acknowledged) {
  std::set<uint64_t> logged_numbers;
  uint64_t records = 0;
  ASSERT_EQ(store.read_log("log", {}, UINT32_MAX,
                           [&](Bytes at, Bytes record) {
                             EXPECT_EQ(at, position(++records));
                             logged_numbers.insert(std::stoull(std::string(record)));
                             return true;
                           }),
            Status::kOk);
  EXPECT_EQ(logged_numbers.size(), records);
  std::set<uint64_t> a, b;
  int64_t sum = 0;
  ASSERT_EQ(store.scan({}, {.begin = "a", .end = "b"},
                       [&](Bytes key, Bytes value) {
                         const uint64_t number = std::stoull(std::string(key.substr(1)));
                         EXPECT_EQ(value.size(), 200 + number % 300);
                         sum += static_cast<int64_t>(number);
                         a.insert(number);
                         return true;
                       }),
            Status::kOk);
  ASSERT_EQ(store.scan({}, {.begin = "b", .end = "c"},
                       [&](Bytes key, Bytes value) {
                         EXPECT_EQ(key.substr(1), value);
                         b.insert(std::stoull(std::string(value)));
                         return true;
                       }),
            Status::kOk);
  EXPECT_EQ(a, logged_numbers);
  EXPECT_EQ(b, logged_numbers);
  EXPECT_EQ(store.tally("all")->count, static_cast<int64_t>(records));
  EXPECT_EQ(store.tally("all")->bytes, sum);
  for (const uint64_t number : acknowledged)
    EXPECT_TRUE(a.count(number)) << number << " was acknowledged and is lost";
}

TEST(Kill, NothingAcknowledgedIsLost) {
  constexpr int kCycles = 20;
  const test::TempDir directory;
  std::mt19937 random(4);
  std::set<uint64_t> acknowledged;
  uint64_t next = 0;
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    const char* const fsync = cycle % 4 == 0 ? "always" : cycle % 4 == 1 ? "never" : "everysec";
    KvChild child({"write", directory.path() + "/data", fsync, std::to_string(next)});
    // Killed at a random moment of its life, which on some cycles is while it starts.
    size_t lines = cycle % 5 == 4 ? 0 : 1 + random() % 400;
    std::string line;
    while (lines-- > 0 && !(line = child.read_line()).empty())
      acknowledged.insert(std::stoull(line));
    child.kill();
    while (!(line = child.read_line()).empty()) acknowledged.insert(std::stoull(line));

    const auto store = must_open({.directory = directory.path() + "/data"});
    ASSERT_NE(store, nullptr);
    check_whole(*store, acknowledged);
    if (testing::Test::HasFailure()) return;
    // Past what may have been committed without an acknowledgement.
    next = (acknowledged.empty() ? 0 : *acknowledged.rbegin()) + 1000;
  }
  EXPECT_GT(acknowledged.size(), 100u);
}

}  // namespace
}  // namespace dynolith::storage::kv
