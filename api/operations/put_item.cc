// PutItem: writes one whole item, replacing the one with the same key.
#include <utility>

#include "api/json/input_shapes.h"
#include "api/operations/conditional_write.h"
#include "api/operations/handlers.h"
#include "api/request/key_paths.h"

namespace dynolith::api {

Result<void> put_item(const OperationContext& context, const JsonObject& body, std::string& reply) {
  using In = PutItemInput;
  const auto members = TRY(read_request<In>(body));
  ConditionalWrite request = TRY(decode_conditional_write(
      conditional_write_slots(members, {members[In::kItem], "item"}), context.wording));
  const auto table = TRY(context.database.find_table(request.table.name, context.scope));
  if (request.condition) TRY(check_key_paths(*table, *request.condition));
  auto key = TRY(storage::key_of_item(*table, request.item.view()));

  storage::ItemWrite write = item_write(request, table, std::move(key));
  const auto& put = write.action.emplace<storage::Put>(storage::Put{std::move(request.item)});
  const auto outcome = TRY(apply_write(context, write));
  return append_write_reply(reply, context, request.options, request.table.given, *table,
                            put.item.view(), outcome, outcome.old_item.view());
}

}  // namespace dynolith::api
