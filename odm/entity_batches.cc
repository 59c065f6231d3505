// Many items in one call: in chunks that the service takes, until nothing is left over.
#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>

#include "odm/entity_core.h"
#include "odm/entity_support.h"
#include "odm/unique_batches.h"
#include "storage/limits.h"

namespace dynolith::odm {
namespace {

Error left_over(const Schema& schema, std::string_view verb, size_t left, size_t all,
                int attempts) {
  std::string message = schema.model;
  message.append(": ").append(std::to_string(left)).append(" of ").append(std::to_string(all));
  message.append(" items were not ").append(verb).append(" after ");
  message.append(std::to_string(attempts)).append(" attempts");
  return make_error(ErrorCode::kThrottled, std::move(message));
}

// Says which member of the call an error is about.
Error at_position(Error error, size_t position) {
  const std::string prefix = "[" + std::to_string(position) + "]";
  for (Problem& problem : error.problems)
    problem.path = problem.path.empty() ? prefix : prefix + "." + problem.path;
  if (error.problems.empty()) error.message = prefix + ": " + error.message;
  return error;
}

struct Sent {
  std::vector<size_t> left;
  bool was_full = false;  // The answer took no more: nothing was throttled.
};

using Chunk = std::vector<size_t>;  // Positions.

Chunk chunk_of(size_t from, size_t count) {
  Chunk chunk(count);
  std::iota(chunk.begin(), chunk.end(), from);
  return chunk;
}

// Sends positions 0 to `all` chunk by chunk, each until nothing of it is left over. `take` gives
// the chunk that begins at a position.
template <class Take, class Send>
Result<void> in_chunks(const EntityCore& core, size_t all, std::string_view verb, Take take,
                       Send send) {
  const TableOptions& options = core.table().options;
  size_t next = 0;
  while (next < all) {
    Chunk chunk = take(next);
    next += chunk.size();
    for (int attempt = 1; !chunk.empty();) {
      Sent sent = TRY(send(chunk));
      const bool got_on = sent.left.size() < chunk.size();
      chunk = std::move(sent.left);
      if (chunk.empty() || (sent.was_full && got_on)) continue;
      if (attempt >= options.batch_attempts_max)
        return left_over(core.schema(), verb, chunk.size() + all - next, all, attempt);
      internal::wait_before_retry(core.connection(), attempt++, options.batch_wait_ms);
    }
  }
  return {};
}

Chunk positions_of(const std::vector<size_t>& unprocessed, const Chunk& chunk) {
  Chunk positions;
  positions.reserve(unprocessed.size());
  for (const size_t i : unprocessed)
    if (i < chunk.size()) positions.push_back(chunk[i]);
  return positions;
}

// Keys to read, each once.
class Reads {
 public:
  explicit Reads(std::span<const EncodedItem> keys) : keys_(keys) {
    std::map<std::string_view, size_t> seen;
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto [place, is_new] = seen.emplace(keys[i].bytes, wanted_.size());
      if (is_new) wanted_.emplace_back();
      wanted_[place->second].push_back(i);
    }
  }

  size_t size() const { return wanted_.size(); }
  // Where the caller's keys have it.
  const std::vector<size_t>& positions(size_t read) const { return wanted_[read]; }
  Chunk chunk(size_t from) const {
    return chunk_of(from, std::min(wanted_.size() - from, storage::kBatchGetKeysMax));
  }
  Result<BatchGetRequest> request(const EntityCore& core, const Chunk& chunk,
                                  const ReadOptions& options) const {
    BatchGetRequest request;
    request.gets.reserve(chunk.size());
    for (const size_t i : chunk)
      request.gets.push_back(TRY(core.get_request(keys_[wanted_[i].front()], options)));
    return request;
  }

 private:
  std::span<const EncodedItem> keys_;
  std::vector<std::vector<size_t>> wanted_;
};

struct Write {
  std::variant<PutRequest, DeleteRequest> request;
  size_t bytes = 0;
};

// As many as a request takes.
Chunk write_chunk(const std::vector<Write>& writes, size_t from) {
  size_t count = 0, bytes = 0;
  while (from + count < writes.size() && count < storage::kBatchWriteItemsMax) {
    bytes += writes[from + count].bytes;
    if (count > 0 && bytes > storage::kBatchBytesMax) break;
    ++count;
  }
  return chunk_of(from, count);
}

BatchWriteRequest write_request(const std::vector<Write>& writes, const Chunk& chunk) {
  BatchWriteRequest request;
  request.writes.reserve(chunk.size());
  for (const size_t i : chunk) request.writes.push_back(writes[i].request);
  return request;
}

Result<void> write_all(const EntityCore& core, const std::vector<Write>& writes,
                       std::string_view verb) {
  const auto take = [&writes](size_t from) { return write_chunk(writes, from); };
  const auto send = [&](const Chunk& chunk) -> Result<Sent> {
    const BatchReply reply = TRY(core.connection().batch_write(write_request(writes, chunk)));
    return Sent{positions_of(reply.unprocessed, chunk)};
  };
  return in_chunks(core, writes.size(), verb, take, send);
}

std::vector<Request> show_all(const std::vector<Write>& writes) {
  std::vector<Request> requests;
  for (size_t next = 0; next < writes.size();) {
    const Chunk chunk = write_chunk(writes, next);
    requests.emplace_back(write_request(writes, chunk));
    next += chunk.size();
  }
  return requests;
}

Result<void> check_writes(const Schema& schema, std::span<const EncodedItem> keys) {
  std::map<std::string_view, size_t> seen;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto [first, is_new] = seen.emplace(keys[i].bytes, i);
    if (!is_new)
      return make_error(ErrorCode::kBadRequest,
                        schema.model + ": members " + std::to_string(first->second) + " and " +
                            std::to_string(i) + " of a batch have the same key");
  }
  return {};
}

Result<std::vector<Write>> puts_of(const EntityCore& core, std::span<void* const> objects) {
  if (!core.schema().partition) return internal::no_table_key(core.schema());
  std::vector<Write> writes;
  std::vector<EncodedItem> keys;
  writes.reserve(objects.size());
  keys.reserve(objects.size());
  for (size_t i = 0; i < objects.size(); ++i) {
    Result<PutRequest> request = core.put_request(objects[i], {});
    if (!request) return at_position(std::move(request).error(), i);
    if (core.schema().unique.empty()) {
      // The service's batches know no conditions.
      request->condition = nullptr;
      request->return_old_on_failure = false;
    }
    keys.push_back(TRY(key_of(core.schema(), objects[i])));
    const size_t bytes = request->item.bytes.size();
    writes.push_back({std::move(request).value(), bytes});
  }
  TRY(check_writes(core.schema(), keys));
  return writes;
}

Result<std::vector<Write>> removals_of(const EntityCore& core, std::span<const EncodedItem> keys) {
  if (!core.schema().partition) return internal::no_table_key(core.schema());
  TRY(check_writes(core.schema(), keys));
  std::vector<Write> writes;
  writes.reserve(keys.size());
  for (const EncodedItem& key : keys) {
    DeleteRequest request{.table = core.table().name, .key = key};
    if (!core.schema().unique.empty()) request = TRY(core.remove_request(key, {}));
    writes.push_back({std::move(request), key.bytes.size()});
  }
  return writes;
}

// Of a model with unique attributes.
internal::TransactionOperations operations_of(const EntityCore& core,
                                              const std::vector<Write>& writes) {
  std::vector<TransactAction> actions;
  actions.reserve(writes.size());
  for (const Write& write : writes)
    std::visit([&](const auto& request) { actions.emplace_back(request); }, write.request);
  return internal::batch_operations(core, std::move(actions));
}

}  // namespace

namespace internal {

Result<std::vector<EncodedItem>> stored_items(const EntityCore& core,
                                              const std::vector<GetRequest>& gets) {
  std::vector<EncodedItem> items(gets.size());
  if (gets.size() == 1) {
    TRY(core.connection().get(gets.front(),
                              [&](const ItemView& item) { items[0].bytes.assign(item.bytes()); }));
    return items;
  }
  const auto take = [&gets](size_t from) {
    return chunk_of(from, std::min(gets.size() - from, storage::kBatchGetKeysMax));
  };
  const auto send = [&](const Chunk& chunk) -> Result<Sent> {
    BatchGetRequest request;
    for (const size_t i : chunk) request.gets.push_back(gets[i]);
    size_t bytes = 0;
    const auto sink = [&](size_t at, const ItemView& item) {
      bytes += item.item_bytes();
      if (at < chunk.size()) items[chunk[at]].bytes.assign(item.bytes());
    };
    const BatchReply reply = TRY(core.connection().batch_get(request, sink));
    return Sent{positions_of(reply.unprocessed, chunk),
                bytes + storage::kItemBytesMax > storage::kBatchBytesMax};
  };
  TRY(in_chunks(core, gets.size(), "read", take, send));
  return items;
}

}  // namespace internal

Result<void> EntityCore::get_many(std::span<const EncodedItem> keys,
                                  storage::FunctionRef<void*(size_t index)> found,
                                  const ReadOptions& options) const {
  if (!schema_->partition) return internal::no_table_key(*schema_);
  const Reads reads(keys);
  const SelectedParts* const parts = options.parts == nullptr ? nullptr : &options.parts->parts;
  const auto take = [&reads](size_t from) { return reads.chunk(from); };
  const auto send = [&](const Chunk& chunk) -> Result<Sent> {
    const BatchGetRequest request = TRY(reads.request(*this, chunk, options));
    Result<void> decoded;
    size_t bytes = 0;
    const auto sink = [&](size_t at, const ItemView& item) {
      if (!item.exists()) return;
      bytes += item.item_bytes();
      if (at >= chunk.size() || !decoded || !shows(item)) return;
      for (const size_t position : reads.positions(chunk[at])) {
        decoded = read_object(*schema_, item, found(position),
                              parts == nullptr ? Reading::kWhole : Reading::kPartial, parts);
        if (!decoded) {
          decoded = at_position(std::move(decoded).error(), position);
          return;
        }
      }
    };
    const BatchReply reply = TRY(connection().batch_get(request, sink));
    TRY(std::move(decoded));
    return Sent{positions_of(reply.unprocessed, chunk),
                bytes + storage::kItemBytesMax > storage::kBatchBytesMax};
  };
  return in_chunks(*this, reads.size(), "read", take, send);
}

Result<std::vector<Request>> EntityCore::dry_get_many(std::span<const EncodedItem> keys,
                                                      const ReadOptions& options) const {
  if (!schema_->partition) return internal::no_table_key(*schema_);
  const Reads reads(keys);
  std::vector<Request> requests;
  for (size_t next = 0; next < reads.size();) {
    const Chunk chunk = reads.chunk(next);
    requests.emplace_back(TRY(reads.request(*this, chunk, options)));
    next += chunk.size();
  }
  return requests;
}

Result<void> EntityCore::put_many(std::span<void* const> objects) const {
  const std::vector<Write> writes = TRY(puts_of(*this, objects));
  const auto finish = [&](size_t i) {
    return finish_write(WriteKind::kPut, std::get<PutRequest>(writes[i].request).item.view(),
                        objects[i]);
  };
  if (schema_->unique.empty()) {
    TRY(write_all(*this, writes, "written"));
    for (size_t i = 0; i < objects.size(); ++i) TRY(finish(i));
    return {};
  }
  const internal::BatchOutcomes outcomes =
      internal::write_each(*this, operations_of(*this, writes));
  for (size_t i = 0; i < objects.size(); ++i)
    if (!internal::stands_in_the_way(outcomes.operations[i])) TRY(finish(i));
  if (std::optional<Error> error = outcomes.error(*schema_, "written")) return *std::move(error);
  return {};
}

Result<std::vector<Request>> EntityCore::dry_put_many(std::span<void* const> objects) const {
  const std::vector<Write> writes = TRY(puts_of(*this, objects));
  if (schema_->unique.empty()) return show_all(writes);
  return internal::show_each(*this, operations_of(*this, writes));
}

Result<void> EntityCore::remove_many(std::span<const EncodedItem> keys) const {
  const std::vector<Write> writes = TRY(removals_of(*this, keys));
  if (schema_->unique.empty()) return write_all(*this, writes, "removed");
  const internal::BatchOutcomes outcomes =
      internal::write_each(*this, operations_of(*this, writes));
  if (std::optional<Error> error = outcomes.error(*schema_, "removed")) return *std::move(error);
  return {};
}

Result<std::vector<Request>> EntityCore::dry_remove_many(std::span<const EncodedItem> keys) const {
  const std::vector<Write> writes = TRY(removals_of(*this, keys));
  if (schema_->unique.empty()) return show_all(writes);
  return internal::show_each(*this, operations_of(*this, writes));
}

}  // namespace dynolith::odm
