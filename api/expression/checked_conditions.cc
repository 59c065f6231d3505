#include "api/expression/checked_conditions.h"

#include <openssl/evp.h>

#include <string>
#include <utility>

#include "api/expression/resolver.h"
#include "storage/encoding/number_encoding.h"

namespace dynolith::api {

using storage::AttributeType;
using storage::Comparator;
using storage::Condition;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::Operand;
using storage::request_error;
using storage::Result;
using storage::SizeOf;

namespace {

StaticType static_type(const Operand& operand) {
  if (const auto* value = std::get_if<EncodedValue>(&operand)) return value->view().type();
  if (std::holds_alternative<SizeOf>(operand)) return AttributeType::kNumber;
  return std::nullopt;
}

bool has_order(AttributeType type) { return is_key_type(type); }
bool has_prefixes(AttributeType type) {
  return type == AttributeType::kString || type == AttributeType::kBinary;
}
bool has_size(AttributeType type) {
  return type != AttributeType::kNumber && type != AttributeType::kBoolean &&
         type != AttributeType::kNull;
}

Result<void> check_type(const Operand& operand, std::string_view operation,
                        bool (&fits)(AttributeType)) {
  const StaticType type = static_type(operand);
  if (type && !fits(*type)) return operand_type_error(operation, *type);
  return {};
}

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

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1,
                   '\0');  // One more, for the library's closing zero.
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(length));
  return text;
}

// As the service prints a value of an ordered type: "AttributeValue: {N:5}".
std::string bound_text(const EncodedValue& bound) {
  const auto value = bound.view();
  std::string text = "AttributeValue: {";
  text += type_name(value.type());
  text += ':';
  switch (value.type()) {
    case AttributeType::kNumber:
      storage::append_number_text(text, value.encoded_number());
      break;
    case AttributeType::kBinary:
      text += base64(value.text());
      break;
    default:
      text += value.text();
      break;
  }
  text += '}';
  return text;
}

Result<void> check_bounds(const Operand& low, const Operand& high) {
  const auto* lower = std::get_if<EncodedValue>(&low);
  const auto* upper = std::get_if<EncodedValue>(&high);
  if (lower == nullptr || upper == nullptr) return {};
  const char* problem = nullptr;
  if (lower->view().type() != upper->view().type()) {
    problem = "same data type for lower and upper bounds";
  } else if (lower->view().payload() > upper->view().payload()) {
    problem = "upper bound to be greater than or equal to lower bound";
  } else {
    return {};
  }
  return request_error(std::string("The BETWEEN operator requires ") + problem +
                       "; lower bound operand: " + bound_text(*lower) +
                       ", upper bound operand: " + bound_text(*upper));
}

}  // namespace

Result<Condition> checked_comparison(Operand left, Comparator comparator, Operand right) {
  const std::string_view text = comparator_text(comparator);
  TRY(check_distinct(left, right, text));
  if (comparator != Comparator::kEqual && comparator != Comparator::kNotEqual) {
    TRY(check_type(left, text, has_order));
    TRY(check_type(right, text, has_order));
  }
  return Condition{storage::Comparison{std::move(left), comparator, std::move(right)}};
}

Result<Condition> checked_between(Operand value, Operand low, Operand high) {
  TRY(check_distinct(value, low, "BETWEEN"));
  TRY(check_distinct(value, high, "BETWEEN"));
  for (const Operand* each : {&value, &low, &high}) TRY(check_type(*each, "BETWEEN", has_order));
  TRY(check_bounds(low, high));
  return Condition{storage::Between{std::move(value), std::move(low), std::move(high)}};
}

Result<Condition> checked_in(Operand value, std::vector<Operand> list) {
  for (const Operand& each : list) TRY(check_distinct(value, each, "IN"));
  return Condition{storage::In{std::move(value), std::move(list)}};
}

Result<Condition> checked_attribute_type(std::string_view name, Operand value,
                                         const Operand& type) {
  const auto* const type_name = std::get_if<EncodedValue>(&type);
  if (type_name == nullptr) {
    return request_error("Incorrect operand type for operator or function; operator or function: " +
                         std::string(name) + ", operand type: DOCUMENT_PATH");
  }
  if (type_name->view().type() != AttributeType::kString) {
    return operand_type_error(name, type_name->view().type());
  }
  const auto known = storage::type_from_name(type_name->view().text());
  if (!known) {
    return request_error(
        "Invalid attribute type name found; type: " + std::string(type_name->view().text()) +
        ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
  }
  return Condition{storage::AttributeTypeIs{std::move(value), *known}};
}

Result<Condition> checked_begins_with(std::string_view name, Operand value, Operand prefix) {
  TRY(check_distinct(value, prefix, name));
  TRY(check_type(value, name, has_prefixes));
  TRY(check_type(prefix, name, has_prefixes));
  return Condition{storage::BeginsWith{std::move(value), std::move(prefix)}};
}

Result<Condition> checked_contains(std::string_view name, Operand container, Operand value) {
  TRY(check_distinct(container, value, name));
  return Condition{storage::Contains{std::move(container), std::move(value)}};
}

Result<Operand> checked_size(std::string_view name, Operand of) {
  TRY(check_type(of, name, has_size));
  if (auto* path = std::get_if<DocumentPath>(&of)) return Operand(SizeOf{std::move(*path)});
  return Operand(SizeOf{std::move(std::get<EncodedValue>(of))});
}

std::string_view comparator_text(Comparator comparator) {
  switch (comparator) {
    case Comparator::kEqual:
      return "=";
    case Comparator::kNotEqual:
      return "<>";
    case Comparator::kLess:
      return "<";
    case Comparator::kLessOrEqual:
      return "<=";
    case Comparator::kGreater:
      return ">";
    case Comparator::kGreaterOrEqual:
      return ">=";
  }
  return {};
}

}  // namespace dynolith::api
