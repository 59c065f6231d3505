// ExecuteStatement: one PartiQL statement. A SELECT is a Query or a Scan, anything else a write of
// one item.
#include <limits>
#include <optional>
#include <vector>

#include "api/json/input_shapes.h"
#include "api/operations/handlers.h"
#include "api/partiql/item_access.h"
#include "api/partiql/next_token.h"
#include "api/partiql/select.h"
#include "api/partiql/statement_request.h"
#include "api/request/write_request.h"

namespace dynolith::api {

namespace {

using In = ExecuteStatementInput;
using partiql::ItemAccess;
using partiql::Statement;
using partiql::StatementKind;

Result<void> check_constraints(const Members<In>& members) {
  Constraints constraints;
  check_return_consumed_capacity(constraints, members[In::kReturnConsumedCapacity]);
  partiql::check_statement_members(constraints, members[In::kStatement], members[In::kParameters],
                                   members[In::kReturnValuesOnConditionCheckFailure], "");
  if (const auto token = members[In::kNextToken].text()) {
    constexpr auto kMost = static_cast<int64_t>(partiql::kNextTokenBytesMax);
    const auto length = static_cast<int64_t>(token->size());
    if (length < 1) constraints.echo(*token, "nextToken", at_least("length", 1));
    if (length > kMost) constraints.echo(*token, "nextToken", at_most("length", kMost));
  }
  constraints.in_range(members[In::kLimit], "limit", 1, std::numeric_limits<int32_t>::max());
  return constraints.check();
}

Result<void> write(const OperationContext& context, const Members<In>& members, ItemAccess& access,
                   std::string& reply) {
  if (access.statement.kind == StatementKind::kExists) {
    return storage::validation_error(
        "EXISTS statements are only supported within ExecuteTransaction.");
  }
  if (members[In::kNextToken].present()) {
    return storage::validation_error("NextToken does not match request");
  }
  TRY(partiql::prepare(context, access, {}));  // No SELECT comes here.
  access.write.return_old_on_failure =
      returns_item_on_failure(members[In::kReturnValuesOnConditionCheckFailure]);
  auto applied = apply_write(context, access.write);
  if (!applied) return partiql::in_words_of(access.statement, std::move(applied).error());

  ConsumedCapacity capacity;
  capacity.add(*applied);
  const storage::EncodedItem returned = partiql::returned_item(access, *std::move(applied));
  JsonWriter json(reply);
  json.begin_object().name("Items").begin_array();
  if (returned.exists()) json.item(returned.view());
  json.end_array();
  const auto mode = return_consumed_capacity(members[In::kReturnConsumedCapacity]);
  if (mode != ReturnConsumedCapacity::kNone) {
    json.name("ConsumedCapacity");
    capacity.append(json, mode, access.statement.table);
  }
  json.end_object();
  return {};
}

// Needs: it passed its constraint.
std::optional<uint32_t> limit_of(const Slot& slot) {
  const auto limit = slot.integer();
  if (!limit) return std::nullopt;
  return static_cast<uint32_t>(*limit);
}

}  // namespace

Result<void> execute_statement(const OperationContext& context, const JsonObject& body,
                               std::string& reply) {
  const auto members = TRY(read_request<In>(body));
  TRY(check_constraints(members));
  const auto parameters =
      TRY(partiql::read_parameters(members[In::kParameters], context.value_wording));
  const std::string_view text = *members[In::kStatement].text();
  Statement statement = TRY(partiql::read_statement(text, parameters));
  if (statement.kind != StatementKind::kSelect) {
    ItemAccess access(std::move(statement));
    return write(context, members, access, reply);
  }
  const partiql::SelectOptions options{
      .text = text,
      .limit = limit_of(members[In::kLimit]),
      .next_token = members[In::kNextToken].text(),
      .consistent = members[In::kConsistentRead].boolean_or(false),
      .capacity = return_consumed_capacity(members[In::kReturnConsumedCapacity])};
  return partiql::append_select(context, statement, parameters, options, reply);
}

}  // namespace dynolith::api
