// A plain first store, so that the rooms above can be linked and tested; the real store replaces
// this file whole.
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "storage/kv/open_store.h"

namespace dynolith::storage::kv {
namespace {
Status from(const rocksdb::Status& s) {
  if (s.ok()) return Status::kOk;
  if (s.IsNotFound()) return Status::kNotFound;
  if (s.IsCorruption()) return Status::kCorrupt;
  return Status::kIo;
}
std::string be64(uint64_t v) {
  std::string s(8, 0);
  for (int i = 7; i >= 0; --i, v >>= 8) s[i] = static_cast<char>(v);
  return s;
}
class RocksSnapshot : public Snapshot {
 public:
  RocksSnapshot(rocksdb::DB* db) : db_(db), s_(db->GetSnapshot()) {}
  ~RocksSnapshot() override { db_->ReleaseSnapshot(s_); }
  rocksdb::DB* db_;
  const rocksdb::Snapshot* s_;
};
class MiniStore : public Store {
 public:
  std::unique_ptr<rocksdb::Env> env;
  std::unique_ptr<rocksdb::DB> db;
  bool sync = false;
  std::array<std::mutex, 1024> locks;
  std::mutex commit;
  std::map<std::string, Tally> tallies;
  std::map<std::string, uint64_t> logs;
  Limits limits() const override { return {1 << 20, 1 << 28, 1 << 30, false}; }
  rocksdb::ReadOptions ro(const ReadOptions& o) {
    rocksdb::ReadOptions r;
    if (o.snapshot) r.snapshot = static_cast<const RocksSnapshot*>(o.snapshot)->s_;
    return r;
  }
  Status get(const ReadOptions& o, Bytes key, Pinned& out) override {
    auto* slice = new rocksdb::PinnableSlice;
    auto s = db->Get(ro(o), db->DefaultColumnFamily(), rocksdb::Slice(key), slice);
    if (!s.ok()) {
      delete slice;
      return from(s);
    }
    out.reset(slice->ToStringView(), slice,
              [](void* p) { delete static_cast<rocksdb::PinnableSlice*>(p); });
    return Status::kOk;
  }
  Status multi_get(const ReadOptions& o, std::span<const Bytes> keys, std::span<Pinned> out,
                   std::span<Status> each) override {
    RocksSnapshot snap(db.get());
    ReadOptions with{o.snapshot ? o.snapshot : &snap};
    for (size_t i = 0; i < keys.size(); ++i) each[i] = get(with, keys[i], out[i]);
    return Status::kOk;
  }
  Status scan(const ReadOptions& o, const ScanOptions& sc,
              FunctionRef<bool(Bytes, Bytes)> sink) override {
    auto r = ro(o);
    rocksdb::Slice lower(sc.begin), upper(sc.end);
    r.iterate_lower_bound = &lower;
    r.iterate_upper_bound = &upper;
    std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(r));
    for (sc.reverse ? it->SeekToLast() : it->Seek(lower); it->Valid();
         sc.reverse ? it->Prev() : it->Next())
      if (!sink(it->key().ToStringView(), it->value().ToStringView())) break;
    return from(it->status());
  }
  std::unique_ptr<Snapshot> snapshot() override {
    return std::make_unique<RocksSnapshot>(db.get());
  }
  struct Sink : Writes {
    rocksdb::WriteBatch batch;
    std::vector<std::pair<std::string, std::string>> appends;
    std::vector<std::pair<std::string, Tally>> adds;
    void put(Bytes k, Bytes v) override { batch.Put(rocksdb::Slice(k), rocksdb::Slice(v)); }
    void erase(Bytes k) override { batch.Delete(rocksdb::Slice(k)); }
    void append(Bytes l, Bytes r) override { appends.emplace_back(l, r); }
    void add(Bytes t, Tally c) override { adds.emplace_back(t, c); }
  };
  static std::string own(std::string_view kind, std::string_view n) {
    return "\xff\xff\xff\xff" + std::string(kind) + std::string(n);
  }
  Tally load(const std::string& n) {
    auto it = tallies.find(n);
    if (it != tallies.end()) return it->second;
    std::string v;
    Tally t;
    if (db->Get({}, own("t", n), &v).ok()) memcpy(&t, v.data(), sizeof t);
    return tallies[n] = t;
  }
  Status commit_sink(Sink& s) {
    std::lock_guard g(commit);
    for (auto& [n, c] : s.adds) {
      Tally t = load(n);
      t.count += c.count;
      t.bytes += c.bytes;
      tallies[n] = t;
      s.batch.Put(own("t", n), rocksdb::Slice(reinterpret_cast<char*>(&t), sizeof t));
    }
    for (auto& [l, r] : s.appends) s.batch.Put(own("l", l + be64(++logs[l])), r);
    rocksdb::WriteOptions w;
    w.sync = sync;
    return from(db->Write(w, &s.batch));
  }
  Status transact(const WriteOptions& o, std::span<const Bytes> keys,
                  FunctionRef<Verdict(Reads&, Writes&)> f) override {
    std::vector<size_t> stripes;
    for (auto k : keys) stripes.push_back(std::hash<std::string_view>()(k) % locks.size());
    std::sort(stripes.begin(), stripes.end());
    stripes.erase(std::unique(stripes.begin(), stripes.end()), stripes.end());
    std::vector<std::unique_lock<std::mutex>> held;
    for (auto i : stripes) {
      if (o.nowait) {
        held.emplace_back(locks[i], std::try_to_lock);
        if (!held.back()) return Status::kContended;
      } else
        held.emplace_back(locks[i]);
    }
    struct R : Reads {
      MiniStore* s;
      std::span<const Bytes> keys;
      std::map<size_t, Pinned> got;
      std::optional<Bytes> at(size_t i) override {
        auto& p = got[i];
        if (s->get({}, keys[i], p) != Status::kOk) return std::nullopt;
        return p.get();
      }
    } r;
    r.s = this;
    r.keys = keys;
    Sink s;
    if (f(r, s) == Verdict::kDecline) return Status::kDeclined;
    return commit_sink(s);
  }
  Status write(FunctionRef<void(Writes&)> f) override {
    Sink s;
    f(s);
    return commit_sink(s);
  }
  Result<Tally> tally(Bytes n) override {
    std::lock_guard g(commit);
    return load(std::string(n));
  }
  Status drop_range(Bytes b, Bytes e) override {
    std::vector<std::string> keys;
    auto st = scan({}, {b, e}, [&](Bytes k, Bytes) {
      keys.emplace_back(k);
      return true;
    });
    for (auto& k : keys) db->Delete({}, k);
    return st;
  }
  void compact() override { db->CompactRange({}, nullptr, nullptr); }
  Status read_log(Bytes l, Bytes after, uint32_t max,
                  FunctionRef<bool(Bytes, Bytes)> sink) override {
    auto b = own("l",
                 std::string(l) + std::string(after) + (after.empty() ? "" : std::string(1, 0))),
         e = own("l", std::string(l) + std::string(9, '\xff'));
    return scan({}, {b, e},
                [&](Bytes k, Bytes v) { return max-- > 0 && sink(k.substr(k.size() - 8), v); });
  }
  Status trim_log(Bytes, Bytes) override { return Status::kOk; }
  bool is_read_only() const override { return false; }
};
}  // namespace
Error to_error(Status) { return make_error(ErrorCode::kInternal, "Internal server error"); }
Result<std::unique_ptr<Store>> open_store(StoreOptions o) {
  auto s = std::make_unique<MiniStore>();
  rocksdb::Options opt;
  opt.create_if_missing = true;
  if (o.directory.empty()) {
    s->env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    opt.env = s->env.get();
    o.directory = "/mem";
  }
  s->sync = o.durability == Durability::kAlways;
  rocksdb::DB* db;
  auto st = rocksdb::DB::Open(opt, o.directory, &db);
  if (!st.ok()) return make_error(ErrorCode::kDirectoryCorrupt, st.ToString());
  s->db.reset(db);
  return std::unique_ptr<Store>(std::move(s));
}
}  // namespace dynolith::storage::kv
