// Replies of the service, from JSON to what connections answer. The service is not trusted:
// whatever it sends that makes no sense is kInternal, with words that say what was wrong; nothing
// is handed on before the whole reply has been read.
//
// Threads: any; the buffers are the thread's own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "odm/connection/connection.h"
#include "odm/remote/reply_limits.h"
#include "odm/result.h"

namespace dynolith::odm {

struct ReadItem {
  EncodedItem item;  // Absent if there is none.
  ReadReply reply;
};
Result<ReadItem> parse_get(std::string_view body);
Result<WriteReply> parse_write(std::string_view body);

struct ReadPage {
  std::vector<EncodedItem> items;
  RangeReply reply;
};
Result<ReadPage> parse_range(std::string_view body);

// With one item for each get, in the order of the request. Those that were left unprocessed are
// absent, too. Projections that the keys were added to are carried out here.
struct ReadBatch {
  std::vector<EncodedItem> items;
  BatchReply reply;
};
Result<ReadBatch> parse_batch_get(std::string_view body, const BatchGetRequest& request);
Result<BatchReply> parse_batch_write(std::string_view body, const BatchWriteRequest& request);

struct ReadItems {
  std::vector<EncodedItem> items;  // One for each get, in the order of the request.
  ReadReply reply;
};
Result<ReadItems> parse_transact_get(std::string_view body, size_t gets);
Result<WriteReply> parse_transact_write(std::string_view body);

// DescribeTable; without the attribute of time to live, which another operation knows.
Result<TableState> parse_table(std::string_view body);
// DescribeTimeToLive. Empty: it is off.
Result<std::string> parse_time_to_live(std::string_view body);

}  // namespace dynolith::odm
