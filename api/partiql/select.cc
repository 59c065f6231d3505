#include "api/partiql/select.h"

#include "api/partiql/key_reads.h"
#include "api/partiql/next_token.h"
#include "api/request/range_request.h"
#include "storage/limits.h"

namespace dynolith::api::partiql {

using storage::validation_error;

namespace {

Result<const storage::Index*> find_index(const storage::Table& table, const Statement& statement,
                                         bool consistent) {
  if (!statement.index) return nullptr;
  const storage::Index* index = table.find_index(*statement.index);
  if (index == nullptr) return validation_error("The table does not have the specified index");
  TRY(storage::check_readable(table, *index));
  if (consistent && index->definition.kind == storage::IndexKind::kGlobal) {
    return validation_error(
        "Strongly consistent read is not supported on Global Secondary Indexes");
  }
  if (index->definition.key.partition.size() > 1 || index->definition.key.sort.size() > 1) {
    return validation_error(
        "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or "
        "multi-attribute RANGE keys.");
  }
  return index;
}

// One page, which may take from several stretches of keys one after the other.
class PageReader {
 public:
  PageReader(const KeyReads& reads, storage::RangeRead& read, ReadPosition position)
      : reads_(reads), read_(read), position_(std::move(position)) {
    read_.forward = reads.forward;
    limit_ = read.limit;
  }

  Result<void> read(const OperationContext& context, JsonWriter& json, bool consistent) {
    const size_t count = reads_.is_scan ? 1 : reads_.queries.size();
    if (position_.query > 0 && position_.query >= count) {
      return validation_error("Invalid NextToken");
    }
    for (; position_.query < count; ++position_.query) {
      if (is_full()) return {};
      prepare_read();
      const auto page = TRY(context.database.read_range(
          read_, [&](const storage::ItemView& item) { json.item(item); }));
      charge_page(context, read_, page, consistent);
      add_capacity(capacity, read_, page, consistent);
      evaluated_ += page.scanned_count;
      bytes_ += page.evaluated_bytes;
      position_.start = {};
      if (!page.last_evaluated_key.exists() || reads_one_item()) continue;
      position_.start = page.last_evaluated_key;
      return {};
    }
    is_done_ = true;
    return {};
  }

  // Where to go on; null: nothing follows.
  const ReadPosition* next() const { return is_done_ ? nullptr : &position_; }

  ConsumedCapacity capacity;

 private:
  bool is_full() const {
    return (limit_ && evaluated_ >= *limit_) || bytes_ >= storage::kPageBytesMax;
  }

  void prepare_read() {
    if (!reads_.is_scan) read_.key_condition = &reads_.queries[position_.query];
    read_.exclusive_start_key = position_.start;
    if (limit_) read_.limit = *limit_ - evaluated_;
    read_.page_bytes_max = storage::kPageBytesMax - bytes_;
  }

  // The whole key is given: there is no place after the item where reading could go on.
  bool reads_one_item() const {
    return !reads_.is_scan && read_.index == nullptr &&
           read_.key_condition->sort_equals.size() == read_.table->key().sort.size();
  }

  const KeyReads& reads_;
  storage::RangeRead& read_;
  ReadPosition position_;
  std::optional<uint32_t> limit_;
  uint32_t evaluated_ = 0;
  uint64_t bytes_ = 0;
  bool is_done_ = false;
};

}  // namespace

Result<void> append_select(const OperationContext& context, Statement& statement,
                           const std::vector<storage::EncodedValue>& parameters,
                           const SelectOptions& options, std::string& reply) {
  RangeRequest request;
  request.table = TRY(table_reference(statement.table));
  request.limit = options.limit;
  request.consistent = options.consistent;
  request.projection = std::move(statement.projection);
  const auto table = TRY(context.database.find_table(request.table.name, context.scope));
  const storage::Index* index = TRY(find_index(*table, statement, options.consistent));
  KeyReads reads = TRY(plan_reads(*table, index, std::move(statement.where), statement.order));
  request.filter = std::move(reads.filter);
  storage::RangeRead read = TRY(range_read(request, table, index));

  const TokenSubject subject{options.text, parameters, *table};
  ReadPosition position;
  if (options.next_token) position = TRY(read_next_token(*options.next_token, subject));
  PageReader page(reads, read, std::move(position));
  JsonWriter json(reply);
  json.begin_object().name("Items").begin_array();
  TRY(admit_page(context, read));
  TRY(page.read(context, json, options.consistent));
  json.end_array();
  if (const ReadPosition* next = page.next()) {
    json.name("NextToken").string(make_next_token(*next, subject));
    if (next->start.exists()) json.name("LastEvaluatedKey").item(next->start.view());
  }
  if (options.capacity != ReturnConsumedCapacity::kNone) {
    json.name("ConsumedCapacity");
    page.capacity.append(json, options.capacity, request.table.given);
  }
  json.end_object();
  return {};
}

}  // namespace dynolith::api::partiql
