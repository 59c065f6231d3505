// The values that an update computes from the item as it was.
#pragma once

#include <deque>
#include <optional>

#include "storage/encoding/item_encoding.h"
#include "storage/expression/update.h"
#include "storage/result.h"

namespace dynolith::storage {

// The results borrow from the item, the update or this object.
// Errors (kValidation): an operand's attribute is missing, a type does not fit, a number overflows.
class UpdateOperands {
 public:
  // `legacy`: the words of AttributeUpdates for type clashes.
  UpdateOperands(const ItemView& item, bool legacy) : item_(item), legacy_(legacy) {}

  Result<ValueView> right_side(const SetAction& set);

  // ADD: numbers added, sets united, lists joined; a missing attribute becomes `operand`.
  Result<ValueView> sum(const std::optional<ValueView>& old, const ValueView& operand);

  // DELETE: the set without the operand's members. Nothing if none is left, or none was there.
  Result<std::optional<ValueView>> difference(const std::optional<ValueView>& old,
                                              const ValueView& operand);

 private:
  Result<ValueView> value_of(const UpdateOperand& operand);
  Result<ValueView> joined(const ValueView& first, const ValueView& second);
  Result<ValueView> number(const Number& value);
  Error type_clash() const;
  ValueView keep(EncodedValue value) { return computed_.emplace_back(std::move(value)).view(); }

  ItemView item_;
  bool legacy_;
  std::deque<EncodedValue> computed_;
};

}  // namespace dynolith::storage
