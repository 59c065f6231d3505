// Replies of batches: what the service answers by table and key is put back in the order of the
// request.
#include <algorithm>
#include <map>
#include <utility>

#include "odm/remote/render_request.h"
#include "odm/remote/reply.h"
#include "odm/remote/reply_reading.h"
#include "odm/remote/reply_shapes.h"
#include "storage/expression/projection.h"

namespace dynolith::odm {

namespace {

std::vector<std::string> attribute_names(const storage::ItemView& item) {
  std::vector<std::string> names;
  const auto attributes = item.attributes();
  for (uint32_t i = 0; i < attributes.size(); ++i) names.emplace_back(attributes[i].first);
  return names;
}

// Equal items have equal bytes, so that bytes are good enough to find them by.
class GetPositions {
 public:
  explicit GetPositions(const BatchGetRequest& request) {
    for (size_t i = 0; i < request.gets.size(); ++i) {
      const GetRequest& get = request.gets[i];
      Table& table = tables_[get.table];
      if (table.positions.empty()) table.key_names = attribute_names(get.key.view());
      table.positions.emplace(get.key.bytes, i);
    }
  }

  // Errors: kInternal, nobody asked for it.
  Result<size_t> find(std::string_view table_name, const storage::ItemView& item) const {
    const auto table = tables_.find(table_name);
    if (table == tables_.end()) return malformed("it has a table that was not asked for");
    const auto key = storage::with_only(item, table->second.key_names);
    const auto position = table->second.positions.find(key.bytes);
    if (position == table->second.positions.end())
      return malformed("it has an item that was not asked for");
    return position->second;
  }

 private:
  struct Table {
    std::vector<std::string> key_names;            // Sorted, as items have them.
    std::map<std::string_view, size_t> positions;  // By the bytes of the key.
  };
  std::map<std::string_view, Table> tables_;
};

EncodedItem projected(EncodedItem item, const GetRequest& get) {
  if (get.projection == nullptr || !lacks_keys(*get.projection, get.key.view())) return item;
  return storage::project(item.view(), *get.projection);
}

Result<void> read_responses(const Slot& responses, const BatchGetRequest& request,
                            const GetPositions& positions, std::vector<EncodedItem>& items) {
  if (!responses.present()) return {};
  for (const auto table : responses.object()) {
    if (!table.value.is_array()) continue;
    for (const JsonValue element : api::array_of(table.value)) {
      EncodedItem item = TRY(item_in(element));
      const size_t position = TRY(positions.find(table.key, item.view()));
      items[position] = projected(std::move(item), request.gets[position]);
    }
  }
  return {};
}

Result<std::vector<size_t>> read_unprocessed_keys(const Slot& tables,
                                                  const GetPositions& positions) {
  std::vector<size_t> unprocessed;
  if (!tables.present()) return unprocessed;
  for (const auto table : tables.object()) {
    const auto members = TRY(structure_in<UnprocessedKeysShape>(table.value));
    const Slot& keys = members[UnprocessedKeysShape::kKeys];
    if (!keys.present()) continue;
    for (const JsonValue element : keys.array()) {
      const EncodedItem key = TRY(item_in(element));
      unprocessed.push_back(TRY(positions.find(table.key, key.view())));
    }
  }
  return unprocessed;
}

void sort_unique(std::vector<size_t>& positions) {
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
}

// Writes by what tells them apart: table, put or delete, and the bytes of the item or key.
class WritePositions {
 public:
  explicit WritePositions(const BatchWriteRequest& request) {
    for (size_t i = 0; i < request.writes.size(); ++i) {
      if (const auto* put = std::get_if<PutRequest>(&request.writes[i])) {
        positions_.emplace(Name{put->table, true, put->item.bytes}, i);
      } else {
        const auto& erase = std::get<DeleteRequest>(request.writes[i]);
        positions_.emplace(Name{erase.table, false, erase.key.bytes}, i);
      }
    }
  }

  // Errors: kInternal, nobody asked for it.
  Result<size_t> find(std::string_view table, const JsonValue& write) const {
    const auto members = TRY(structure_in<UnprocessedWriteShape>(write));
    const Slot& put = members[UnprocessedWriteShape::kPutRequest];
    const Slot& erase = members[UnprocessedWriteShape::kDeleteRequest];
    if (put.present() == erase.present())
      return malformed("it has a write that is neither a put nor a delete");
    const Slot& given = put.present() ? put : erase;
    const auto written = TRY(structure_in<WrittenItemShape>(given.value()));
    const auto member = put.present() ? WrittenItemShape::kItem : WrittenItemShape::kKey;
    const EncodedItem item = TRY(item_in(written[member]));
    const auto found = positions_.find(Name{table, put.present(), item.bytes});
    if (found == positions_.end()) return malformed("it has a write that was not asked for");
    return found->second;
  }

 private:
  using Name = std::tuple<std::string_view, bool, std::string_view>;
  std::map<Name, size_t> positions_;
};

}  // namespace

Result<ReadBatch> parse_batch_get(std::string_view body, const BatchGetRequest& request) {
  const auto members = TRY(read_reply<BatchGetOutput>(body));
  const GetPositions positions(request);
  ReadBatch read;
  read.items.resize(request.gets.size());
  TRY(read_responses(members[BatchGetOutput::kResponses], request, positions, read.items));
  read.reply.unprocessed =
      TRY(read_unprocessed_keys(members[BatchGetOutput::kUnprocessedKeys], positions));
  sort_unique(read.reply.unprocessed);
  read.reply.consumed_capacity = capacity_in(members[BatchGetOutput::kConsumedCapacity]);
  return read;
}

Result<BatchReply> parse_batch_write(std::string_view body, const BatchWriteRequest& request) {
  const auto members = TRY(read_reply<BatchWriteOutput>(body));
  const WritePositions positions(request);
  BatchReply reply;
  if (const Slot& tables = members[BatchWriteOutput::kUnprocessedItems]; tables.present()) {
    for (const auto table : tables.object()) {
      if (!table.value.is_array()) continue;
      for (const JsonValue write : api::array_of(table.value))
        reply.unprocessed.push_back(TRY(positions.find(table.key, write)));
    }
  }
  sort_unique(reply.unprocessed);
  reply.consumed_capacity = capacity_in(members[BatchWriteOutput::kConsumedCapacity]);
  return reply;
}

}  // namespace dynolith::odm
