// BatchExecuteStatement: up to 25 PartiQL statements, each about one item, all reads or all writes.
// Each stands for itself: what is wrong with one is said in its place of the reply.
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/admission.h"
#include "api/json/input_shapes.h"
#include "api/operations/handlers.h"
#include "api/partiql/item_access.h"
#include "api/partiql/statement_request.h"
#include "api/request/consumed_capacity.h"
#include "api/request/write_request.h"

namespace dynolith::api {

namespace {

using In = BatchExecuteStatementInput;
using Member = BatchStatementRequestShape;
using partiql::ItemAccess;
using partiql::StatementKind;

constexpr size_t kStatementsMax = 25;
constexpr std::string_view kNoKey =
    "Select statements within BatchExecuteStatement must specify the primary key in the where "
    "clause.";

struct BatchStatement {
  ItemAccess access;
  bool consistent = false;
  std::optional<Error> error;
  storage::EncodedItem item;  // Of the answer.
};

// What the statements cost, by table in the order of their first mention.
class Capacities {
 public:
  ConsumedCapacity& of(const std::string& table) {
    for (Entry& entry : entries_) {
      if (entry.table == table) return entry.capacity;
    }
    return entries_.emplace_back(Entry{table, {}}).capacity;
  }
  void append(JsonWriter& json, ReturnConsumedCapacity mode) const {
    if (mode == ReturnConsumedCapacity::kNone) return;
    json.name("ConsumedCapacity").begin_array();
    for (const Entry& entry : entries_) entry.capacity.append(json, mode, entry.table);
    json.end_array();
  }

 private:
  struct Entry {
    std::string table;
    ConsumedCapacity capacity;
  };
  std::deque<Entry> entries_;
};

std::vector<Members<Member>> statements_of(const Slot& list) {
  std::vector<Members<Member>> statements;
  if (!list.present()) return statements;
  for (const JsonValue element : list.array()) {
    statements.push_back(element.is_null() ? Members<Member>()
                                           : read_structure<Member>(object_of(element)));
  }
  return statements;
}

Result<void> check_constraints(const Members<In>& members,
                               const std::vector<Members<Member>>& statements) {
  Constraints constraints;
  check_return_consumed_capacity(constraints, members[In::kReturnConsumedCapacity]);
  const Slot& list = members[In::kStatements];
  constraints.required(list, "statements");
  if (list.present() && statements.empty()) {
    constraints.echo("[]", "statements", at_least("length", 1));
  } else if (statements.size() > kStatementsMax) {
    constraints.echo(echo_of(list.value()), "statements", at_most("length", kStatementsMax));
  }
  for (size_t i = 0; i < statements.size(); ++i) {
    partiql::check_statement_members(constraints, statements[i][Member::kStatement],
                                     statements[i][Member::kParameters],
                                     statements[i][Member::kReturnValuesOnConditionCheckFailure],
                                     "statements." + std::to_string(i + 1) + ".member.");
  }
  return constraints.check();
}

Result<void> read(const Members<Member>& members, Wording wording, BatchStatement& statement) {
  const auto parameters = TRY(partiql::read_parameters(members[Member::kParameters], wording));
  statement.access.statement =
      TRY(partiql::read_statement(*members[Member::kStatement].text(), parameters));
  statement.consistent = members[Member::kConsistentRead].boolean_or(false);
  statement.access.write.return_old_on_failure =
      returns_item_on_failure(members[Member::kReturnValuesOnConditionCheckFailure]);
  if (statement.access.statement.kind == StatementKind::kExists) {
    return storage::validation_error(
        "EXISTS statements are only supported within ExecuteTransaction.");
  }
  return {};
}

Result<void> check_together(const std::deque<BatchStatement>& statements) {
  bool any_read = false, any_write = false;
  for (const BatchStatement& each : statements) {
    if (each.error) continue;
    (each.access.statement.is_read() ? any_read : any_write) = true;
  }
  if (!any_read || !any_write) return {};
  return storage::validation_error(
      "Read and write requests together in the same batch is not supported.");
}

Result<void> check_distinct(const std::deque<BatchStatement>& statements) {
  std::set<std::string_view> keys;
  for (const BatchStatement& each : statements) {
    if (each.error || keys.insert(each.access.write.key.bytes).second) continue;
    return storage::validation_error("Provided list of item keys contains duplicates");
  }
  return {};
}

Result<void> read_item(const OperationContext& context, BatchStatement& statement,
                       ConsumedCapacity& capacity) {
  const ItemAccess& access = statement.access;
  if (context.admission != nullptr) {
    TRY(context.admission->admit_read(*access.table, nullptr, context.region));
  }
  return context.database.get(*access.table, access.write.key, [&](const storage::ItemView& item) {
    const double units = read_units(item.item_bytes(), statement.consistent);
    capacity.add_table(units);
    if (context.admission != nullptr) {
      context.admission->charge_read(*access.table, nullptr, units);
    }
    statement.item = partiql::selected_item(access, item);
  });
}

void carry_out(const OperationContext& context, BatchStatement& statement, Capacities& capacities) {
  ItemAccess& access = statement.access;
  ConsumedCapacity& capacity = capacities.of(access.statement.table);
  if (access.statement.is_read()) {
    auto done = read_item(context, statement, capacity);
    if (!done) statement.error = std::move(done).error();
    return;
  }
  auto outcome = apply_write(context, access.write);
  if (!outcome) {
    statement.error = partiql::in_words_of(access.statement, std::move(outcome).error());
    return;
  }
  capacity.add(*outcome);
  statement.item = partiql::returned_item(access, *std::move(outcome));
}

std::string_view batch_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kValidation:
    case ErrorCode::kSerialization:
      return "ValidationError";
    case ErrorCode::kConditionalCheckFailed:
      return "ConditionalCheckFailed";
    case ErrorCode::kDuplicateItem:
      return "DuplicateItem";
    case ErrorCode::kResourceNotFound:
      return "ResourceNotFound";
    case ErrorCode::kItemCollectionSizeLimitExceeded:
      return "ItemCollectionSizeLimitExceeded";
    case ErrorCode::kTransactionConflict:
      return "TransactionConflict";
    case ErrorCode::kProvisionedThroughputExceeded:
      return "ProvisionedThroughputExceeded";
    case ErrorCode::kThrottling:
      return "ThrottlingError";
    case ErrorCode::kAccessDenied:
      return "AccessDenied";
    default:
      return "InternalServerError";
  }
}

void append_error(JsonWriter& json, const Error& error) {
  const std::string_view code = batch_code(error.code);
  json.begin_object().name("Error").begin_object().name("Code").string(code);
  // What went wrong inside is for the log, not for clients.
  const bool is_internal = code == "InternalServerError";
  json.name("Message").string(is_internal ? "Internal server error" : error.message);
  if (error.detail != nullptr && !error.detail->item.empty()) {
    json.name("Item").item(storage::ItemView::trusted(error.detail->item));
  }
  json.end_object().end_object();
}

void append_responses(JsonWriter& json, const std::deque<BatchStatement>& statements) {
  json.name("Responses").begin_array();
  for (const BatchStatement& each : statements) {
    if (each.error) {
      append_error(json, *each.error);
      continue;
    }
    json.begin_object().name("TableName").string(each.access.statement.table);
    if (each.item.exists()) json.name("Item").item(each.item.view());
    json.end_object();
  }
  json.end_array();
}

}  // namespace

Result<void> batch_execute_statement(const OperationContext& context, const JsonObject& body,
                                     std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  const auto sent = statements_of(members[In::kStatements]);
  TRY(check_constraints(members, sent));
  std::deque<BatchStatement> statements(sent.size());
  for (size_t i = 0; i < sent.size(); ++i) {
    auto done = read(sent[i], context.value_wording, statements[i]);
    if (!done) statements[i].error = std::move(done).error();
  }
  TRY(check_together(statements));
  for (BatchStatement& each : statements) {
    if (each.error) continue;
    auto done = partiql::prepare(context, each.access, {.no_key = kNoKey, .index = kNoKey});
    if (!done) each.error = std::move(done).error();
  }
  TRY(check_distinct(statements));
  Capacities capacities;
  for (BatchStatement& each : statements) {
    if (!each.error) carry_out(context, each, capacities);
  }
  JsonWriter json(reply);
  json.begin_object();
  append_responses(json, statements);
  capacities.append(json, return_consumed_capacity(members[In::kReturnConsumedCapacity]));
  json.end_object();
  return {};
}

}  // namespace dynolith::api
