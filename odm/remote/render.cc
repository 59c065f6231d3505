#include "odm/remote/render.h"

#include <array>
#include <charconv>
#include <variant>

#include "odm/comparator_text.h"

namespace dynolith::odm {

namespace {

using storage::AttributeType;
using storage::Comparator;
using storage::Condition;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::KeyClause;
using storage::KeyOperator;
using storage::Operand;
using storage::SizeOf;
using storage::ValueView;

// Up to so many entries are searched one by one.
constexpr size_t kScannedMax = 16;

void append_number(std::string& out, size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// How tightly a condition holds together; what is looser than its surroundings wants parentheses.
enum class Binding : uint8_t { kOr, kAnd, kNot, kPrimary };

class ConditionWriter {
 public:
  ConditionWriter(std::string& out, PlaceholderTable& placeholders)
      : out_(out), placeholders_(placeholders) {}

  void write(const Condition& condition, Binding least) {
    const bool enclosed = binding_of(condition) < least;
    if (enclosed) out_ += '(';
    std::visit([this](const auto& node) { write_node(node); }, condition.node);
    if (enclosed) out_ += ')';
  }

 private:
  static Binding binding_of(const Condition& condition) {
    if (const auto* any = std::get_if<storage::Or>(&condition.node))
      return any->any.size() == 1 ? binding_of(any->any.front()) : Binding::kOr;
    if (const auto* all = std::get_if<storage::And>(&condition.node))
      return all->all.size() == 1 ? binding_of(all->all.front()) : Binding::kAnd;
    if (const auto* none = std::get_if<storage::NotContains>(&condition.node))
      return std::holds_alternative<DocumentPath>(none->container) ? Binding::kAnd : Binding::kNot;
    if (std::holds_alternative<storage::Not>(condition.node)) return Binding::kNot;
    return Binding::kPrimary;
  }

  void write(const Operand& operand) {
    if (const auto* path = std::get_if<DocumentPath>(&operand)) return write(*path);
    if (const auto* value = std::get_if<EncodedValue>(&operand)) return write(*value);
    const auto& of = std::get<SizeOf>(operand).of;
    out_ += "size(";
    std::visit([this](const auto& inner) { write(inner); }, of);
    out_ += ')';
  }
  void write(const DocumentPath& path) { append_path(out_, path, placeholders_); }
  void write(const EncodedValue& value) { placeholders_.append_value(out_, value.view()); }

  void write_list(const std::vector<Condition>& list, std::string_view between, Binding least) {
    if (list.size() == 1) return write(list.front(), Binding::kOr);
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out_ += between;
      write(list[i], least);
    }
  }
  template <class First, class Second>
  void write_call(std::string_view function, const First& first, const Second& second) {
    out_.append(function).append("(");
    write(first);
    out_ += ", ";
    write(second);
    out_ += ')';
  }

  void write_node(const storage::Comparison& node) {
    write(node.left);
    out_ += comparator_text(node.comparator);
    write(node.right);
  }
  void write_node(const storage::Between& node) {
    write(node.value);
    out_ += " BETWEEN ";
    write(node.low);
    out_ += " AND ";
    write(node.high);
  }
  void write_node(const storage::In& node) {
    write(node.value);
    out_ += " IN (";
    for (size_t i = 0; i < node.list.size(); ++i) {
      if (i > 0) out_ += ", ";
      write(node.list[i]);
    }
    out_ += ')';
  }
  void write_node(const storage::AttributeExists& node) { write_exists("attribute_exists", node); }
  void write_node(const storage::AttributeNotExists& node) {
    write_exists("attribute_not_exists", node);
  }
  template <class Node>
  void write_exists(std::string_view function, const Node& node) {
    out_.append(function).append("(");
    write(node.path);
    out_ += ')';
  }
  void write_node(const storage::AttributeTypeIs& node) {
    out_ += "attribute_type(";
    write(node.value);
    out_ += ", ";
    constexpr auto kTag = static_cast<uint8_t>(AttributeType::kString);
    placeholders_.append_value(out_, ValueView(kTag, storage::type_name(node.type)));
    out_ += ')';
  }
  void write_node(const storage::BeginsWith& node) {
    write_call("begins_with", node.value, node.prefix);
  }
  void write_node(const storage::Contains& node) {
    write_call("contains", node.container, node.value);
  }
  void write_node(const storage::NotContains& node) {
    if (const auto* path = std::get_if<DocumentPath>(&node.container)) {
      out_ += "attribute_exists(";
      write(*path);
      out_ += ") AND ";
    }
    out_ += "NOT ";
    write_call("contains", node.container, node.value);
  }
  void write_node(const storage::Not& node) {
    out_ += "NOT ";
    write(*node.inner, Binding::kNot);
  }
  void write_node(const storage::And& node) { write_list(node.all, " AND ", Binding::kNot); }
  void write_node(const storage::Or& node) { write_list(node.any, " OR ", Binding::kAnd); }

  std::string& out_;
  PlaceholderTable& placeholders_;
};

std::string_view key_operator_text(KeyOperator op) {
  switch (op) {
    case KeyOperator::kEqual:
      return " = ";
    case KeyOperator::kLess:
      return " < ";
    case KeyOperator::kLessOrEqual:
      return " <= ";
    case KeyOperator::kGreater:
      return " > ";
    case KeyOperator::kGreaterOrEqual:
      return " >= ";
    case KeyOperator::kBetween:
      return " BETWEEN ";
    case KeyOperator::kBeginsWith:
      return ", ";
  }
  return {};
}

void append_key_clause(std::string& out, const KeyClause& clause, PlaceholderTable& placeholders) {
  const bool is_prefix = clause.op == KeyOperator::kBeginsWith;
  if (is_prefix) out += "begins_with(";
  placeholders.append_name(out, clause.attribute);
  out += key_operator_text(clause.op);
  placeholders.append_value(out, clause.value.view());
  if (is_prefix) out += ')';
  if (clause.op == KeyOperator::kBetween && clause.second) {
    out += " AND ";
    placeholders.append_value(out, clause.second->view());
  }
}

}  // namespace

template <class Entry, class Key>
size_t PlaceholderTable::Entries<Entry, Key>::position(const Entry& entry, const Key& key) {
  if (index.empty()) {
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i] == entry) return i;
    }
  } else if (const auto found = index.find(key); found != index.end()) {
    return found->second;
  }
  list.push_back(entry);
  if (!index.empty()) index.emplace(key, list.size() - 1);
  return list.size() - 1;
}

void PlaceholderTable::append_name(std::string& out, std::string_view attribute) {
  const size_t position = names_.position(attribute, attribute);
  if (names_.list.size() == kScannedMax && names_.index.empty()) {
    for (size_t i = 0; i < kScannedMax; ++i) names_.index.emplace(names_.list[i], i);
  }
  out += "#n";
  append_number(out, position);
}

void PlaceholderTable::append_value(std::string& out, const ValueView& value) {
  const size_t position = values_.position(value, {value.tag(), value.payload()});
  if (values_.list.size() == kScannedMax && values_.index.empty()) {
    for (size_t i = 0; i < kScannedMax; ++i) {
      const ValueView& known = values_.list[i];
      values_.index.emplace(std::tuple(known.tag(), known.payload()), i);
    }
  }
  out += ":v";
  append_number(out, position);
}

void PlaceholderTable::write(api::JsonWriter& json) const {
  std::string placeholder;
  const auto numbered = [&](std::string_view prefix, size_t number) {
    placeholder.assign(prefix);
    append_number(placeholder, number);
    return std::string_view(placeholder);
  };
  if (!names_.list.empty()) {
    json.name("ExpressionAttributeNames").begin_object();
    for (size_t i = 0; i < names_.list.size(); ++i)
      json.name(numbered("#n", i)).string(names_.list[i]);
    json.end_object();
  }
  if (!values_.list.empty()) {
    json.name("ExpressionAttributeValues").begin_object();
    for (size_t i = 0; i < values_.list.size(); ++i)
      json.name(numbered(":v", i)).value(values_.list[i]);
    json.end_object();
  }
}

void append_path(std::string& out, const DocumentPath& path, PlaceholderTable& placeholders) {
  for (size_t i = 0; i < path.steps.size(); ++i) {
    const storage::PathStep& step = path.steps[i];
    if (!step.is_name()) {
      out += '[';
      append_number(out, step.index());
      out += ']';
      continue;
    }
    if (i > 0) out += '.';
    placeholders.append_name(out, step.name());
  }
}

void append_condition(std::string& out, const Condition& condition,
                      PlaceholderTable& placeholders) {
  ConditionWriter(out, placeholders).write(condition, Binding::kOr);
}

void append_key_condition(std::string& out, const std::vector<KeyClause>& clauses,
                          PlaceholderTable& placeholders) {
  for (size_t i = 0; i < clauses.size(); ++i) {
    if (i > 0) out += " AND ";
    append_key_clause(out, clauses[i], placeholders);
  }
}

void append_projection(std::string& out, const storage::Projection& projection,
                       PlaceholderTable& placeholders) {
  for (size_t i = 0; i < projection.paths.size(); ++i) {
    if (i > 0) out += ", ";
    append_path(out, projection.paths[i], placeholders);
  }
}

}  // namespace dynolith::odm
