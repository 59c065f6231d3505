#include "api/expression/condition_binder.h"

#include <openssl/evp.h>

#include <string>
#include <utility>

#include "api/expression/parser.h"
#include "api/expression/static_checks.h"
#include "storage/encoding/number_encoding.h"
#include "storage/limits.h"

namespace dynolith::api {
namespace {

using storage::AttributeType;
using storage::Comparator;
using storage::Condition;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::Operand;
using storage::request_error;
using storage::Result;
using storage::SizeOf;

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

// Nesting is at most as deep as an expression may have operators.
class ConditionBinder {
 public:
  ConditionBinder(const SyntaxTree& tree, Placeholders& placeholders)
      : tree_(tree), resolver_(tree, placeholders) {}

  Result<Condition> condition(NodeId id) {
    const Node& node = tree_.nodes[id];
    switch (node.kind) {
      case NodeKind::kCompare:
        return comparison(node);
      case NodeKind::kBetween:
        return between(node);
      case NodeKind::kIn:
        return in(node);
      case NodeKind::kNot: {
        auto inner = TRY(condition(tree_.children(node)[0]));
        return Condition{storage::Not{std::make_unique<Condition>(std::move(inner))}};
      }
      case NodeKind::kAnd:
        return Condition{storage::And{TRY(conditions(node))}};
      case NodeKind::kOr:
        return Condition{storage::Or{TRY(conditions(node))}};
      case NodeKind::kCall:
      case NodeKind::kPath:
      case NodeKind::kValue:
      case NodeKind::kSum:
        break;  // Parsing leaves only calls here.
    }
    return call(node);
  }

 private:
  Result<std::vector<Condition>> conditions(const Node& node) {
    std::vector<Condition> all;
    all.reserve(node.count);
    for (const NodeId child : tree_.children(node)) all.push_back(TRY(condition(child)));
    return all;
  }

  Result<Operand> operand(NodeId id) {
    const Node& node = tree_.nodes[id];
    switch (node.kind) {
      case NodeKind::kPath:
        return Operand(TRY(resolver_.path(node)));
      case NodeKind::kValue:
        return Operand(TRY(resolver_.value(node)));
      default:
        return size(node);
    }
  }

  Result<std::vector<Operand>> operands(const Node& node) {
    std::vector<Operand> all;
    all.reserve(node.count);
    for (const NodeId child : tree_.children(node)) all.push_back(TRY(operand(child)));
    return all;
  }

  // The operands of a function that takes `count`.
  Result<std::vector<Operand>> arguments(const Node& call, size_t count) {
    auto all = TRY(operands(call));
    if (all.size() != count) return operand_count_error(call);
    return all;
  }

  Result<Operand> size(const Node& node) {
    auto all = TRY(arguments(node, 1));
    TRY(check_type(all[0], node.text, has_size));
    if (auto* path = std::get_if<DocumentPath>(&all[0])) return Operand(SizeOf{std::move(*path)});
    return Operand(SizeOf{std::move(std::get<EncodedValue>(all[0]))});
  }

  Result<Condition> comparison(const Node& node) {
    const std::span<const NodeId> children = tree_.children(node);
    auto left = TRY(operand(children[0]));
    auto right = TRY(operand(children[1]));
    const std::string_view text = comparator_text(node.comparator);
    TRY(check_distinct(left, right, text));
    if (node.comparator != Comparator::kEqual && node.comparator != Comparator::kNotEqual) {
      TRY(check_type(left, text, has_order));
      TRY(check_type(right, text, has_order));
    }
    return Condition{storage::Comparison{std::move(left), node.comparator, std::move(right)}};
  }

  Result<Condition> between(const Node& node) {
    auto all = TRY(operands(node));
    TRY(check_distinct(all[0], all[1], "BETWEEN"));
    TRY(check_distinct(all[0], all[2], "BETWEEN"));
    for (const Operand& each : all) TRY(check_type(each, "BETWEEN", has_order));
    TRY(check_bounds(all[1], all[2]));
    return Condition{storage::Between{std::move(all[0]), std::move(all[1]), std::move(all[2])}};
  }

  Result<Condition> in(const Node& node) {
    auto list = TRY(operands(node));
    // The service counts the operand before IN too.
    if (list.size() > storage::kInOperandsMax) {
      return request_error(
          "The IN operator is provided with too many operands; number of operands: " +
          std::to_string(list.size()));
    }
    Operand value = std::move(list.front());
    list.erase(list.begin());
    for (const Operand& each : list) TRY(check_distinct(value, each, "IN"));
    return Condition{storage::In{std::move(value), std::move(list)}};
  }

  Result<Condition> call(const Node& node) {
    switch (node.function) {
      case Function::kAttributeExists:
        return Condition{storage::AttributeExists{TRY(path(node))}};
      case Function::kAttributeNotExists:
        return Condition{storage::AttributeNotExists{TRY(path(node))}};
      case Function::kAttributeType:
        return attribute_type(node);
      case Function::kBeginsWith:
        return begins_with(node);
      default:
        return contains(node);
    }
  }

  // The operand of a function that takes one path.
  Result<DocumentPath> path(const Node& node) {
    auto all = TRY(arguments(node, 1));
    auto* const path = std::get_if<DocumentPath>(&all[0]);
    if (path == nullptr) return needs_path_error(node);
    return std::move(*path);
  }

  Result<Condition> attribute_type(const Node& node) {
    auto all = TRY(arguments(node, 2));
    const auto* const name = std::get_if<EncodedValue>(&all[1]);
    if (name == nullptr) {
      return request_error(
          "Incorrect operand type for operator or function; operator or function: " +
          std::string(node.text) + ", operand type: DOCUMENT_PATH");
    }
    if (name->view().type() != AttributeType::kString) {
      return operand_type_error(node.text, name->view().type());
    }
    const auto type = storage::type_from_name(name->view().text());
    if (!type) {
      return request_error(
          "Invalid attribute type name found; type: " + std::string(name->view().text()) +
          ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
    }
    return Condition{storage::AttributeTypeIs{std::move(all[0]), *type}};
  }

  Result<Condition> begins_with(const Node& node) {
    auto all = TRY(arguments(node, 2));
    TRY(check_distinct(all[0], all[1], node.text));
    TRY(check_type(all[0], node.text, has_prefixes));
    TRY(check_type(all[1], node.text, has_prefixes));
    return Condition{storage::BeginsWith{std::move(all[0]), std::move(all[1])}};
  }

  Result<Condition> contains(const Node& node) {
    auto all = TRY(arguments(node, 2));
    TRY(check_distinct(all[0], all[1], node.text));
    return Condition{storage::Contains{std::move(all[0]), std::move(all[1])}};
  }

  const SyntaxTree& tree_;
  Resolver resolver_;
};

}  // namespace

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

Result<Condition> bind(const SyntaxTree& tree, Placeholders& placeholders) {
  return ConditionBinder(tree, placeholders).condition(tree.root);
}

Result<Condition> condition_of(std::string_view text, Placeholders& placeholders) {
  TRY(check_size(text, true));
  thread_local SyntaxTree tree;  // For its buffers.
  TRY(parse_condition(text, tree));
  TRY(check_condition(tree));
  return bind(tree, placeholders);
}

Result<Condition> bind_condition(std::string_view text, std::string_view parameter,
                                 Placeholders& placeholders) {
  auto condition = condition_of(text, placeholders);
  if (!condition.ok()) return in_expression(std::move(condition).error(), parameter);
  return condition;
}

}  // namespace dynolith::api
