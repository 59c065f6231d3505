// A process that a test can hold a directory with, or kill while it writes.
//
//   kv_child hold DIR            opens the store, prints "ready", waits for the end of its input
//   kv_child write DIR FSYNC N   opens the store and commits for ever, in four threads; for each
//                                commit it prints its number, from N on, once it is acknowledged
//   kv_child list DIR            opens the store, prints the numbers in its log, in order, and
//                                "whole", or "broken: <what>" if they are not whole commits
//
// A commit writes "a<number>" and "b<number>", appends the number to the log "log" and counts
// itself in the tally "all"; FSYNC is always, everysec or never. Exits 1, with the message on its
// error output, when the store cannot be opened.
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "storage/kv/big_endian.h"
#include "storage/kv/open_store.h"

namespace dynolith::storage::kv {
namespace {

Durability durability_of(std::string_view text) {
  if (text == "always") return Durability::kAlways;
  return text == "never" ? Durability::kNever : Durability::kEverySecond;
}

void acknowledge(uint64_t number) {
  const std::string line = std::to_string(number) + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(0);  // The test has gone.
}

void write_for_ever(Store& store, std::atomic<uint64_t>& next) {
  while (true) {
    const uint64_t number = next++;
    const std::string name = std::to_string(number), a = "a" + name, b = "b" + name;
    const Bytes keys[] = {a};
    const Status status = store.transact({}, keys, [&](Reads& reads, Writes& writes) {
      if (reads.at(0)) return Verdict::kDecline;
      writes.put(a, std::string(200 + number % 300, 'x'));
      writes.put(b, name);
      writes.append("log", name);
      writes.add("all", {1, static_cast<int64_t>(number)});
      return Verdict::kCommit;
    });
    if (status == Status::kOk) acknowledge(number);
  }
}

// A commit is there in all its parts or in none, and the log has no gap; else what is wrong.
std::string list(Store& store) {
  std::string problem, text;
  uint64_t records = 0;
  int64_t sum = 0;
  const auto blame = [&](const std::string& what) {
    if (problem.empty()) problem = what;
  };
  const Status read = store.read_log("log", {}, UINT32_MAX, [&](Bytes at, Bytes record) {
    std::string expected;
    append_big_endian(expected, ++records);
    if (at != expected) blame("the log has a gap before record " + std::to_string(records));
    const std::string number(record);
    Pinned value;
    if (store.get({}, "a" + number, value) != Status::kOk) blame("a" + number + " is missing");
    if (store.get({}, "b" + number, value) != Status::kOk || value.get() != number)
      blame("b" + number + " is missing");
    sum += std::stoll(number);
    text += number + "\n";
    return true;
  });
  uint64_t keys = 0;
  const Status scanned = store.scan({}, {.begin = "a", .end = "c"}, [&](Bytes, Bytes) {
    ++keys;
    return true;
  });
  const auto tally = store.tally("all");
  if (read != Status::kOk || scanned != Status::kOk || !tally.ok()) blame("it cannot be read");
  if (keys != 2 * records) blame("there are keys without a record in the log");
  if (tally.ok() && (tally->count != static_cast<int64_t>(records) || tally->bytes != sum))
    blame("the tally is not that of the log");
  return text + (problem.empty() ? "whole" : "broken: " + problem);
}

int run(int count, char** arguments) {
  const std::string_view mode = count > 2 ? arguments[1] : "";
  if (mode != "hold" && mode != "list" && !(mode == "write" && count == 5)) return 2;
  StoreOptions options;
  options.directory = arguments[2];
  options.write_buffer_bytes = 128u << 10;  // So that flushes and compactions are killed too.
  options.upkeep_interval = std::chrono::milliseconds(50);
  if (mode == "write") options.durability = durability_of(arguments[3]);
  auto store = open_store(options);
  if (!store.ok()) {
    std::fprintf(stderr, "%s\n", store.error().message.c_str());
    return 1;
  }
  if (mode == "list") {
    std::puts(list(**store).c_str());
    return 0;
  }
  if (mode == "hold") {
    std::puts("ready");
    std::fflush(stdout);
    char end;
    while (::read(STDIN_FILENO, &end, 1) > 0) continue;
    return 0;
  }
  std::atomic<uint64_t> next{std::stoull(arguments[4])};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { write_for_ever(**store, next); });
  for (std::thread& thread : threads) thread.join();
  return 0;
}

}  // namespace
}  // namespace dynolith::storage::kv

int main(int count, char** arguments) { return dynolith::storage::kv::run(count, arguments); }
