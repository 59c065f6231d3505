// A disk that is full, and has room again; a disk that is broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "storage/kv/rocks_store.h"
#include "tests/storage/kv/faulty_disk.h"
#include "tests/storage/kv/open_test_store.h"

namespace dynolith::storage::kv {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

// Waits for what the store does by itself, up to the five seconds it promises, with a margin for
// slow machines.
bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

class DiskFaultTest : public testing::Test {
 protected:
  StoreOptions options(const std::string& directory) {
    StoreOptions options;
    options.directory = directory;
    options.upkeep_interval = std::chrono::milliseconds(5);
    options.log = [this](const std::string& line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(line);
    };
    return options;
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

  // Commits numbered keys until one is refused; remembers those that were not.
  Status fill(Store& store, int commits_max = 1'000'000) {
    for (int i = 0; i < commits_max; ++i) {
      const std::string key = "k" + std::to_string(next_++);
      const Status status = store.write([&](Writes& writes) {
        writes.put(key, value_);
        writes.append("log", key);
        writes.add("all", {1, 0});
      });
      if (status != Status::kOk) return status;
      acknowledged_.insert(key);
    }
    return Status::kOk;
  }
  // All that was acknowledged, and at most the unknown ones besides, whole.
  void check(Store& store, size_t unknown_max) {
    std::set<std::string> found;
    ASSERT_EQ(store.scan({}, {.begin = "k", .end = "l"},
                         [&](Bytes key, Bytes value) {
                           EXPECT_EQ(value, value_);
                           found.emplace(key);
                           return true;
                         }),
              Status::kOk);
    for (const std::string& key : acknowledged_) EXPECT_TRUE(found.count(key)) << key;
    EXPECT_LE(found.size(), acknowledged_.size() + unknown_max);
    std::set<std::string> records;
    uint64_t positions = 0;
    ASSERT_EQ(store.read_log("log", {}, UINT32_MAX,
                             [&](Bytes at, Bytes record) {
                               EXPECT_EQ(at, position(++positions));
                               records.emplace(record);
                               return true;
                             }),
              Status::kOk);
    EXPECT_EQ(records, found);
    EXPECT_EQ(store.tally("all")->count, static_cast<int64_t>(found.size()));
  }
  void forget() { acknowledged_.clear(); }
  size_t acknowledged() const { return acknowledged_.size(); }

 private:
  // Does not compress, so that it fills the disk.
  static std::string noise() {
    std::mt19937 random(1);
    std::string bytes(3000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    return bytes;
  }

  const std::string value_ = noise();
  std::mutex mutex_;
  std::vector<std::string> lines_;
  std::set<std::string> acknowledged_;
  int next_ = 0;
};

// A file system of a few megabytes in memory that can be made bigger.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& path) : path_(path) {
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=12m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  bool is_there() const { return mounted_; }
  void grow(const char* size) {
    ASSERT_EQ(::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, size), 0);
  }

 private:
  const std::string path_;
  bool mounted_;
};

TEST_F(DiskFaultTest, WritesStopBeforeTheDiskIsFullAndResume) {
  const test::TempDir directory;
  SmallDisk disk(directory.path());
  if (!disk.is_there()) GTEST_SKIP() << "Mounting a tmpfs takes root.";
  StoreOptions small = options(directory.path() + "/data");
  small.reserve_bytes = 4u << 20;
  const auto store = must_open(small);
  ASSERT_EQ(fill(*store), Status::kUnavailable);
  EXPECT_TRUE(store->is_read_only());
  EXPECT_GT(acknowledged(), 500u);
  EXPECT_EQ(fill(*store), Status::kUnavailable);
  check(*store, 0);
  disk.grow("size=64m");
  EXPECT_TRUE(eventually([&] { return fill(*store, 1) == Status::kOk; }));
  EXPECT_FALSE(store->is_read_only());
  check(*store, 0);
  EXPECT_THAT(lines(), Contains(AllOf(HasSubstr("is read-only"), HasSubstr("bytes free"))));
  EXPECT_THAT(lines(), Contains(HasSubstr("takes writes again")));
}

// Nothing held back, so RocksDB itself meets the end of the disk.
TEST_F(DiskFaultTest, AFullDiskIsSurvivedAndWritesResume) {
  for (const Durability durability : {Durability::kAlways, Durability::kEverySecond}) {
    forget();
    const test::TempDir directory;
    SmallDisk disk(directory.path());
    if (!disk.is_there()) GTEST_SKIP() << "Mounting a tmpfs takes root.";
    StoreOptions small = options(directory.path() + "/data");
    small.reserve_bytes = 0;
    small.durability = durability;
    small.write_buffer_bytes = 2u << 20;
    auto store = must_open(small);
    Status refused = Status::kOk;
    size_t unknown = 0;
    const auto fill_up = [&] {
      refused = fill(*store, 1000);
      unknown += refused == Status::kUnknown;
      return refused != Status::kOk;
    };
    ASSERT_TRUE(eventually(fill_up));
    EXPECT_TRUE(refused == Status::kUnknown || refused == Status::kUnavailable);
    check(*store, unknown);
    disk.grow("size=200m");
    ASSERT_TRUE(eventually([&] {
      const Status status = fill(*store, 1);
      unknown += status == Status::kUnknown;
      return status == Status::kOk;
    }));
    store.reset();
    store = must_open(small);
    check(*store, unknown);
    EXPECT_EQ(fill(*store, 10), Status::kOk);
  }
}

class FaultyStoreTest : public DiskFaultTest {
 protected:
  FaultyStoreTest() : env_(rocksdb::NewCompositeEnv(disk_)) {}

  std::unique_ptr<Store> open(StoreOptions options) {
    auto store = RocksStore::open(std::move(options), env_);
    EXPECT_TRUE(store.ok()) << store.error().message;
    return store.ok() ? std::move(store).value() : nullptr;
  }
  StoreOptions here() { return options(directory_.path() + "/data"); }
  FaultyDisk& disk() { return *disk_; }

 private:
  test::TempDir directory_;
  const std::shared_ptr<FaultyDisk> disk_ = std::make_shared<FaultyDisk>();
  const std::shared_ptr<rocksdb::Env> env_;
};

TEST_F(FaultyStoreTest, AFullDiskInTheMiddleOfAWrite) {
  const auto store = open(here());
  size_t unknown = 0;
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(fill(*store, 100), Status::kOk);
    disk().set_fault(FaultyDisk::kFull);
    ASSERT_EQ(fill(*store), Status::kUnknown);
    ++unknown;
    // At once, and for as long as it is full, whatever the store tries meanwhile.
    for (int i = 0; i < 100; ++i) ASSERT_EQ(fill(*store), Status::kUnavailable);
    EXPECT_TRUE(store->is_read_only());
    check(*store, unknown);
    EXPECT_EQ(store->drop_range("k", "l"), Status::kUnavailable);
    EXPECT_EQ(store->trim_log("log", position(1)), Status::kUnavailable);
    EXPECT_TRUE(store->tally("all").ok());
    disk().set_fault(FaultyDisk::kNone);
    ASSERT_TRUE(eventually([&] { return fill(*store, 1) == Status::kOk; }));
    EXPECT_FALSE(store->is_read_only());
    check(*store, unknown);
  }
}

TEST_F(FaultyStoreTest, AFullDiskDuringAFlush) {
  StoreOptions small = here();
  small.write_buffer_bytes = 256u << 10;
  const auto store = open(small);
  size_t unknown = 0;
  for (int round = 0; round < 2; ++round) {
    disk().set_fault(FaultyDisk::kFull, ".sst");
    Status refused = Status::kOk;
    ASSERT_TRUE(eventually([&] { return (refused = fill(*store, 20)) != Status::kOk; }));
    unknown += refused == Status::kUnknown;
    check(*store, unknown);
    disk().set_fault(FaultyDisk::kNone);
    ASSERT_TRUE(eventually([&] {
      const Status status = fill(*store, 1);
      unknown += status == Status::kUnknown;
      return status == Status::kOk;
    }));
    check(*store, unknown);
  }
}

// What a power cut may have torn is written to tables first, which takes room.
TEST_F(FaultyStoreTest, AFullDiskAfterAPowerCut) {
  {
    const auto store = open(here());
    ASSERT_EQ(fill(*store, 10), Status::kOk);
  }
  std::ofstream(here().directory + "/DYNOLITH_OWNER") << "1 another-boot\n";
  disk().set_fault(FaultyDisk::kFull, ".sst");
  const auto store = open(here());
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(store->is_read_only());
  for (int i = 0; i < 10; ++i) ASSERT_EQ(fill(*store), Status::kUnavailable);
  check(*store, 0);
  disk().set_fault(FaultyDisk::kNone);
  ASSERT_TRUE(eventually([&] { return fill(*store, 1) == Status::kOk; }));
  EXPECT_FALSE(store->is_read_only());
  check(*store, 0);
}

TEST_F(FaultyStoreTest, ReadersGoOnWhileItIsReopened) {
  const auto store = open(here());
  ASSERT_EQ(put(*store, "fixed", "value"), Status::kOk);
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&, reader] {
      Pinned kept;
      ASSERT_EQ(store->get({}, "fixed", kept), Status::kOk);
      while (!done) {
        if (reader == 0) {
          ASSERT_EQ(value_of(*store, "fixed"), "value");
        } else if (reader == 1) {
          const auto snapshot = store->snapshot();
          ASSERT_NE(snapshot, nullptr);
          ASSERT_EQ(value_of(*store, "fixed", snapshot.get()), "value");
          std::this_thread::yield();
          ASSERT_EQ(scanned(*store, {.begin = "f", .end = "g"}, snapshot.get()), "fixed=value");
        } else {
          ASSERT_EQ(store->scan({}, {.begin = "f", .end = "g"},
                                [&](Bytes, Bytes) {
                                  EXPECT_EQ(value_of(*store, "fixed"), "value");
                                  return true;
                                }),
                    Status::kOk);
        }
      }
      EXPECT_EQ(kept.get(), "value");  // Pinned before, through every reopening.
    });
  }
  for (int round = 0; round < 3; ++round) {
    disk().set_fault(FaultyDisk::kFull);
    EXPECT_EQ(fill(*store), Status::kUnknown);
    disk().set_fault(FaultyDisk::kNone);
    EXPECT_TRUE(eventually([&] { return fill(*store, 1) == Status::kOk; }));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

TEST_F(FaultyStoreTest, ALongSnapshotPutsReopeningOff) {
  const auto store = open(here());
  ASSERT_EQ(put(*store, "a", "1"), Status::kOk);
  auto snapshot = store->snapshot();
  disk().set_fault(FaultyDisk::kFull);
  EXPECT_EQ(fill(*store), Status::kUnknown);
  disk().set_fault(FaultyDisk::kNone);
  EXPECT_EQ(value_of(*store, "a", snapshot.get()), "1");
  EXPECT_EQ(fill(*store, 1), Status::kUnavailable);
  snapshot.reset();
  EXPECT_TRUE(eventually([&] { return fill(*store, 1) == Status::kOk; }));
}

TEST_F(FaultyStoreTest, ABrokenDiskStopsTheStore) {
  for (const Durability durability : {Durability::kAlways, Durability::kNever}) {
    StoreOptions broken = here();
    broken.directory += std::to_string(static_cast<int>(durability));
    broken.durability = durability;
    auto store = open(broken);
    ASSERT_EQ(put(*store, "a", "1"), Status::kOk);
    disk().set_fault(FaultyDisk::kBroken, ".log");
    EXPECT_EQ(put(*store, "a", "2"), Status::kUnknown);
    disk().set_fault(FaultyDisk::kNone);
    // Stopped is final, also when the disk seems well again: nobody knows what is on it.
    EXPECT_EQ(put(*store, "a", "3"), Status::kIo);
    Pinned value;
    EXPECT_EQ(store->get({}, "a", value), Status::kIo);
    EXPECT_EQ(store->scan({}, {.begin = "a", .end = "b"}, [](Bytes, Bytes) { return true; }),
              Status::kIo);
    EXPECT_TRUE(store->is_read_only());
    EXPECT_THAT(lines(), Contains(AllOf(HasSubstr("has stopped"), HasSubstr(".log"),
                                        HasSubstr("Input/output error"))));
    store.reset();
    store = open(broken);
    EXPECT_THAT(value_of(*store, "a"), testing::AnyOf("1", "2"));
  }
}

TEST_F(FaultyStoreTest, ALogThatCannotBeSyncedStopsTheStore) {
  const auto store = open(here());
  disk().set_fault(FaultyDisk::kBroken, ".sst");  // Not met by the write, nor by the sync.
  ASSERT_EQ(put(*store, "a", "1"), Status::kOk);
  disk().set_fault(FaultyDisk::kNone);
  ASSERT_EQ(put(*store, "a", "2"), Status::kOk);
  disk().set_fault(FaultyDisk::kBroken, ".log");
  EXPECT_TRUE(eventually([&] { return put(*store, "a", "3") == Status::kIo; }));
}

}  // namespace
}  // namespace dynolith::storage::kv
