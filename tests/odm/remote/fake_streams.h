// A streams service that does what AWS's may do and a test server hardly does: several shards,
// parents and children, empty pages, iterators that expire, failures.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/odm/remote/in_process_client.h"

namespace dynolith::odm {

// One stream of table "t". Sequence numbers are the positions of records in all shards, from 1 on.
class FakeStreams : public TestClient {
 public:
  // Records are named by their key {k: <name>}.
  void add_shard(const std::string& id, const std::string& parent = {});
  void add_record(const std::string& shard, const std::string& name);
  void close_shard(const std::string& id);
  void remove_shard(const std::string& id);  // With its records: they are too old.
  void close_stream() { is_on_ = false; }
  void expire_iterators() { expired_through_ = iterators_.size(); }

  // Every other page is empty, and that only the one after it has something is not said.
  bool has_empty_pages = false;
  // Called before each GetRecords; what it returns is answered instead.
  std::function<std::optional<ServiceReply>(const std::string& shard)> fail;
  std::vector<std::string> reads;  // The shard of each GetRecords.

 private:
  struct Record {
    size_t sequence;
    std::string name;
    int64_t created_ms;
  };
  struct Shard {
    std::string id, parent;
    std::vector<Record> records;
    bool is_closed = false;
  };
  struct Iterator {
    std::string shard;
    size_t behind;  // This sequence number.
    bool empty_next = false;
  };

  Result<ServiceReply> answer(const Call& call) override;
  ServiceReply describe() const;
  ServiceReply make_iterator(const std::string& body);
  ServiceReply get_records(const std::string& body);
  Shard* find(const std::string& id);

  std::vector<Shard> shards_;
  std::vector<Iterator> iterators_;
  size_t expired_through_ = 0;
  size_t last_sequence_ = 0;
  bool is_on_ = true;
};

}  // namespace dynolith::odm
