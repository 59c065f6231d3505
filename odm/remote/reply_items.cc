// Replies of one item, of a page and of transactions.
#include <algorithm>
#include <limits>

#include "odm/remote/reply.h"
#include "odm/remote/reply_reading.h"
#include "odm/remote/reply_shapes.h"

namespace dynolith::odm {

namespace {

// A server's word is not good enough for more.
constexpr size_t kReservedItemsMax = 1024;

uint32_t count_in(const Slot& slot, size_t otherwise) {
  const int64_t count = slot.integer().value_or(static_cast<int64_t>(otherwise));
  return static_cast<uint32_t>(std::clamp<int64_t>(count, 0, std::numeric_limits<uint32_t>::max()));
}

}  // namespace

Result<ReadItem> parse_get(std::string_view body) {
  const auto members = TRY(read_reply<ItemOutput>(body));
  ReadItem read;
  read.item = TRY(item_in(members[ItemOutput::kItem]));
  read.reply.consumed_capacity = capacity_in(members[ItemOutput::kConsumedCapacity]);
  return read;
}

Result<WriteReply> parse_write(std::string_view body) {
  const auto members = TRY(read_reply<ItemOutput>(body));
  WriteReply reply;
  reply.item = TRY(item_in(members[ItemOutput::kAttributes]));
  reply.consumed_capacity = capacity_in(members[ItemOutput::kConsumedCapacity]);
  return reply;
}

Result<ReadPage> parse_range(std::string_view body) {
  const auto members = TRY(read_reply<RangeOutput>(body));
  ReadPage page;
  if (const Slot& items = members[RangeOutput::kItems]; items.present()) {
    page.items.reserve(std::min(items.array().size(), kReservedItemsMax));
    for (const JsonValue item : items.array()) page.items.push_back(TRY(item_in(item)));
  }
  page.reply.count = count_in(members[RangeOutput::kCount], page.items.size());
  page.reply.scanned_count = count_in(members[RangeOutput::kScannedCount], page.reply.count);
  page.reply.last_evaluated_key = TRY(item_in(members[RangeOutput::kLastEvaluatedKey]));
  // A key without attributes would begin at the beginning again.
  if (page.reply.last_evaluated_key.view().attributes().size() == 0)
    page.reply.last_evaluated_key = {};
  page.reply.consumed_capacity = capacity_in(members[RangeOutput::kConsumedCapacity]);
  return page;
}

Result<ReadItems> parse_transact_get(std::string_view body, size_t gets) {
  const auto members = TRY(read_reply<TransactOutput>(body));
  const Slot& responses = members[TransactOutput::kResponses];
  if (!responses.present() || responses.array().size() != gets)
    return malformed("it does not have as many items as were asked for");
  ReadItems read;
  read.items.reserve(gets);
  for (const JsonValue response : responses.array()) {
    const auto given = TRY(structure_in<ItemResponseShape>(response));
    read.items.push_back(TRY(item_in(given[ItemResponseShape::kItem])));
  }
  read.reply.consumed_capacity = capacity_in(members[TransactOutput::kConsumedCapacity]);
  return read;
}

Result<WriteReply> parse_transact_write(std::string_view body) {
  const auto members = TRY(read_reply<TransactOutput>(body));
  WriteReply reply;
  reply.consumed_capacity = capacity_in(members[TransactOutput::kConsumedCapacity]);
  return reply;
}

}  // namespace dynolith::odm
