// Many threads on one store: declared keys serialise, nobody else waits.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <random>
#include <thread>

#include "storage/kv/key_locks.h"
#include "tests/storage/kv/open_test_store.h"

namespace dynolith::storage::kv {
namespace {

using ConcurrencyTest = StoreTest;
INSTANTIATE_TEST_SUITE_P(Stores, ConcurrencyTest, testing::Values(false, true), name_of_store);

int64_t number_in(std::optional<Bytes> value) {
  return value ? std::stoll(std::string(*value)) : 0;
}

void run_threads(int count, const std::function<void(int thread)>& function) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(function, i);
  for (std::thread& thread : threads) thread.join();
}

TEST_P(ConcurrencyTest, IncrementsOfTheSameAndDifferentKeysAreExact) {
  constexpr int kThreads = 8, kEach = 300;
  run_threads(kThreads, [&](int thread) {
    const std::string own = "own" + std::to_string(thread);
    const Bytes keys[] = {"shared", own};
    for (int i = 0; i < kEach; ++i) {
      EXPECT_EQ(store().transact({}, keys,
                                 [&](Reads& reads, Writes& writes) {
                                   for (size_t k : {0, 1}) {
                                     writes.put(keys[k],
                                                std::to_string(number_in(reads.at(k)) + 1));
                                   }
                                   return Verdict::kCommit;
                                 }),
                Status::kOk);
    }
  });
  EXPECT_EQ(value_of(store(), "shared"), std::to_string(kThreads * kEach));
  for (int thread = 0; thread < kThreads; ++thread)
    EXPECT_EQ(value_of(store(), "own" + std::to_string(thread)), std::to_string(kEach));
}

// Transfers between accounts in every order: no deadlock, and every reader sees the same sum.
TEST_P(ConcurrencyTest, TransfersKeepTheSum) {
  constexpr int kAccounts = 6, kThreads = 4, kEach = 400, kStart = 1000;
  std::vector<std::string> names;
  for (int i = 0; i < kAccounts; ++i) {
    names.push_back("account" + std::to_string(i));
    ASSERT_EQ(put(store(), names[i], std::to_string(kStart)), Status::kOk);
  }
  const std::vector<Bytes> all(names.begin(), names.end());
  std::atomic<int> running{kThreads};
  run_threads(kThreads + 1, [&](int thread) {
    if (thread == kThreads) {
      while (running > 0) {
        Pinned values[kAccounts];
        Status each[kAccounts];
        ASSERT_EQ(store().multi_get({}, all, values, each), Status::kOk);
        int64_t sum = 0;
        for (const Pinned& value : values) sum += number_in(value.get());
        ASSERT_EQ(sum, kAccounts * kStart);
        const auto snapshot = store().snapshot();
        sum = 0;
        ASSERT_EQ(store().scan({.snapshot = snapshot.get()}, {.begin = "a", .end = "b"},
                               [&](Bytes, Bytes value) {
                                 sum += number_in(value);
                                 return true;
                               }),
                  Status::kOk);
        ASSERT_EQ(sum, kAccounts * kStart);
      }
      return;
    }
    std::mt19937 random(thread);
    for (int i = 0; i < kEach; ++i) {
      const Bytes keys[] = {names[random() % kAccounts], names[random() % kAccounts]};
      const int64_t amount = static_cast<int64_t>(random() % 10);
      const Status status = store().transact({}, keys, [&](Reads& reads, Writes& writes) {
        if (keys[0] == keys[1]) return Verdict::kDecline;
        writes.put(keys[0], std::to_string(number_in(reads.at(0)) - amount));
        writes.put(keys[1], std::to_string(number_in(reads.at(1)) + amount));
        return Verdict::kCommit;
      });
      EXPECT_EQ(status, keys[0] == keys[1] ? Status::kDeclined : Status::kOk);
    }
    --running;
  });
}

TEST_P(ConcurrencyTest, CreateIfAbsentIsGrantedOnce) {
  constexpr int kThreads = 6;
  for (int round = 0; round < 50; ++round) {
    const std::string name = "k" + std::to_string(round);
    const Bytes key = name;
    std::atomic<int> winners{0};
    run_threads(kThreads, [&](int) {
      const Status status =
          store().transact({}, std::span(&key, 1), [&](Reads& reads, Writes& writes) {
            if (reads.at(0)) return Verdict::kDecline;
            writes.put(key, "mine");
            return Verdict::kCommit;
          });
      winners += status == Status::kOk;
    });
    EXPECT_EQ(winners, 1);
  }
}

constexpr WriteOptions kAtOnce{.wait_ms = 0, .contends = true};

TEST_P(ConcurrencyTest, WithoutPatienceItRefusesInsteadOfWaiting) {
  const Bytes both[] = {"held", "free"};
  const Bytes held = "held";
  std::barrier step(2);
  std::thread holder([&] {
    EXPECT_EQ(store().transact({}, std::span(&held, 1),
                               [&](Reads&, Writes& writes) {
                                 step.arrive_and_wait();  // Held.
                                 step.arrive_and_wait();  // The other has tried.
                                 writes.put(held, "1");
                                 return Verdict::kCommit;
                               }),
              Status::kOk);
  });
  step.arrive_and_wait();
  bool called = false;
  EXPECT_EQ(store().transact(kAtOnce, both,
                             [&](Reads&, Writes&) {
                               called = true;
                               return Verdict::kCommit;
                             }),
            Status::kContended);
  EXPECT_FALSE(called);
  EXPECT_EQ(value_of(store(), "held"), "(absent)");   // Readers do not wait either.
  EXPECT_EQ(put(store(), "free", "2"), Status::kOk);  // Nothing stayed locked.
  step.arrive_and_wait();
  holder.join();
  EXPECT_EQ(store().transact(kAtOnce, both,
                             [&](Reads& reads, Writes&) {
                               EXPECT_EQ(reads.at(0), "1");
                               EXPECT_EQ(reads.at(1), "2");
                               return Verdict::kCommit;
                             }),
            Status::kOk);
}

// Disjoint sets of a hundred keys share stripes nearly always; that is not a conflict.
TEST_P(ConcurrencyTest, WithoutPatienceItIsNotRefusedForOtherKeysOnAStripe) {
  constexpr int kThreads = 4, kEach = 100, kKeys = 100;
  std::atomic<int> contended{0};
  run_threads(kThreads, [&](int thread) {
    std::vector<std::string> names;
    for (int i = 0; i < kKeys; ++i)
      names.push_back(std::to_string(thread) + "/" + std::to_string(i));
    const std::vector<Bytes> keys(names.begin(), names.end());
    for (int i = 0; i < kEach; ++i) {
      const Status status = store().transact(kAtOnce, keys, [&](Reads&, Writes& writes) {
        for (const Bytes key : keys) writes.put(key, "x");
        return Verdict::kCommit;
      });
      contended += status == Status::kContended;
    }
  });
  EXPECT_EQ(contended, 0);
}

// Everything a commit wrote is there for whoever learns of it, also in the groups that form when
// many commit at once.
TEST_P(ConcurrencyTest, ACommitIsVisibleWhenItReturns) {
  constexpr int kThreads = 8, kEach = 300;
  run_threads(kThreads, [&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      const std::string key = std::to_string(thread) + "." + std::to_string(i);
      const std::string value(static_cast<size_t>(i), static_cast<char>('a' + thread));
      ASSERT_EQ(store().write([&](Writes& writes) {
        writes.put(key, value);
        writes.put(key + "'", value);
        if (i > 0) writes.erase(std::to_string(thread) + "." + std::to_string(i - 1));
      }),
                Status::kOk);
      ASSERT_EQ(value_of(store(), key), value);
      if (i > 0) {
        ASSERT_EQ(value_of(store(), std::to_string(thread) + "." + std::to_string(i - 1)),
                  "(absent)");
      }
    }
  });
}

TEST_P(ConcurrencyTest, ADropDoesNotBlockWriters) {
  for (int i = 0; i < 5000; ++i)
    ASSERT_EQ(put(store(), "old" + std::to_string(i), "x"), Status::kOk);
  std::atomic<bool> dropped{false};
  run_threads(3, [&](int thread) {
    if (thread == 0) {
      EXPECT_EQ(store().drop_range("old", "ole"), Status::kOk);
      dropped = true;
      return;
    }
    for (int i = 0; i < 200 || !dropped; ++i) {
      const std::string key = "new" + std::to_string(thread) + "." + std::to_string(i);
      ASSERT_EQ(put(store(), key, "y"), Status::kOk);
      ASSERT_EQ(value_of(store(), key), "y");
    }
  });
  EXPECT_EQ(scanned(store(), {.begin = "old", .end = "ole"}), "");
}

TEST(KeyLocksTest, LocksEachStripeOnceAndGivesAllBack) {
  KeyLocks locks;
  std::vector<KeyLocks::Claim> held, other;
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) names.push_back(std::to_string(i));
  const std::vector<Bytes> keys(names.begin(), names.end());
  ASSERT_TRUE(locks.lock(keys, {}, held));
  EXPECT_LE(held.size(), 4096u);
  locks.unlock(held);
  EXPECT_TRUE(locks.lock(keys, kAtOnce, other));
  locks.unlock(other);
}

// Who gives up on a key that another holds, when there is no time to wait.
TEST(KeyLocksTest, OnlyWhatContendsConflicts) {
  struct Case {
    bool holder_contends, asker_contends, conflict;
  };
  constexpr Case kCases[] = {
      {true, true, true}, {true, false, true}, {false, true, true}, {false, false, false}};
  const Bytes keys[] = {"free", "held"};
  for (const auto& [holder_contends, asker_contends, conflict] : kCases) {
    KeyLocks locks;
    std::vector<KeyLocks::Claim> held, other;
    ASSERT_TRUE(locks.lock(std::span(&keys[1], 1), {.contends = holder_contends}, held));
    std::thread release;
    if (!conflict) release = std::thread([&] { locks.unlock(held); });
    size_t contended = 99;
    EXPECT_EQ(locks.lock(keys, {.wait_ms = 0, .contends = asker_contends, .contended = &contended},
                         other),
              !conflict);
    EXPECT_EQ(contended, conflict ? 1u : 99u);
    if (release.joinable()) release.join();
    EXPECT_EQ(other.empty(), conflict);
    locks.unlock(other);
  }
}

TEST(KeyLocksTest, WaitsForAsLongAsItWasTold) {
  KeyLocks locks;
  const Bytes key = "k";
  std::vector<KeyLocks::Claim> held, other;
  ASSERT_TRUE(locks.lock(std::span(&key, 1), {.contends = true}, held));
  EXPECT_FALSE(locks.lock(std::span(&key, 1), {.wait_ms = 1, .contends = true}, other));
  std::thread release([&] { locks.unlock(held); });
  EXPECT_TRUE(locks.lock(std::span(&key, 1), {.wait_ms = 600'000, .contends = true}, other));
  release.join();
  locks.unlock(other);
}

}  // namespace
}  // namespace dynolith::storage::kv
