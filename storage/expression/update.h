// Bound updates: what UpdateItem does to an item.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "storage/encoding/item_encoding.h"
#include "storage/expression/operators.h"
#include "storage/result.h"
#include "storage/value/document_path.h"

namespace dynolith::storage {

struct UpdateOperand;

struct IfNotExists {
  DocumentPath path;
  std::unique_ptr<UpdateOperand> otherwise;
};
struct ListAppend {
  std::unique_ptr<UpdateOperand> first, second;
};
struct UpdateOperand {
  std::variant<DocumentPath, EncodedValue, IfNotExists, ListAppend> node;
};

struct SetAction {
  DocumentPath path;
  UpdateOperand left;
  Arithmetic arithmetic = Arithmetic::kNone;
  std::optional<UpdateOperand> right;  // With kAdd or kSubtract.
};
struct RemoveAction {
  DocumentPath path;
};
struct AddAction {  // A number, or a set; from legacy parameters also a list, which is appended.
  DocumentPath path;
  EncodedValue value;
};
struct DeleteAction {  // Members of a set.
  DocumentPath path;
  EncodedValue value;
};
using UpdateAction = std::variant<SetAction, RemoveAction, AddAction, DeleteAction>;

struct Update {
  std::vector<UpdateAction> actions;  // No two paths overlap or conflict.
  bool legacy = false;                // AttributeUpdates: its own words for type clashes.
};

// An update made only of REMOVE and legacy DELETE does not create an absent item.
bool creates_item(const Update& update);

// The item after `update`. All operands read `item` as it was; list indexes refer to it too.
//
// `key` holds just the key attributes and is the start if `item` is absent.
// Errors (kValidation): an operand's attribute is missing, an operand has a wrong type, the path
// does not fit the item, number overflow, more than 400 KB ("Item size to update has exceeded the
// maximum allowed size"). Attributes that no action touches are copied as bytes, not decoded.
Result<EncodedItem> apply_update(const Update& update, const ItemView& item, const ItemView& key);

// What UPDATED_OLD and UPDATED_NEW return: the leaves that `update` names, read from `item` (the
// image before or after it), wrapped in their parents, list elements packed by literal index.
// An empty item (no attributes) if none is there.
EncodedItem touched_attributes(const Update& update, const ItemView& item);

// Calls `visit` with the path each action writes to.
const DocumentPath& target(const UpdateAction& action);

}  // namespace dynolith::storage
