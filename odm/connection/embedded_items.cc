// The embedded connection's calls for one item.
#include "odm/connection/capacity.h"
#include "odm/connection/embedded_calls.h"
#include "odm/connection/member_rules.h"
#include "odm/connection/table_rules.h"
#include "odm/connection/tree_rules.h"

namespace dynolith::odm::embedded_calls {
namespace {

using storage::ItemWrite;
using storage::TablePtr;

// What put, update and remove have in common.
template <class Request>
ItemWrite write_of(const Request& request, TablePtr table, storage::EncodedKey key) {
  ItemWrite write;
  write.table = std::move(table);
  write.key = std::move(key);
  write.condition = request.condition.get();
  write.return_old_on_failure = request.return_old_on_failure;
  return write;
}

storage::Result<void> check_static(const ConditionPtr& condition) {
  if (condition == nullptr) return {};
  return check_condition(*condition, "ConditionExpression");
}

storage::Result<void> check_against(const storage::Table& table, const ConditionPtr& condition) {
  if (condition == nullptr) return {};
  return check_key_paths(table, *condition);
}

storage::Result<WriteReply> apply(Database& database, const ItemWrite& write) {
  auto outcome = TRY(database.apply(write));
  WriteReply reply;
  reply.consumed_capacity = write_units(outcome);
  if (write.return_old) reply.item = std::move(outcome.old_item);
  if (write.return_new) reply.item = std::move(outcome.new_item);
  return reply;
}

}  // namespace

storage::Result<TablePtr> find_table(const Database& database, const std::string& name) {
  auto table = database.find_table(name);
  if (!table.ok()) [[unlikely]]
    TRY(check_table_name(name));
  return table;
}

storage::Result<ReadReply> get(Database& database, const GetRequest& request, ItemSink sink) {
  const storage::Projection* const projection = request.projection.get();
  if (projection != nullptr) TRY(check_projection(*projection));
  const auto table = TRY(find_table(database, request.table));
  if (projection != nullptr) TRY(check_key_paths(*table, *projection));
  const auto key = TRY(storage::key_of_key_parameter(*table, request.key.view()));
  ReadReply reply;
  TRY(database.get(*table, key, [&](const ItemView& item) {
    reply.consumed_capacity = read_units(item.item_bytes(), request.consistent);
    if (projection != nullptr && item.exists())
      sink(storage::project(item, *projection).view());
    else
      sink(item);
  }));
  return reply;
}

storage::Result<WriteReply> put(Database& database, const PutRequest& request) {
  TRY(check_static(request.condition));
  auto table = TRY(find_table(database, request.table));
  TRY(check_against(*table, request.condition));
  auto key = TRY(storage::key_of_item(*table, request.item.view()));
  ItemWrite write = write_of(request, std::move(table), std::move(key));
  write.action = storage::Put{request.item};
  write.return_old = request.return_old;
  return apply(database, write);
}

storage::Result<WriteReply> update(Database& database, const UpdateRequest& request) {
  static const storage::Update kNothing;  // Makes the item be there, and does no more.
  const storage::Update& update = request.update != nullptr ? *request.update : kNothing;
  TRY(check_update(update));
  TRY(check_static(request.condition));
  auto table = TRY(find_table(database, request.table));
  TRY(check_key_paths(*table, update));
  TRY(check_against(*table, request.condition));
  auto key = TRY(storage::key_of_key_parameter(*table, request.key.view()));
  TRY(check_leaves_key(*table, update));
  ItemWrite write = write_of(request, std::move(table), std::move(key));
  write.key_item = request.key;
  write.action = storage::UpdateWrite{&update};
  write.return_old = request.returns == UpdateRequest::Return::kAllOld;
  write.return_new = request.returns == UpdateRequest::Return::kAllNew;
  return apply(database, write);
}

storage::Result<WriteReply> remove(Database& database, const DeleteRequest& request) {
  TRY(check_static(request.condition));
  auto table = TRY(find_table(database, request.table));
  TRY(check_against(*table, request.condition));
  auto key = TRY(storage::key_of_key_parameter(*table, request.key.view()));
  ItemWrite write = write_of(request, std::move(table), std::move(key));
  write.action = storage::Delete{};
  write.return_old = request.return_old;
  return apply(database, write);
}

}  // namespace dynolith::odm::embedded_calls
