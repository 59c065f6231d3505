#include "tests/api/expression/tree_text.h"

#include "tests/support/value_text.h"

namespace dynolith::test {
namespace {

using storage::Condition;
using storage::EncodedValue;
using storage::Operand;
using storage::UpdateOperand;

std::string node(std::initializer_list<std::string> parts) {
  std::string text = "(";
  for (const std::string& part : parts) {
    if (text.size() > 1) text += ' ';
    text += part;
  }
  return text + ")";
}

std::string value_text(const EncodedValue& value) { return text_of(value.view()); }

std::string operand_text(const Operand& operand) {
  if (const auto* path = std::get_if<storage::DocumentPath>(&operand)) return text_of(*path);
  if (const auto* value = std::get_if<EncodedValue>(&operand)) return value_text(*value);
  const auto& of = std::get<storage::SizeOf>(operand).of;
  const auto* path = std::get_if<storage::DocumentPath>(&of);
  return node({"size", path != nullptr ? text_of(*path) : value_text(std::get<EncodedValue>(of))});
}

std::string all_text(std::string head, const std::vector<Condition>& conditions) {
  for (const auto& condition : conditions) head += " " + text_of(condition);
  return node({head});
}

const char* const kComparators[] = {"=", "<>", "<", "<=", ">", ">="};

struct ConditionText {
  std::string operator()(const storage::Comparison& c) const {
    return node({kComparators[static_cast<int>(c.comparator)], operand_text(c.left),
                 operand_text(c.right)});
  }
  std::string operator()(const storage::Between& c) const {
    return node({"between", operand_text(c.value), operand_text(c.low), operand_text(c.high)});
  }
  std::string operator()(const storage::In& c) const {
    std::string text = "in " + operand_text(c.value);
    for (const Operand& operand : c.list) text += " " + operand_text(operand);
    return node({text});
  }
  std::string operator()(const storage::AttributeExists& c) const {
    return node({"exists", text_of(c.path)});
  }
  std::string operator()(const storage::AttributeNotExists& c) const {
    return node({"not-exists", text_of(c.path)});
  }
  std::string operator()(const storage::AttributeTypeIs& c) const {
    return node({"type", operand_text(c.value), std::string(type_name(c.type))});
  }
  std::string operator()(const storage::BeginsWith& c) const {
    return node({"begins-with", operand_text(c.value), operand_text(c.prefix)});
  }
  std::string operator()(const storage::Contains& c) const {
    return node({"contains", operand_text(c.container), operand_text(c.value)});
  }
  std::string operator()(const storage::NotContains& c) const {
    return node({"not-contains", operand_text(c.container), operand_text(c.value)});
  }
  std::string operator()(const storage::Not& c) const { return node({"not", text_of(*c.inner)}); }
  std::string operator()(const storage::And& c) const { return all_text("and", c.all); }
  std::string operator()(const storage::Or& c) const { return all_text("or", c.any); }
};

std::string update_text(const UpdateOperand& operand) {
  if (const auto* path = std::get_if<storage::DocumentPath>(&operand.node)) return text_of(*path);
  if (const auto* value = std::get_if<EncodedValue>(&operand.node)) return value_text(*value);
  if (const auto* choice = std::get_if<storage::IfNotExists>(&operand.node))
    return node({"if-not-exists", text_of(choice->path), update_text(*choice->otherwise)});
  const auto& append = std::get<storage::ListAppend>(operand.node);
  return node({"append", update_text(*append.first), update_text(*append.second)});
}

struct ActionText {
  std::string operator()(const storage::SetAction& a) const {
    std::string value = update_text(a.left);
    if (a.arithmetic != storage::Arithmetic::kNone) {
      value = node(
          {a.arithmetic == storage::Arithmetic::kAdd ? "+" : "-", value, update_text(*a.right)});
    }
    return node({"set", text_of(a.path), value});
  }
  std::string operator()(const storage::RemoveAction& a) const {
    return node({"remove", text_of(a.path)});
  }
  std::string operator()(const storage::AddAction& a) const {
    return node({"add", text_of(a.path), value_text(a.value)});
  }
  std::string operator()(const storage::DeleteAction& a) const {
    return node({"delete", text_of(a.path), value_text(a.value)});
  }
};

const char* const kKeyOperators[] = {"=", "<", "<=", ">", ">=", "between", "begins-with"};

}  // namespace

std::string text_of(const Condition& condition) {
  return std::visit(ConditionText{}, condition.node);
}

std::string text_of(const storage::Update& update) {
  std::string text;
  for (const auto& action : update.actions) {
    if (!text.empty()) text += ' ';
    text += std::visit(ActionText{}, action);
  }
  return text;
}

std::string text_of(const storage::Projection& projection) {
  std::string text;
  for (const auto& path : projection.paths) text += (text.empty() ? "" : " ") + text_of(path);
  return text;
}

std::string text_of(const std::vector<storage::KeyClause>& clauses) {
  std::string text;
  for (const auto& clause : clauses) {
    if (!text.empty()) text += ' ';
    std::string values = value_text(clause.value);
    if (clause.second) values += " " + value_text(*clause.second);
    text += node({kKeyOperators[static_cast<int>(clause.op)], clause.attribute, values});
  }
  return text;
}

// Names that could be mistaken for paths are quoted.
std::string text_of(const storage::DocumentPath& path) {
  std::string text;
  for (const auto& step : path.steps) {
    if (const auto* name = step.name_if()) {
      if (!text.empty()) text += '.';
      text += name->find_first_of(".[ ") == std::string::npos ? *name : "'" + *name + "'";
    } else {
      text += "[" + std::to_string(step.index()) + "]";
    }
  }
  return text;
}

api::Placeholders sample_placeholders() {
  api::Placeholders placeholders;
  for (const auto& [key, name] : std::map<std::string, std::string>{{"#a", "a"},
                                                                    {"#b", "b"},
                                                                    {"#dot", "x.y"},
                                                                    {"#size", "size"},
                                                                    {"#_", "under"},
                                                                    {"#1", "one"}}) {
    placeholders.add_name(key, name);
  }
  for (const auto& [key, value] : std::map<std::string, std::string>{{":n", "5"},
                                                                     {":m", "10"},
                                                                     {":s", "\"x\""},
                                                                     {":t", "\"y\""},
                                                                     {":b", "b\"q\""},
                                                                     {":c", "b\"r\""},
                                                                     {":bool", "true"},
                                                                     {":null", "null"},
                                                                     {":ss", "<\"p\", \"q\">"},
                                                                     {":ns", "<1, 2>"},
                                                                     {":bs", "<b\"q\">"},
                                                                     {":l", "[1]"},
                                                                     {":map", "{k: 1}"},
                                                                     {":S", "\"S\""},
                                                                     {":_", "7"},
                                                                     {":1a", "8"}}) {
    placeholders.add_value(key, encoded_from(value));
  }
  return placeholders;
}

}  // namespace dynolith::test
