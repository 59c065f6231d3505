#include "api/partiql/where_binder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "api/expression/checked_conditions.h"
#include "api/partiql/parser.h"
#include "storage/limits.h"

namespace dynolith::api::partiql {

using storage::AttributeType;
using storage::Condition;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::Error;
using storage::Operand;
using storage::request_error;
using storage::Result;

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

// The types of PartiQL by the attribute types that they are kept as.
struct TypeName {
  std::string_view name;
  AttributeType type;
};
constexpr std::array kTypeNames = std::to_array<TypeName>({
    {"binary", AttributeType::kBinary},   {"blob", AttributeType::kBinary},
    {"bool", AttributeType::kBoolean},    {"boolean", AttributeType::kBoolean},
    {"char", AttributeType::kString},     {"character", AttributeType::kString},
    {"clob", AttributeType::kBinary},     {"decimal", AttributeType::kNumber},
    {"float", AttributeType::kNumber},    {"int", AttributeType::kNumber},
    {"integer", AttributeType::kNumber},  {"list", AttributeType::kList},
    {"map", AttributeType::kMap},         {"null", AttributeType::kNull},
    {"number", AttributeType::kNumber},   {"numeric", AttributeType::kNumber},
    {"smallint", AttributeType::kNumber}, {"string", AttributeType::kString},
    {"struct", AttributeType::kMap},      {"symbol", AttributeType::kString},
    {"tuple", AttributeType::kMap},       {"varchar", AttributeType::kString},
});

Error operand_count_error(const std::string& name, uint32_t count) {
  return request_error(
      "Incorrect number of operands for operator or function; operator or function: " + name +
      ", number of operands: " + std::to_string(count));
}

Condition negated_if(bool negated, Condition condition) {
  if (!negated) return condition;
  return Condition{storage::Not{std::make_unique<Condition>(std::move(condition))}};
}

// Nesting is at most as deep as the parser lets statements nest.
class WhereBinder {
 public:
  WhereBinder(const StatementSyntax& statement, Values& values)
      : statement_(statement), values_(values) {}

  Result<Condition> condition(NodeId id) {
    const Node& node = statement_.nodes[id];
    switch (node.kind) {
      case NodeKind::kCompare:
        return comparison(node);
      case NodeKind::kBetween:
        return between(node);
      case NodeKind::kIn:
        return in(node);
      case NodeKind::kIs:
        return is(node);
      case NodeKind::kNot:
        return negated_if(true, TRY(condition(child(node, 0))));
      case NodeKind::kAnd:
        return Condition{storage::And{TRY(conditions<storage::And>(node, &storage::And::all))}};
      case NodeKind::kOr:
        return Condition{storage::Or{TRY(conditions<storage::Or>(node, &storage::Or::any))}};
      case NodeKind::kCall:
        return call(node);
      default:
        return values_.unsupported("Unexpected path component", node);
    }
  }

 private:
  NodeId child(const Node& node, size_t i) const { return statement_.children(node)[i]; }

  // Those of a kind within each other are one: (a AND b) AND c.
  template <class Kind>
  Result<std::vector<Condition>> conditions(const Node& node,
                                            std::vector<Condition> Kind::*elements) {
    std::vector<Condition> all;
    all.reserve(node.count);
    for (const NodeId id : statement_.children(node)) {
      Condition each = TRY(condition(id));
      if (auto* inner = std::get_if<Kind>(&each.node)) {
        std::move((inner->*elements).begin(), (inner->*elements).end(), std::back_inserter(all));
      } else {
        all.push_back(std::move(each));
      }
    }
    return all;
  }

  Result<Operand> operand(NodeId id) {
    const Node& node = statement_.nodes[id];
    if (node.kind == NodeKind::kPath) return Operand(values_.path(node));
    if (Values::is_value(node)) return Operand(TRY(values_.value(node)));
    if (node.kind == NodeKind::kCall) return size(node);
    if (node.kind == NodeKind::kSum) {
      return values_.unsupported("Unsupported operator: " + std::string(node.text), node);
    }
    return values_.unsupported("Unexpected path component", node);
  }

  Result<Operand> size(const Node& call) {
    const std::string name = function_name(call);
    if (name != "size") {
      if (!is_condition_function(name)) return unrecognized_function(values_, call);
      return request_error(
          "The function is not allowed to be used this way in an expression; function: " + name);
    }
    if (call.count != 1) return operand_count_error(name, call.count);
    Operand of = TRY(operand(child(call, 0)));
    if (std::holds_alternative<storage::SizeOf>(of)) {
      return request_error(
          "The function is not allowed to be used this way in an expression; function: size");
    }
    return checked_size(name, std::move(of));
  }

  Result<Condition> comparison(const Node& node) {
    Operand left = TRY(operand(child(node, 0)));
    Operand right = TRY(operand(child(node, 1)));
    return checked_comparison(std::move(left), node.comparator, std::move(right));
  }

  Result<Condition> between(const Node& node) {
    Operand value = TRY(operand(child(node, 0)));
    Operand low = TRY(operand(child(node, 1)));
    Operand high = TRY(operand(child(node, 2)));
    return negated_if(node.negated,
                      TRY(checked_between(std::move(value), std::move(low), std::move(high))));
  }

  Result<Condition> in(const Node& node) {
    Operand value = TRY(operand(child(node, 0)));
    std::vector<Operand> list = TRY(in_list(node));
    if (list.size() > storage::kInOperandsMax) {
      return request_error(
          "The IN operator is provided with too many operands; number of operands: " +
          std::to_string(list.size()));
    }
    return negated_if(node.negated, TRY(checked_in(std::move(value), std::move(list))));
  }

  // `IN (a, b)`, `IN [a, b]`, or `IN ?` with a list.
  Result<std::vector<Operand>> in_list(const Node& in) {
    std::span<const NodeId> ids = statement_.children(in).subspan(1);
    std::vector<Operand> list;
    if (!in.spelled_out) {
      const Node& given = statement_.nodes[ids[0]];
      if (given.kind == NodeKind::kParameter) return elements_of(given);
      if (given.kind != NodeKind::kList && given.kind != NodeKind::kBag) {
        return values_.unsupported("IN must be followed by a list", given);
      }
      ids = statement_.children(given);
    }
    list.reserve(ids.size());
    for (const NodeId id : ids) list.push_back(TRY(operand(id)));
    return list;
  }

  Result<std::vector<Operand>> elements_of(const Node& parameter) {
    const EncodedValue given = TRY(values_.value(parameter));
    const auto type = given.view().type();
    if (type != AttributeType::kList && !storage::is_set(type)) {
      return values_.unsupported("IN must be followed by a list", parameter);
    }
    const auto elements = given.view().elements();
    std::vector<Operand> list;
    storage::ItemEncoder encoder;
    for (uint32_t i = 0; i < elements.size(); ++i) {
      encoder.begin_value();
      encoder.value(elements[i]);
      list.emplace_back(encoder.finish_value());
    }
    return list;
  }

  Result<Condition> is(const Node& node) {
    const Node& of = statement_.nodes[child(node, 0)];
    const std::string name = lower(node.text);
    if (name == "missing") {
      if (of.kind != NodeKind::kPath) return values_.unsupported("Unexpected path component", of);
      if (node.negated) return Condition{storage::AttributeExists{values_.path(of)}};
      return Condition{storage::AttributeNotExists{values_.path(of)}};
    }
    const Operand value = TRY(operand(child(node, 0)));
    if (name == "bag") {
      std::vector<Condition> sets;
      for (const auto type :
           {AttributeType::kStringSet, AttributeType::kNumberSet, AttributeType::kBinarySet}) {
        sets.push_back({storage::AttributeTypeIs{value, type}});
      }
      return negated_if(node.negated, {storage::Or{std::move(sets)}});
    }
    const auto known = std::find_if(kTypeNames.begin(), kTypeNames.end(),
                                    [&](const TypeName& type) { return type.name == name; });
    if (known == kTypeNames.end()) return malformed("Expected type name");
    return negated_if(node.negated, {storage::AttributeTypeIs{value, known->type}});
  }

  static bool is_condition_function(std::string_view name) {
    constexpr std::array kFunctions = std::to_array<std::string_view>(
        {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"});
    return std::find(kFunctions.begin(), kFunctions.end(), name) != kFunctions.end();
  }

  Result<Condition> call(const Node& node) {
    const std::string name = function_name(node);
    if (name == "size") {
      return request_error(
          "The function is not allowed to be used this way in an expression; function: size");
    }
    if (!is_condition_function(name)) return unrecognized_function(values_, node);
    const bool takes_path = name == "attribute_exists" || name == "attribute_not_exists";
    std::vector<Operand> all;
    for (const NodeId id : statement_.children(node)) all.push_back(TRY(operand(id)));
    if (all.size() != (takes_path ? 1 : 2)) return operand_count_error(name, node.count);
    if (takes_path) return existence(name, std::move(all[0]));
    if (name == "attribute_type") return checked_attribute_type(name, std::move(all[0]), all[1]);
    if (name == "contains") return checked_contains(name, std::move(all[0]), std::move(all[1]));
    return checked_begins_with(name, std::move(all[0]), std::move(all[1]));
  }

  static Result<Condition> existence(const std::string& name, Operand of) {
    auto* const path = std::get_if<DocumentPath>(&of);
    if (path == nullptr) {
      return request_error("Operator or function requires a document path; operator or function: " +
                           name);
    }
    if (name == "attribute_exists") return Condition{storage::AttributeExists{std::move(*path)}};
    return Condition{storage::AttributeNotExists{std::move(*path)}};
  }

  const StatementSyntax& statement_;
  Values& values_;
};

}  // namespace

std::string function_name(const Node& call) { return lower(call.text); }

Error unrecognized_function(const Values& values, const Node& call) {
  return values.unsupported("Unrecognized function: " + function_name(call), call);
}

Result<Condition> bind_where(const StatementSyntax& statement, Values& values) {
  return WhereBinder(statement, values).condition(*statement.where);
}

}  // namespace dynolith::api::partiql
