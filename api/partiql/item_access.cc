#include "api/partiql/item_access.h"

#include <utility>

#include "api/partiql/key_reads.h"
#include "api/request/key_paths.h"
#include "api/request/table_name.h"
#include "storage/database.h"
#include "storage/engine/item_keys.h"

namespace dynolith::api::partiql {

using storage::Condition;
using storage::EncodedItem;
using storage::Error;
using storage::ErrorCode;
using storage::Result;

namespace {

// There is an item with this partition key, and so with this key.
Condition exists(const storage::Table& table) {
  return {storage::AttributeExists{{{table.key().partition.front().name}}}};
}

// Needs not be an And yet.
void require_too(std::optional<Condition>& condition, Condition other) {
  if (!condition) {
    condition = std::move(other);
    return;
  }
  storage::And both;
  both.all.push_back(std::move(other));
  if (auto* conjunction = std::get_if<storage::And>(&condition->node)) {
    std::move(conjunction->all.begin(), conjunction->all.end(), std::back_inserter(both.all));
  } else {
    both.all.push_back(std::move(*condition));
  }
  condition = Condition{std::move(both)};
}

Result<void> prepare_insert(ItemAccess& access) {
  const storage::Table& table = *access.table;
  const storage::ItemView item = access.statement.item.view();
  access.misfits = !storage::has_key(table.key(), item);
  access.write.key = TRY(storage::key_of_item(table, item));
  access.write.action = storage::Put{std::move(access.statement.item)};
  access.statement.where =
      Condition{storage::AttributeNotExists{{{table.key().partition.front().name}}}};
  return {};
}

Result<void> check_paths(const storage::Table& table, const Statement& statement) {
  if (statement.where) TRY(check_key_paths(table, *statement.where));
  if (statement.projection) TRY(check_key_paths(table, *statement.projection));
  TRY(check_key_paths(table, statement.update));
  return check_leaves_key(table, statement.update);
}

Result<void> find_key(ItemAccess& access, const SelectWords& words) {
  Statement& statement = access.statement;
  const storage::Table& table = *access.table;
  auto key = take_key(table.key(), statement.where);
  if (!key && statement.is_read()) return storage::validation_error(std::string(words.no_key));
  access.write.key_item = TRY(std::move(key));
  access.misfits = !storage::has_key(table.key(), access.write.key_item.view());
  access.write.key = TRY(storage::key_of_key_parameter(table, access.write.key_item.view()));
  return {};
}

Result<void> prepare_with_key(ItemAccess& access, const SelectWords& words) {
  Statement& statement = access.statement;
  const storage::Table& table = *access.table;
  if (statement.index) return storage::validation_error(std::string(words.index));
  auto checked = check_paths(table, statement);
  TRY(find_key(access, words));
  access.misfits = !checked.ok();
  TRY(std::move(checked));
  switch (statement.kind) {
    case StatementKind::kUpdate:
      require_too(statement.where, exists(table));  // There is no upsert.
      access.write.action = storage::UpdateWrite{&statement.update};
      break;
    case StatementKind::kDelete:
      access.write.action = storage::Delete{};
      break;
    default:
      access.write.action = storage::ConditionCheck{};
      break;
  }
  return {};
}

}  // namespace

Result<void> prepare(const OperationContext& context, ItemAccess& access,
                     const SelectWords& words) {
  Statement& statement = access.statement;
  const auto reference = TRY(table_reference(statement.table));
  access.table = TRY(context.database.find_table(reference.name, context.scope));
  access.write.table = access.table;
  if (statement.kind == StatementKind::kInsert) {
    TRY(prepare_insert(access));
  } else {
    TRY(prepare_with_key(access, words));
  }
  if (statement.where) access.write.condition = &*statement.where;
  if (statement.returning) {
    access.write.return_old = !statement.returning->new_image;
    access.write.return_new = statement.returning->new_image;
  }
  return {};
}

Error in_words_of(const Statement& statement, Error error) {
  if (statement.kind != StatementKind::kInsert ||
      error.code != ErrorCode::kConditionalCheckFailed) {
    return error;
  }
  Error duplicate =
      storage::make_error(ErrorCode::kDuplicateItem, "Duplicate primary key exists in table");
  duplicate.detail = std::move(error.detail);
  return duplicate;
}

EncodedItem returned_item(const ItemAccess& access, storage::WriteOutcome outcome) {
  const auto& returning = access.statement.returning;
  if (!returning) return {};
  EncodedItem image =
      returning->new_image ? std::move(outcome.new_item) : std::move(outcome.old_item);
  if (!image.exists() || !returning->modified) return image;
  EncodedItem touched = storage::touched_attributes(access.statement.update, image.view());
  if (touched.view().attributes().size() == 0) return {};
  return touched;
}

EncodedItem selected_item(const ItemAccess& access, const storage::ItemView& item) {
  const Statement& statement = access.statement;
  if (!item.exists()) return {};
  if (statement.where && !storage::evaluate(*statement.where, item)) return {};
  if (statement.projection) return storage::project(item, *statement.projection);
  return {std::string(item.bytes())};
}

}  // namespace dynolith::api::partiql
