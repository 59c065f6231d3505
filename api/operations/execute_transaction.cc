// ExecuteTransaction: up to 100 PartiQL statements, each about one item: all reads, from one state
// of the database, or all writes, of which EXISTS is one, all or none of them.
#include <algorithm>
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
#include "api/request/request_digest.h"
#include "api/request/transact_request.h"
#include "storage/engine/cancellation.h"
#include "storage/limits.h"

namespace dynolith::api {

namespace {

using In = ExecuteTransactionInput;
using Member = ParameterizedStatementShape;
using partiql::ItemAccess;
using partiql::StatementKind;
using storage::validation_error;

constexpr std::string_view kNoKey =
    "Select statements within ExecuteTransaction must specify the primary key in the where clause.";
constexpr std::string_view kIndex = "Reads on indices are not supported within transactions.";
constexpr double kTransactional = 2;  // What a transaction costs more: of tables, not of indexes.

// Stay where they are: writes and tables borrow from them.
using Statements = std::deque<ItemAccess>;

// The statements' tables, once they are known.
struct Tables {
  TransactTables all;
  std::vector<size_t> of_statement;  // Into `all`.
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
  constexpr auto kMost = static_cast<int64_t>(storage::kTransactionActionsMax);
  Constraints constraints;
  check_client_request_token(constraints, members[In::kClientRequestToken]);
  check_return_consumed_capacity(constraints, members[In::kReturnConsumedCapacity]);
  const Slot& list = members[In::kTransactStatements];
  constraints.required(list, "transactStatements");
  if (list.present() && statements.empty()) {
    constraints.echo("[]", "transactStatements", at_least("length", 1));
  } else if (statements.size() > storage::kTransactionActionsMax) {
    constraints.echo(echo_of(list.value()), "transactStatements", at_most("length", kMost));
  }
  const size_t checked = std::min(statements.size(), storage::kTransactionActionsMax);
  for (size_t i = 0; i < checked; ++i) {
    partiql::check_statement_members(constraints, statements[i][Member::kStatement],
                                     statements[i][Member::kParameters],
                                     statements[i][Member::kReturnValuesOnConditionCheckFailure],
                                     "transactStatements." + std::to_string(i + 1) + ".member.");
  }
  return constraints.check();
}

Error in_statement(size_t at, Error error) {
  if (error.code != ErrorCode::kValidation) return error;
  error.message =
      "Validation failed in TransactStatements[" + std::to_string(at) + "]: " + error.message;
  return error;
}

Result<void> read(const Members<Member>& members, Wording wording, ItemAccess& access) {
  const auto parameters = TRY(partiql::read_parameters(members[Member::kParameters], wording));
  access.statement = TRY(partiql::read_statement(*members[Member::kStatement].text(), parameters));
  access.write.return_old_on_failure =
      returns_item_on_failure(members[Member::kReturnValuesOnConditionCheckFailure]);
  if (access.statement.returning) {
    return validation_error("RETURNING clause is not supported in ExecuteTransaction.");
  }
  if (access.statement.index) return validation_error(std::string(kIndex));
  return {};
}

Result<void> check_together(const Statements& statements) {
  const auto is_select = [](const ItemAccess& access) {
    return access.statement.kind == StatementKind::kSelect;
  };
  const auto reads = std::count_if(statements.begin(), statements.end(), is_select);
  if (reads == 0 || static_cast<size_t>(reads) == statements.size()) return {};
  return validation_error(
      "ExecuteTransaction API does not support both read and write operations in the same "
      "request.");
}

// An EXISTS that is true whenever there is an item says nothing; and of an item that is not there
// it is never true.
Result<void> prepare_exists(ItemAccess& access) {
  if (!access.statement.where) {
    return validation_error(
        "EXISTS must have a condition in addition to the primary key in the where clause.");
  }
  const std::string& partition = access.table->key().partition.front().name;
  storage::And both;
  both.all.push_back({storage::AttributeExists{{{partition}}}});
  both.all.push_back(std::move(*access.statement.where));
  access.statement.where = storage::Condition{std::move(both)};
  access.write.condition = &*access.statement.where;
  return {};
}

Result<void> prepare(const OperationContext& context, ItemAccess& access) {
  TRY(partiql::prepare(context, access, {.no_key = kNoKey, .index = kIndex}));
  if (access.statement.kind == StatementKind::kExists) return prepare_exists(access);
  return {};
}

Result<void> check_items(const Statements& statements) {
  std::set<std::string_view> keys;
  size_t bytes = 0;
  for (const ItemAccess& access : statements) {
    // What has no key was found to be impossible.
    if (!access.write.key.bytes.empty() && !keys.insert(access.write.key.bytes).second) {
      return validation_error("Transaction request cannot include multiple operations on one item");
    }
    const auto* put = std::get_if<storage::Put>(&access.write.action);
    if (put != nullptr) bytes += put->item.view().item_bytes();
  }
  return check_transaction_bytes(bytes);
}

// All tables are found before any statement is held against its own.
Result<void> resolve(const OperationContext& context, Statements& statements, Tables& tables) {
  for (const ItemAccess& access : statements) {
    const auto reference = TRY(table_reference(access.statement.table));
    tables.of_statement.push_back(TRY(tables.all.find(context.database, reference, context.scope)));
  }
  std::optional<Error> impossible;
  size_t impossible_at = 0;
  for (size_t i = 0; i < statements.size(); ++i) {
    auto prepared = prepare(context, statements[i]);
    if (prepared) continue;
    if (!statements[i].misfits) return in_statement(i, std::move(prepared).error());
    if (impossible) continue;
    impossible = std::move(prepared).error();
    impossible_at = i;
  }
  TRY(check_items(statements));
  if (!impossible) return {};
  return storage::transaction_canceled_by(impossible_at, statements.size(),
                                          storage::reason_of(*impossible));
}

Result<void> admit(const OperationContext& context, const Statements& statements,
                   Admission::Direction direction) {
  if (context.admission == nullptr) return {};
  std::vector<const storage::Table*> tables;
  for (const ItemAccess& access : statements) tables.push_back(access.table.get());
  return context.admission->admit_transaction(tables, direction, context.region);
}

Result<void> append_reads(const OperationContext& context, const Statements& statements,
                          Tables& tables, JsonWriter& json) {
  std::vector<storage::TableKey> keys;
  keys.reserve(statements.size());
  for (const ItemAccess& access : statements) {
    keys.push_back({access.table.get(), &access.write.key});
  }
  TRY(admit(context, statements, Admission::Direction::kRead));
  size_t bytes = 0;
  TRY(context.database.multi_get(keys, [&](size_t i, const storage::ItemView& item) {
    bytes += item.item_bytes();
    if (bytes > storage::kTransactionBytesMax) return false;
    const double units = kTransactional * read_units(item.item_bytes(), true);
    tables.all.capacity(tables.of_statement[i]).add_table(units);
    if (context.admission != nullptr) {
      context.admission->charge_read(*keys[i].table, nullptr, units);
    }
    const auto selected = partiql::selected_item(statements[i], item);
    json.begin_object();
    if (selected.exists()) json.name("Item").item(selected.view());
    json.end_object();
    return true;
  }));
  return check_transaction_bytes(bytes);
}

// The reasons of failed INSERTs in their words.
Error in_words_of(const Statements& statements, Error error) {
  if (error.code != ErrorCode::kTransactionCanceled || error.detail == nullptr) return error;
  auto reasons = error.detail->reasons;
  for (size_t i = 0; i < std::min(reasons.size(), statements.size()); ++i) {
    if (reasons[i].code != "ConditionalCheckFailed") continue;
    if (statements[i].statement.kind != StatementKind::kInsert) continue;
    reasons[i].code = "DuplicateItem";
    reasons[i].message = "Duplicate primary key exists in table";
  }
  return storage::transaction_canceled(std::move(reasons));
}

void add_capacity(const storage::TransactionOutcome& outcome, Tables& tables) {
  for (size_t i = 0; i < outcome.writes.size(); ++i) {
    ConsumedCapacity& capacity = tables.all.capacity(tables.of_statement[i]);
    capacity.add_table(outcome.writes[i].table_write_units * kTransactional);
    for (const auto& charge : outcome.writes[i].index_charges) {
      capacity.add_index(*charge.index, charge.write_units);
    }
  }
}

// A replay only reads the items.
Result<void> append_replay_capacity(const OperationContext& context, const Statements& statements,
                                    const storage::TransactionOutcome& outcome, JsonWriter& json,
                                    ReturnConsumedCapacity mode) {
  TransactTables tables(ConsumedCapacity::Units::kRead);
  const size_t count = std::min(outcome.item_bytes.size(), statements.size());
  for (size_t i = 0; i < count; ++i) {
    const auto reference = TRY(table_reference(statements[i].statement.table));
    const size_t at = TRY(tables.find(context.database, reference, context.scope));
    tables.capacity(at).add_table(kTransactional * read_units(outcome.item_bytes[i], true));
  }
  tables.append_capacity(json, mode);
  return {};
}

Result<storage::TransactionOutcome> write(const OperationContext& context,
                                          const Members<In>& members, Statements& statements) {
  TRY(admit(context, statements, Admission::Direction::kWrite));
  std::vector<storage::ItemWrite> writes;
  writes.reserve(statements.size());
  for (ItemAccess& access : statements) writes.push_back(std::move(access.write));
  const auto token = members[In::kClientRequestToken].text().value_or("");
  const std::string digest =
      token.empty() ? std::string() : digest_of(members[In::kTransactStatements].value());
  auto outcome = context.database.transact(
      writes, {.token = token, .scope = context.scope, .request = digest});
  if (!outcome) return in_words_of(statements, std::move(outcome).error());
  for (size_t i = 0; context.admission != nullptr && i < outcome->writes.size(); ++i) {
    context.admission->charge_write(*writes[i].table, outcome->writes[i], kTransactional);
  }
  return outcome;
}

Result<void> read_all(const Members<In>& members, Wording wording, Statements& statements) {
  const auto sent = statements_of(members[In::kTransactStatements]);
  TRY(check_constraints(members, sent));
  for (size_t i = 0; i < sent.size(); ++i) {
    auto done = read(sent[i], wording, statements.emplace_back());
    if (!done) return in_statement(i, std::move(done).error());
  }
  return check_together(statements);
}

}  // namespace

Result<void> execute_transaction(const OperationContext& context, const JsonObject& body,
                                 std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  Statements statements;
  TRY(read_all(members, context.value_wording, statements));
  const bool reads = statements.front().statement.kind == StatementKind::kSelect;
  using Units = ConsumedCapacity::Units;
  Tables tables{TransactTables(reads ? Units::kRead : Units::kWrite), {}};
  TRY(resolve(context, statements, tables));

  const auto mode = return_consumed_capacity(members[In::kReturnConsumedCapacity]);
  JsonWriter json(reply);
  json.begin_object().name("Responses").begin_array();
  if (reads) TRY(append_reads(context, statements, tables, json));
  json.end_array();
  if (!reads) {
    const auto outcome = TRY(write(context, members, statements));
    if (outcome.replayed) {
      TRY(append_replay_capacity(context, statements, outcome, json, mode));
      json.end_object();
      return {};
    }
    add_capacity(outcome, tables);
  }
  tables.all.append_capacity(json, mode);
  json.end_object();
  return {};
}

}  // namespace dynolith::api
