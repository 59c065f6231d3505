// Opening a data directory that is held, damaged, newer, or not ours to write.
#include "storage/kv/data_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/storage/kv/kv_child.h"
#include "tests/storage/kv/open_test_store.h"

namespace dynolith::storage::kv {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DirectoryTest : public testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  const std::string& root() const { return directory_.path(); }

  // A closed store with a few hundred entries, in files or in the log only.
  void make_store(bool compacted) {
    const auto store = must_open({.directory = data()});
    for (int i = 0; i < 300; ++i)
      ASSERT_EQ(put(*store, "k" + std::to_string(i), std::string(100, 'v')), Status::kOk);
    if (compacted) store->compact();
  }
  void expect_refused(ErrorCode code, const std::string& words, const std::string& remedy) {
    expect_refused_at(data(), code, words, remedy);
  }
  static void expect_refused_at(const std::string& path, ErrorCode code, const std::string& words,
                                const std::string& remedy) {
    auto store = open_store({.directory = path});
    ASSERT_FALSE(store.ok()) << path;
    EXPECT_EQ(store.error().code, code) << store.error().message;
    EXPECT_THAT(store.error().message, AllOf(HasSubstr("data directory '" + path), HasSubstr(words),
                                             HasSubstr(remedy), Not(HasSubstr("\n"))));
  }
  // The files whose names end so, by age.
  std::vector<fs::path> files_ending(const std::string& end) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(data() + "/rocksdb"))
      if (entry.path().filename().string().ends_with(end)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
  }
  fs::path file_ending(const std::string& end) const {
    const auto files = files_ending(end);
    return files.empty() ? fs::path() : files.back();
  }
  // Commits the numbers from `first` on and closes the store, all in one log of its own.
  void commit_numbers(int first, Durability durability = Durability::kNever) {
    const auto store = must_open({.directory = data(),
                                  .durability = durability,
                                  .write_buffer_bytes = 1u << 20,  // So little is not flushed.
                                  .upkeep_interval = std::chrono::hours(1)});
    ASSERT_NE(store, nullptr);
    for (int number = first; number < first + 300; ++number) {
      const std::string name = std::to_string(number);
      ASSERT_EQ(store->write([&](Writes& writes) {
        writes.put("k" + name, std::string(200, 'v'));
        writes.append("log", name);
        writes.add("all", {1, number});
      }),
                Status::kOk);
    }
    fs::copy_file(data() + "/DYNOLITH_SYNCED", root() + "/mark",
                  fs::copy_options::overwrite_existing);
  }
  // As if the last store had been killed instead of closed.
  void take_back_mark() {
    fs::copy_file(root() + "/mark", data() + "/DYNOLITH_SYNCED",
                  fs::copy_options::overwrite_existing);
  }
  // The numbers in the log, which must be whole commits without a gap.
  static std::vector<int> numbers_in(Store& store) {
    std::vector<int> numbers;
    int64_t sum = 0;
    EXPECT_EQ(store.read_log("log", {}, UINT32_MAX,
                             [&](Bytes at, Bytes record) {
                               numbers.push_back(std::stoi(std::string(record)));
                               sum += numbers.back();
                               EXPECT_EQ(at, position(numbers.size()));
                               return true;
                             }),
              Status::kOk);
    size_t keys = 0;
    EXPECT_EQ(store.scan({}, {.begin = "k", .end = "l"},
                         [&](Bytes, Bytes) {
                           ++keys;
                           return true;
                         }),
              Status::kOk);
    EXPECT_EQ(keys, numbers.size());
    EXPECT_EQ(store.tally("all")->count, static_cast<int64_t>(numbers.size()));
    EXPECT_EQ(store.tally("all")->bytes, sum);
    return numbers;
  }
  void pretend_reboot() { std::ofstream(data() + "/DYNOLITH_OWNER") << "1 another-boot\n"; }
  static void flip(const fs::path& file, uintmax_t offset) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(stream.get() ^ 0x10);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream.put(byte);
  }
  // Zeros, as a file has them where nothing was written; no further than to its end.
  static void wipe(const fs::path& file, uintmax_t begin, uintmax_t bytes) {
    const uintmax_t size = fs::file_size(file);
    if (begin >= size) return;
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(begin));
    const std::string zeros(std::min(bytes, size - begin), '\0');
    stream.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
  }

 private:
  test::TempDir directory_;
};

TEST_F(DirectoryTest, IsMadeWithItsParentsForItsOwnerOnly) {
  const std::string path = root() + "/a/b/c";
  ASSERT_NE(must_open({.directory = path}), nullptr);
  for (const char* made : {"/a", "/a/b", "/a/b/c"}) {
    EXPECT_EQ(fs::status(root() + made).permissions(), fs::perms::owner_all) << made;
  }
  ASSERT_NE(must_open({.directory = path + "/"}), nullptr);
}

TEST_F(DirectoryTest, LeavesOtherFilesAlone) {
  fs::create_directory(data());
  for (const char* name : {"000004.log", "CURRENT", "notes.sst"})
    std::ofstream(data() + "/" + name) << "mine";
  ASSERT_NE(must_open({.directory = data()}), nullptr);
  for (const char* name : {"000004.log", "CURRENT", "notes.sst"})
    EXPECT_EQ(fs::file_size(data() + "/" + name), 4u) << name;
}

TEST_F(DirectoryTest, IsHeldByOneStore) {
  const auto store = must_open({.directory = data()});
  expect_refused(ErrorCode::kDirectoryInUse, "is in use by process " + std::to_string(::getpid()),
                 "choose another");
  fs::create_directory_symlink(data(), root() + "/link");
  expect_refused_at(root() + "/link", ErrorCode::kDirectoryInUse, "is in use", "choose another");
}

TEST_F(DirectoryTest, IsHeldByOneProcessAlsoWithoutItsLockFile) {
  KvChild child({"hold", data()});
  ASSERT_EQ(child.read_line(), "ready");
  const std::string words = "is in use by process " + std::to_string(child.process());
  expect_refused(ErrorCode::kDirectoryInUse, words, "stop it or choose another directory");
  ASSERT_TRUE(fs::remove(data() + "/rocksdb/LOCK"));
  expect_refused(ErrorCode::kDirectoryInUse, words, "stop it or choose another directory");
  EXPECT_EQ(child.finish(), 0);
  EXPECT_NE(must_open({.directory = data()}), nullptr);
}

TEST_F(DirectoryTest, IsFreeWhenItsProcessWasKilled) {
  KvChild child({"hold", data()});
  ASSERT_EQ(child.read_line(), "ready");
  child.kill();
  EXPECT_NE(must_open({.directory = data()}), nullptr);
}

TEST_F(DirectoryTest, MustBeADirectoryThatCanBeMade) {
  std::ofstream(root() + "/file") << "x";
  expect_refused_at(root() + "/file", ErrorCode::kDirectoryNotWritable, "is not a directory",
                    "choose another path");
  expect_refused_at(root() + "/file/below", ErrorCode::kDirectoryNotWritable, "Not a directory",
                    "choose another path");
  expect_refused_at("/proc/dynolith-data", ErrorCode::kDirectoryNotWritable, "cannot be made",
                    "choose another path");
  fs::create_symlink(root() + "/nowhere", root() + "/dangling");
  expect_refused_at(root() + "/dangling", ErrorCode::kDirectoryNotWritable, "cannot be",
                    "choose another path");
}

TEST_F(DirectoryTest, MustBeWritable) {
  // A file system that refuses root as well.
  expect_refused_at("/proc/self", ErrorCode::kDirectoryNotWritable, "is not writable",
                    "choose another directory");
}

TEST_F(DirectoryTest, OfANewerFormatIsRefused) {
  make_store(true);
  std::ofstream(data() + "/DYNOLITH_FORMAT")
      << "dynolith data directory\nformat " << kFormatVersion + 1 << "\n";
  expect_refused(ErrorCode::kDirectoryTooNew, "was written by a newer version (format 2",
                 "upgrade");
}

TEST_F(DirectoryTest, OfAnUnknownFormatIsRefused) {
  make_store(true);
  for (const char* text :
       {"", "dynolith", "dynolith data directory\nformat ", "dynolith data directory\nformat x\n",
        "dynolith data directory\nformat 0\n", "dynolith data directory\nformat 1",
        "dynolith data directory\nformat 99999999999\n"}) {
    std::ofstream(data() + "/DYNOLITH_FORMAT") << text;
    expect_refused(ErrorCode::kDirectoryCorrupt, "DYNOLITH_FORMAT", "restore it from a backup");
  }
}

TEST_F(DirectoryTest, WithoutItsFormatFileIsRefused) {
  for (const bool compacted : {false, true}) {
    make_store(compacted);
    fs::remove(data() + "/DYNOLITH_FORMAT");
    expect_refused(ErrorCode::kDirectoryCorrupt, "DYNOLITH_FORMAT file is missing", "restore");
    if (!compacted) fs::remove_all(data());
  }
  fs::remove(data() + "/rocksdb/CURRENT");  // Nothing may be made over what is left.
  expect_refused(ErrorCode::kDirectoryCorrupt, "DYNOLITH_FORMAT file is missing", "restore");
  EXPECT_FALSE(file_ending(".sst").empty());
}

// Killed before the new store was synced: nothing that was acknowledged is lost.
TEST_F(DirectoryTest, WhoseMakingWasCutOffGoesOn) {
  const std::string format = data() + "/DYNOLITH_FORMAT";
  make_store(false);
  fs::rename(format, format + ".new");
  EXPECT_EQ(value_of(*must_open({.directory = data()}), "k299"), std::string(100, 'v'));
  EXPECT_TRUE(fs::exists(format));
  EXPECT_FALSE(fs::exists(format + ".new"));
  // Before RocksDB had begun.
  fs::remove_all(data());
  fs::create_directories(data() + "/rocksdb");
  std::ofstream(format + ".new") << "";
  EXPECT_EQ(put(*must_open({.directory = data()}), "a", "1"), Status::kOk);
  EXPECT_EQ(value_of(*must_open({.directory = data()}), "a"), "1");
}

TEST_F(DirectoryTest, WithADamagedOrMissingFileIsRefused) {
  struct Damage {
    const char* name;
    std::function<void()> apply;
  };
  const auto rocksdb = [&](const char* name) { return fs::path(data() + "/rocksdb/" + name); };
  const auto manifest = [&] {
    std::string name;
    std::ifstream(rocksdb("CURRENT")) >> name;
    return rocksdb(name.c_str());
  };
  const Damage kDamages[] = {
      {"no CURRENT", [&] { fs::remove(rocksdb("CURRENT")); }},
      {"empty CURRENT", [&] { fs::resize_file(rocksdb("CURRENT"), 0); }},
      {"CURRENT names nothing", [&] { std::ofstream(rocksdb("CURRENT")) << "MANIFEST-777777\n"; }},
      {"no MANIFEST", [&] { fs::remove(manifest()); }},
      {"flipped MANIFEST", [&] { flip(manifest(), fs::file_size(manifest()) / 2); }},
      {"nothing at all", [&] { fs::remove_all(rocksdb("")); }},
  };
  for (const bool compacted : {false, true}) {
    for (const Damage& damage : kDamages) {
      SCOPED_TRACE(damage.name);
      fs::remove_all(data());
      make_store(compacted);
      damage.apply();
      expect_refused(ErrorCode::kDirectoryCorrupt, "is damaged", "restore it from a backup");
    }
  }
}

TEST_F(DirectoryTest, WithADamagedLogIsRefused) {
  for (const double part : {0.1, 0.5, 0.9}) {
    fs::remove_all(data());
    make_store(false);
    const fs::path log = file_ending(".log");
    flip(log, static_cast<uintmax_t>(static_cast<double>(fs::file_size(log)) * part));
    expect_refused(ErrorCode::kDirectoryCorrupt, "is damaged", "restore it from a backup");
  }
}

TEST_F(DirectoryTest, WhoseLogWasCutOffIsRefused) {
  for (const int percent : {0, 50, 99}) {
    fs::remove_all(data());
    make_store(false);
    const fs::path log = file_ending(".log");
    fs::resize_file(log, fs::file_size(log) * percent / 100);
    for (int attempt = 0; attempt < 2; ++attempt)  // The first must not make the second succeed.
      expect_refused(ErrorCode::kDirectoryCorrupt, "the end of its write-ahead log is missing",
                     "restore it from a backup");
  }
}

// What a power cut leaves of a record that was being written: its length, but not its bytes.
TEST_F(DirectoryTest, WhoseLogWasTornByAPowerCutLosesTheTornOnly) {
  commit_numbers(0);
  take_back_mark();
  const fs::path log = file_ending(".log");
  flip(log, fs::file_size(log) * 9 / 10);
  expect_refused(ErrorCode::kDirectoryCorrupt, "is damaged", "restore it from a backup");
  pretend_reboot();
  for (int round = 0; round < 2; ++round) {
    const auto store = must_open({.directory = data()});
    ASSERT_NE(store, nullptr);
    const size_t count = numbers_in(*store).size();
    EXPECT_GT(count, 260u);
    EXPECT_LT(count, 280u);
    EXPECT_EQ(put(*store, "c", "1"), Status::kOk);
  }
}

// A power cut may take the end of an older log and leave a newer one: what is there afterwards is
// what was there at one moment, without a gap.
TEST_F(DirectoryTest, WhoseOlderLogWasCutEndsThere) {
  struct Cut {
    const char* name;
    bool is_noticed;  // Also if the machine had not stopped.
    size_t left;      // Numbers, at most; a third of it at least.
    std::function<void(const fs::path& log)> apply;
  };
  const Cut kCuts[] = {
      {"half of it", true, 150, [](auto& log) { fs::resize_file(log, fs::file_size(log) / 2); }},
      {"all of it", false, 0, [](auto& log) { fs::resize_file(log, 0); }},
      {"its first block", false, 0, [](auto& log) { wipe(log, 0, 32u << 10); }},
      {"its second block", true, 150, [](auto& log) { wipe(log, 32u << 10, 32u << 10); }},
      {"its end", true, 150, [](auto& log) { wipe(log, fs::file_size(log) / 2, 1u << 20); }},
  };
  for (const Cut& cut : kCuts) {
    SCOPED_TRACE(cut.name);
    fs::remove_all(data());
    commit_numbers(0);
    const fs::path log = file_ending(".log");
    commit_numbers(1000);
    ASSERT_GT(fs::file_size(file_ending(".log")), 0u);
    ASSERT_NE(file_ending(".log"), log);
    fs::resize_file(data() + "/DYNOLITH_SYNCED", 0);
    cut.apply(log);
    if (cut.is_noticed)
      expect_refused(ErrorCode::kDirectoryCorrupt, "is damaged", "restore it from a backup");
    pretend_reboot();
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto store = must_open({.directory = data()});
      ASSERT_NE(store, nullptr);
      const std::vector<int> numbers = numbers_in(*store);
      EXPECT_LE(numbers.size(), cut.left);
      EXPECT_GE(numbers.size(), cut.left / 3);
      for (size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], static_cast<int>(i));
    }
    commit_numbers(2000);
    EXPECT_GE(numbers_in(*must_open({.directory = data()})).size(), 300u);
  }
}

// A log is cut between two of its files too: killed, started again, killed, and then the power.
TEST_F(DirectoryTest, WhoseWritersWereKilledBeforeAPowerCutHasNoGap) {
  const auto write_and_kill = [&](const char* first) {
    KvChild child({"write", data(), "never", first});
    for (int i = 0; i < 50; ++i) ASSERT_FALSE(child.read_line().empty());
    child.kill();
  };
  ASSERT_NE(must_open({.directory = data()}), nullptr);
  write_and_kill("0");
  const auto logs = files_ending(".log");
  const fs::path& log = *std::max_element(logs.begin(), logs.end(), [](auto& one, auto& other) {
    return fs::file_size(one) < fs::file_size(other);
  });
  write_and_kill("1000000");
  if (fs::exists(log)) fs::resize_file(log, fs::file_size(log) / 2);
  fs::resize_file(data() + "/DYNOLITH_SYNCED", 0);
  pretend_reboot();
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto store = open_store({.directory = data()});
    // Tables that hold more than the log are damage; whatever opens has no gap.
    if (!store.ok()) break;
    uint64_t positions = 0;
    bool is_second = false;
    ASSERT_EQ((*store)->read_log("log", {}, UINT32_MAX,
                                 [&](Bytes at, Bytes record) {
                                   EXPECT_EQ(at, position(++positions));
                                   is_second |= std::stoull(std::string(record)) >= 1'000'000;
                                   return true;
                                 }),
              Status::kOk);
    EXPECT_EQ((*store)->tally("all")->count, static_cast<int64_t>(positions));
    EXPECT_EQ(scanned(**store, {.begin = "a1000000", .end = "a1000999"}).empty(), !is_second);
  }
}

// With kAlways there is a mark at each sync: a killed process cannot lose one write unnoticed.
TEST_F(DirectoryTest, WhoseLogLostOneSyncedRecordIsRefused) {
  commit_numbers(0, Durability::kAlways);
  take_back_mark();
  const fs::path log = file_ending(".log");
  fs::resize_file(log, fs::file_size(log) - 1);
  for (const bool rebooted : {false, true}) {
    if (rebooted) pretend_reboot();
    expect_refused(ErrorCode::kDirectoryCorrupt, "the end of its write-ahead log is missing",
                   "restore it from a backup");
  }
}

// The power was lost before the new store was synced: nothing in it had been promised.
TEST_F(DirectoryTest, WhoseMakingLostItsPowerBeginsAnew) {
  for (const char* broken : {"CURRENT", "MANIFEST"}) {
    fs::remove_all(data());
    make_store(false);
    fs::rename(data() + "/DYNOLITH_FORMAT", data() + "/DYNOLITH_FORMAT.new");
    fs::remove(data() + "/DYNOLITH_SYNCED");
    for (const auto& entry : fs::directory_iterator(data() + "/rocksdb"))
      if (entry.path().filename().string().starts_with(broken)) fs::resize_file(entry.path(), 0);
    expect_refused(ErrorCode::kDirectoryCorrupt, "is damaged", "restore it from a backup");
    pretend_reboot();
    EXPECT_EQ(value_of(*must_open({.directory = data()}), "k0"), "(absent)");
    EXPECT_TRUE(fs::exists(data() + "/DYNOLITH_FORMAT"));
  }
}

TEST_F(DirectoryTest, WhoseSyncedLogIsDamagedIsRefusedAlsoAfterAPowerCut) {
  for (const double part : {0.1, 0.9}) {
    fs::remove_all(data());
    make_store(false);  // Synced when it is closed.
    const fs::path log = file_ending(".log");
    flip(log, static_cast<uintmax_t>(static_cast<double>(fs::file_size(log)) * part));
    for (int attempt = 0; attempt < 2; ++attempt) {
      pretend_reboot();
      expect_refused(ErrorCode::kDirectoryCorrupt, "is damaged", "restore it from a backup");
    }
  }
}

TEST_F(DirectoryTest, MarkOutlivesATornSlot) {
  make_store(false);
  make_store(false);  // Now both slots have been written.
  flip(data() + "/DYNOLITH_SYNCED", 20);
  ASSERT_NE(must_open({.directory = data()}), nullptr);  // Which writes the damaged one anew.
  flip(data() + "/DYNOLITH_SYNCED", 512 + 20);
  ASSERT_NE(must_open({.directory = data()}), nullptr);
  flip(data() + "/DYNOLITH_SYNCED", 20);
  expect_refused(ErrorCode::kDirectoryCorrupt, "DYNOLITH_SYNCED is damaged", "restore");
}

TEST_F(DirectoryTest, ReadsOfADamagedTableStopTheStore) {
  make_store(true);
  const fs::path table = file_ending(".sst");
  flip(table, 200);
  std::vector<std::string> lines;
  const auto store = must_open(
      {.directory = data(), .log = [&](const std::string& line) { lines.push_back(line); }});
  Pinned value;
  EXPECT_EQ(store->get({}, "k0", value), Status::kCorrupt);
  EXPECT_EQ(store->get({}, "k0", value), Status::kIo);  // Fail-stop.
  EXPECT_EQ(put(*store, "k0", "new"), Status::kIo);
  EXPECT_EQ(store->snapshot(), nullptr);
  EXPECT_TRUE(store->is_read_only());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], AllOf(HasSubstr(data()), HasSubstr(table.filename().string()),
                              HasSubstr("has stopped")));
}

}  // namespace
}  // namespace dynolith::storage::kv
