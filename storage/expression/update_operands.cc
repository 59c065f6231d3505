#include "storage/expression/update_operands.h"

#include <utility>

#include "storage/encoding/number_encoding.h"
#include "storage/expression/condition.h"

namespace dynolith::storage {
namespace {

Error operand_type_error() {
  return validation_error("An operand in the update expression has an incorrect data type");
}

void write_elements(ItemEncoder& encoder, const ListView& elements) {
  for (uint32_t i = 0; i < elements.size(); ++i) encoder.value(elements[i]);
}

// Used for one value at a time, never while an item is being written.
ItemEncoder& value_encoder() {
  thread_local ItemEncoder encoder;
  return encoder;
}

}  // namespace

Result<ValueView> UpdateOperands::right_side(const SetAction& set) {
  const ValueView left = TRY(value_of(set.left));
  if (set.arithmetic == Arithmetic::kNone) return left;
  const ValueView right = TRY(value_of(*set.right));
  if (left.type() != AttributeType::kNumber || right.type() != AttributeType::kNumber) {
    return operand_type_error();
  }
  const Number first = left.number();
  const Number second = right.number();
  return number(set.arithmetic == Arithmetic::kAdd ? TRY(first.add(second))
                                                   : TRY(first.subtract(second)));
}

Result<ValueView> UpdateOperands::sum(const std::optional<ValueView>& old,
                                      const ValueView& operand) {
  if (!old) return operand;
  if (old->type() != operand.type()) return type_clash();
  if (operand.type() == AttributeType::kNumber) {
    return number(TRY(old->number().add(operand.number())));
  }
  if (operand.type() == AttributeType::kList) return joined(*old, operand);
  if (!is_set(operand.type())) return type_clash();
  ItemEncoder& encoder = value_encoder();
  encoder.begin_value();
  encoder.begin_set(operand.type());
  write_elements(encoder, old->elements());
  write_elements(encoder, operand.elements());
  encoder.end();
  return keep(encoder.finish_value());
}

Result<std::optional<ValueView>> UpdateOperands::difference(const std::optional<ValueView>& old,
                                                            const ValueView& operand) {
  if (!old) return std::optional<ValueView>();
  if (old->type() != operand.type() || !is_set(operand.type())) return type_clash();
  const ListView members = old->elements();
  const ListView removed = operand.elements();
  uint32_t left = 0;
  ItemEncoder& encoder = value_encoder();
  encoder.begin_value();
  encoder.begin_set(operand.type());
  for (uint32_t i = 0; i < members.size(); ++i) {
    if (removed.contains(members[i])) continue;
    encoder.value(members[i]);
    ++left;
  }
  encoder.end();
  EncodedValue rest = encoder.finish_value();
  if (left == 0) return std::optional<ValueView>();  // There are no empty sets.
  return std::optional<ValueView>(keep(std::move(rest)));
}

Result<ValueView> UpdateOperands::value_of(const UpdateOperand& operand) {
  if (const auto* path = std::get_if<DocumentPath>(&operand.node)) {
    const auto found = find(item_, *path);
    if (found) return *found;
    return validation_error(
        "The provided expression refers to an attribute that does not exist in the item");
  }
  if (const auto* value = std::get_if<EncodedValue>(&operand.node)) return value->view();
  if (const auto* choice = std::get_if<IfNotExists>(&operand.node)) {
    const auto found = find(item_, choice->path);
    if (found) return *found;
    return value_of(*choice->otherwise);
  }
  const auto& append = std::get<ListAppend>(operand.node);
  const ValueView first = TRY(value_of(*append.first));
  const ValueView second = TRY(value_of(*append.second));
  if (first.type() != AttributeType::kList || second.type() != AttributeType::kList) {
    return operand_type_error();
  }
  return joined(first, second);
}

Result<ValueView> UpdateOperands::joined(const ValueView& first, const ValueView& second) {
  ItemEncoder& encoder = value_encoder();
  encoder.begin_value();
  encoder.begin_list();
  write_elements(encoder, first.elements());
  write_elements(encoder, second.elements());
  encoder.end();
  return keep(encoder.finish_value());
}

Result<ValueView> UpdateOperands::number(const Number& value) {
  EncodedValue encoded;
  encoded.bytes.push_back(static_cast<char>(AttributeType::kNumber));
  append_number(encoded.bytes, value);
  return keep(std::move(encoded));
}

Error UpdateOperands::type_clash() const {
  return legacy_ ? validation_error("Type mismatch for attribute to update") : operand_type_error();
}

}  // namespace dynolith::storage
