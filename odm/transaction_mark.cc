#include "odm/transaction_mark.h"

#include <algorithm>
#include <tuple>

#include "odm/connection/request_digest.h"
#include "odm/entity_support.h"
#include "storage/expression/update.h"

namespace dynolith::odm::internal {
namespace {

constexpr size_t kDigestBytes = 16;

// Of the attributes whose times the mapper fills in: built anew, a transaction has others.
std::vector<std::string> time_names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Attribute& attribute : schema.attributes)
    if (attribute.role == AttributeRole::kCreatedAt ||
        attribute.role == AttributeRole::kUpdatedAt ||
        (attribute.role == AttributeRole::kExpiresAt && attribute.lifetime_ms > 0))
      names.push_back(attribute.stored_name);
  return names;
}

bool is_one_of(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

storage::UpdateOperand copy_of(const storage::UpdateOperand& operand) {
  const auto owned = [](const auto& inner) {
    return std::make_unique<storage::UpdateOperand>(copy_of(*inner));
  };
  if (const auto* either = std::get_if<storage::IfNotExists>(&operand.node))
    return {storage::IfNotExists{either->path, owned(either->otherwise)}};
  if (const auto* joined = std::get_if<storage::ListAppend>(&operand.node))
    return {storage::ListAppend{owned(joined->first), owned(joined->second)}};
  if (const auto* path = std::get_if<storage::DocumentPath>(&operand.node)) return {*path};
  return {std::get<EncodedValue>(operand.node)};
}

storage::UpdateAction copy_of(const storage::UpdateAction& action) {
  if (const auto* remove = std::get_if<storage::RemoveAction>(&action)) return *remove;
  if (const auto* add = std::get_if<storage::AddAction>(&action)) return *add;
  if (const auto* erase = std::get_if<storage::DeleteAction>(&action)) return *erase;
  const auto& set = std::get<storage::SetAction>(action);
  storage::SetAction copy{set.path, copy_of(set.left), set.arithmetic, {}};
  if (set.right) copy.right = copy_of(*set.right);
  return copy;
}

// The attributes of an item but those of these names.
void append(const EncodedItem& item, const std::vector<std::string>& without,
            ItemEncoder& encoder) {
  const storage::MapView attributes = item.view().attributes();
  for (uint32_t i = 0; i < attributes.size(); ++i) {
    const auto [name, value] = attributes[i];
    if (is_one_of(without, name)) continue;
    encoder.name(name);
    encoder.value(value);
  }
}

EncodedItem without(const EncodedItem& item, const std::vector<std::string>& names) {
  ItemEncoder encoder;
  encoder.begin_item();
  append(item, names, encoder);
  return encoder.finish_item();
}

TransactAction without_times(const Schema& schema, TransactAction action) {
  const std::vector<std::string> names = time_names(schema);
  if (names.empty()) return action;
  if (auto* const put = std::get_if<PutRequest>(&action)) put->item = without(put->item, names);
  if (auto* const update = std::get_if<UpdateRequest>(&action)) {
    storage::Update timeless;
    for (const storage::UpdateAction& each : update->update->actions)
      if (!is_one_of(names, storage::target(each).attribute()))
        timeless.actions.push_back(copy_of(each));
    update->update = std::make_shared<const storage::Update>(std::move(timeless));
  }
  return action;
}

bool removes_nothing(const TransactionOperation& operation) {
  const std::vector<TransactAction>& actions = operation.write.actions;
  return operation.reads_first && operation.condition.is_empty() && !operation.stored.exists() &&
         actions.size() == 1 && std::holds_alternative<DeleteRequest>(actions.front());
}

}  // namespace

std::string mark_of(const TransactionOperations& asked, const std::string& token) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  TransactWriteRequest request{.actions = {}, .token = token};
  for (const TransactionOperation& operation : asked)
    for (const TransactAction& action : operation.write.actions)
      request.actions.push_back(without_times(operation.entity.schema(), action));
  std::string mark = token + "#";
  for (const char c : digest_of(request).sha256.substr(0, kDigestBytes)) {
    mark.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    mark.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return mark;
}

void mark_holders(TransactionOperations& operations, const std::string& mark) {
  for (TransactionOperation& operation : operations) {
    std::vector<TransactAction>& actions = operation.write.actions;
    for (size_t i = 1; i < actions.size(); ++i) {
      auto* const put = std::get_if<PutRequest>(&actions[i]);
      if (put == nullptr) continue;
      ItemEncoder encoder;
      encoder.begin_item();
      append(put->item, {}, encoder);
      encoder.name(kHolderTransaction);
      encoder.string(mark);
      put->item = encoder.finish_item();
    }
  }
}

Result<bool> has_happened(const TransactionOperations& operations, const std::string& mark) {
  if (std::all_of(operations.begin(), operations.end(), removes_nothing)) return true;
  std::vector<GetRequest> gets;
  for (const TransactionOperation& operation : operations) {
    const Schema& schema = operation.entity.schema();
    for (EncodedItem& key : holder_keys(schema, operation.stored.view()))
      gets.push_back(TRY(operation.entity.get_request(std::move(key), {.consistent = true})));
    const std::vector<TransactAction>& actions = operation.write.actions;
    for (size_t i = 1; i < actions.size(); ++i)
      if (std::holds_alternative<PutRequest>(actions[i]))
        gets.push_back(TRY(
            operation.entity.get_request(action_key(schema, actions[i]), {.consistent = true})));
  }
  // One that changes hands again is given up by one operation and taken by another.
  const auto place = [](const GetRequest& get) { return std::tie(get.table, get.key.bytes); };
  std::sort(gets.begin(), gets.end(),
            [&](const GetRequest& a, const GetRequest& b) { return place(a) < place(b); });
  gets.erase(
      std::unique(gets.begin(), gets.end(),
                  [&](const GetRequest& a, const GetRequest& b) { return place(a) == place(b); }),
      gets.end());
  if (gets.empty()) return false;
  for (const EncodedItem& holder : TRY(stored_items(operations.front().entity, gets))) {
    const auto by = holder.view().find(kHolderTransaction);
    if (by && by->type() == AttributeType::kString && by->text() == mark) return true;
  }
  return false;
}

}  // namespace dynolith::odm::internal
