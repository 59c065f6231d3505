// Replies of the streams service; see reply.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "odm/connection/connection.h"
#include "odm/result.h"

namespace dynolith::odm {

struct StreamList {
  struct Entry {
    std::string arn, label;  // Labels of a table's streams sort by age.
  };
  std::vector<Entry> streams;
  std::string last_arn;  // Not empty: there are more behind this one.
};
Result<StreamList> parse_stream_list(std::string_view body);

struct ShardDescription {
  std::string id, parent;  // The parent may be gone, or there may be none.
  bool is_closed = false;
};
struct StreamDescription {
  bool is_on = false;
  std::vector<ShardDescription> shards;
  std::string last_shard;  // Not empty: there are more behind this one.
};
Result<StreamDescription> parse_stream_description(std::string_view body);

Result<std::string> parse_shard_iterator(std::string_view body);

// A stream record that owns what it has.
struct OwnedRecord {
  storage::StreamEvent event = storage::StreamEvent::kInsert;
  storage::StreamOrigin origin = storage::StreamOrigin::kClient;
  int64_t created_ms = 0;
  EncodedItem key, old_image, new_image;
  std::string sequence;

  ChangeRecord view() const;
};
struct RecordPage {
  std::vector<OwnedRecord> records;
  std::string next_iterator;  // Empty: the shard is closed and read to its end.
};
Result<RecordPage> parse_records(std::string_view body);

}  // namespace dynolith::odm
