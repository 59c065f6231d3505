#include "odm/connection/operand_rules.h"

#include <openssl/evp.h>

#include <optional>
#include <string>
#include <string_view>

#include "storage/encoding/number_encoding.h"
#include "storage/limits.h"

namespace dynolith::odm {
namespace {

using storage::AttributeType;
using storage::Comparator;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::KeyOperator;
using storage::Operand;
using storage::request_error;
using storage::Result;
using storage::SizeOf;
using storage::UpdateOperand;

// Known of values and computed things, not of paths.
using StaticType = std::optional<AttributeType>;

bool has_order(AttributeType type) { return storage::is_key_type(type); }
bool has_prefixes(AttributeType type) {
  return type == AttributeType::kString || type == AttributeType::kBinary;
}
bool has_size(AttributeType type) {
  return type != AttributeType::kNumber && type != AttributeType::kBoolean &&
         type != AttributeType::kNull;
}

storage::Error type_error(std::string_view operation, AttributeType type) {
  std::string message = "Incorrect operand type for operator or function; operator or function: ";
  message.append(operation).append(", operand type: ").append(storage::type_name(type));
  return request_error(std::move(message));
}

StaticType static_type(const Operand& operand) {
  if (const auto* value = std::get_if<EncodedValue>(&operand)) return value->view().type();
  if (std::holds_alternative<SizeOf>(operand)) return AttributeType::kNumber;
  return std::nullopt;
}

Result<void> check_type(const Operand& operand, std::string_view operation,
                        bool (&fits)(AttributeType)) {
  if (const auto* size = std::get_if<SizeOf>(&operand)) {
    const auto* value = std::get_if<EncodedValue>(&size->of);
    if (value != nullptr && !has_size(value->view().type()))
      return type_error("size", value->view().type());
  }
  const StaticType type = static_type(operand);
  if (type && !fits(*type)) return type_error(operation, *type);
  return {};
}

bool any_type(AttributeType) { return true; }

Result<void> check_distinct(const Operand& first, const Operand& other,
                            std::string_view operation) {
  const auto* path = std::get_if<DocumentPath>(&first);
  const auto* other_path = std::get_if<DocumentPath>(&other);
  if (path == nullptr || other_path == nullptr || !(*path == *other_path)) return {};
  return request_error(
      "The first operand must be distinct from the remaining operands for this operator or "
      "function; operator: " +
      std::string(operation) + ", first operand: " + path->to_text());
}

// As the service prints a value of an ordered type: "AttributeValue: {N:5}".
std::string bound_text(const storage::ValueView& bound) {
  std::string text = "AttributeValue: {";
  text.append(storage::type_name(bound.type())).append(":");
  if (bound.type() == AttributeType::kNumber) {
    storage::append_number_text(text, bound.encoded_number());
  } else if (bound.type() == AttributeType::kBinary) {
    const std::string_view bytes = bound.text();
    std::string base64((bytes.size() + 2) / 3 * 4 + 1, '\0');  // The library adds a zero.
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                    reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
    base64.pop_back();
    text += base64;
  } else {
    text += bound.text();
  }
  return text + "}";
}

Result<void> check_bounds(const storage::ValueView& low, const storage::ValueView& high) {
  const char* problem = nullptr;
  if (low.type() != high.type())
    problem = "same data type for lower and upper bounds";
  else if (low.payload() > high.payload())
    problem = "upper bound to be greater than or equal to lower bound";
  else
    return {};
  return request_error(std::string("The BETWEEN operator requires ") + problem +
                       "; lower bound operand: " + bound_text(low) +
                       ", upper bound operand: " + bound_text(high));
}

std::string_view text_of(Comparator comparator) {
  constexpr std::string_view kTexts[] = {"=", "<>", "<", "<=", ">", ">="};
  return kTexts[static_cast<size_t>(comparator)];
}

std::string_view text_of(KeyOperator op) {
  constexpr std::string_view kTexts[] = {"=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"};
  return kTexts[static_cast<size_t>(op)];
}

class NodeRules {
 public:
  Result<void> operator()(const storage::Comparison& node) const {
    const std::string_view name = text_of(node.comparator);
    const bool ordered =
        node.comparator != Comparator::kEqual && node.comparator != Comparator::kNotEqual;
    auto& fits = ordered ? has_order : any_type;
    TRY(check_distinct(node.left, node.right, name));
    TRY(check_type(node.left, name, fits));
    return check_type(node.right, name, fits);
  }
  Result<void> operator()(const storage::Between& node) const {
    TRY(check_distinct(node.value, node.low, "BETWEEN"));
    TRY(check_distinct(node.value, node.high, "BETWEEN"));
    for (const Operand* each : {&node.value, &node.low, &node.high})
      TRY(check_type(*each, "BETWEEN", has_order));
    const auto* low = std::get_if<EncodedValue>(&node.low);
    const auto* high = std::get_if<EncodedValue>(&node.high);
    if (low == nullptr || high == nullptr) return {};
    return check_bounds(low->view(), high->view());
  }
  Result<void> operator()(const storage::In& node) const {
    if (node.list.size() > storage::kInOperandsMax)
      return request_error(
          "The IN operator is provided with too many operands; number of operands: " +
          std::to_string(node.list.size()));
    TRY(check_type(node.value, "IN", any_type));
    for (const Operand& each : node.list) {
      TRY(check_distinct(node.value, each, "IN"));
      TRY(check_type(each, "IN", any_type));
    }
    return {};
  }
  Result<void> operator()(const storage::AttributeTypeIs& node) const {
    return check_type(node.value, "attribute_type", any_type);
  }
  Result<void> operator()(const storage::BeginsWith& node) const {
    TRY(check_distinct(node.value, node.prefix, "begins_with"));
    TRY(check_type(node.value, "begins_with", has_prefixes));
    return check_type(node.prefix, "begins_with", has_prefixes);
  }
  Result<void> operator()(const storage::Contains& node) const {
    return check_contains(node.container, node.value);
  }
  Result<void> operator()(const storage::NotContains& node) const {
    return check_contains(node.container, node.value);
  }
  template <class Other>
  Result<void> operator()(const Other&) const {
    return {};
  }

 private:
  static Result<void> check_contains(const Operand& container, const Operand& value) {
    TRY(check_distinct(container, value, "contains"));
    TRY(check_type(container, "contains", any_type));
    return check_type(value, "contains", any_type);
  }
};

// An if_not_exists is at times its second operand.
StaticType static_type(const UpdateOperand& operand) {
  if (const auto* value = std::get_if<EncodedValue>(&operand.node)) return value->view().type();
  if (std::holds_alternative<storage::ListAppend>(operand.node)) return AttributeType::kList;
  const auto* otherwise = std::get_if<storage::IfNotExists>(&operand.node);
  return otherwise == nullptr ? std::nullopt : static_type(*otherwise->otherwise);
}

Result<void> check_is(const UpdateOperand& operand, AttributeType wanted, std::string_view name) {
  const StaticType type = static_type(operand);
  if (type && *type != wanted) return type_error(name, *type);
  return {};
}

// The innermost first.
Result<void> check_computed(const UpdateOperand& operand) {
  if (const auto* otherwise = std::get_if<storage::IfNotExists>(&operand.node))
    return check_computed(*otherwise->otherwise);
  const auto* append = std::get_if<storage::ListAppend>(&operand.node);
  if (append == nullptr) return {};
  TRY(check_computed(*append->first));
  TRY(check_computed(*append->second));
  TRY(check_is(*append->first, AttributeType::kList, "list_append"));
  return check_is(*append->second, AttributeType::kList, "list_append");
}

Result<void> check_set(const storage::SetAction& set) {
  TRY(check_computed(set.left));
  if (!set.right) return {};
  TRY(check_computed(*set.right));
  const std::string_view name = set.arithmetic == storage::Arithmetic::kAdd ? "+" : "-";
  TRY(check_is(set.left, AttributeType::kNumber, name));
  return check_is(*set.right, AttributeType::kNumber, name);
}

Result<void> check_section(const EncodedValue& value, bool is_add) {
  const AttributeType type = value.view().type();
  if (storage::is_set(type) || (is_add && type == AttributeType::kNumber)) return {};
  const std::string name = is_add ? "ADD" : "DELETE";
  return request_error("Incorrect operand type for operator or function; operator: " + name +
                       ", operand type: " + std::string(storage::long_type_name(type)) +
                       ", typeSet: ALLOWED_FOR_" + name + "_OPERAND");
}

}  // namespace

Result<void> check_operands(const storage::Condition& condition) {
  return std::visit(NodeRules(), condition.node);
}

Result<void> check_operands(const storage::UpdateAction& action) {
  if (const auto* set = std::get_if<storage::SetAction>(&action)) return check_set(*set);
  if (const auto* add = std::get_if<storage::AddAction>(&action))
    return check_section(add->value, true);
  if (const auto* erase = std::get_if<storage::DeleteAction>(&action))
    return check_section(erase->value, false);
  return {};
}

Result<void> check_operands(const storage::KeyClause& clause) {
  const auto value = clause.value.view();
  const std::string_view name = text_of(clause.op);
  if (clause.op == KeyOperator::kEqual) return {};
  if (clause.op == KeyOperator::kBeginsWith)
    return has_prefixes(value.type()) ? Result<void>() : type_error(name, value.type());
  if (!has_order(value.type())) return type_error(name, value.type());
  if (clause.op != KeyOperator::kBetween) return {};
  const auto second = clause.second->view();
  if (!has_order(second.type())) return type_error(name, second.type());
  return check_bounds(value, second);
}

}  // namespace dynolith::odm
