// Evaluates bound conditions on the stored bytes.
#include "storage/expression/condition.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "storage/encoding/number_encoding.h"
#include "storage/expression/path_runs.h"

namespace dynolith::storage {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

size_t utf16_units(std::string_view utf8) {
  size_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<uint8_t>(c);
    if ((byte & 0xc0) != 0x80) ++units;  // A code point begins here...
    if (byte >= 0xf0) ++units;           // ... and is a surrogate pair.
  }
  return units;
}

std::optional<size_t> size_of(const ValueView& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return utf16_units(value.text());
    case AttributeType::kBinary:
      return value.text().size();
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
    case AttributeType::kList:
      return value.elements().size();
    case AttributeType::kMap:
      return value.members().size();
    case AttributeType::kNumber:
    case AttributeType::kBoolean:
    case AttributeType::kNull:
      break;
  }
  return std::nullopt;
}

// An operand's value for one item, if it has one. Computed numbers live inside: do not move.
class Resolved {
 public:
  Resolved(const Operand& operand, const ItemView& item) {
    std::visit(Overloaded{[&](const DocumentPath& path) { value_ = find(item, path); },
                          [&](const EncodedValue& value) { value_ = value.view(); },
                          [&](const SizeOf& size) { resolve_size(size, item); }},
               operand);
  }
  Resolved(const Resolved&) = delete;
  Resolved& operator=(const Resolved&) = delete;

  explicit operator bool() const { return value_.has_value(); }
  const ValueView& operator*() const { return *value_; }
  const ValueView* operator->() const { return &*value_; }

 private:
  void resolve_size(const SizeOf& size, const ItemView& item) {
    const auto* path = std::get_if<DocumentPath>(&size.of);
    const std::optional<ValueView> measured =
        path != nullptr ? find(item, *path) : std::get<EncodedValue>(size.of).view();
    if (!measured) return;
    const std::optional<size_t> count = size_of(*measured);
    if (!count) return;
    // Few digits: the string needs no allocation.
    append_number(number_, Number(static_cast<int64_t>(*count)));
    value_ = ValueView(static_cast<uint8_t>(AttributeType::kNumber), number_);
  }

  std::optional<ValueView> value_;
  std::string number_;
};

// S, N and B of one type have an order: that of their bytes.
bool are_ordered(const ValueView& a, const ValueView& b) {
  return a.type() == b.type() && is_key_type(a.type());
}

bool compare(const Comparison& node, const ItemView& item) {
  const Resolved left(node.left, item);
  const Resolved right(node.right, item);
  const bool both = left && right;
  switch (node.comparator) {
    case Comparator::kEqual:
      return both && *left == *right;
    case Comparator::kNotEqual:
      return !both || !(*left == *right);
    case Comparator::kLess:
    case Comparator::kLessOrEqual:
    case Comparator::kGreater:
    case Comparator::kGreaterOrEqual:
      break;
  }
  if (!both || !are_ordered(*left, *right)) return false;
  const int order = left->payload().compare(right->payload());
  switch (node.comparator) {
    case Comparator::kLess:
      return order < 0;
    case Comparator::kLessOrEqual:
      return order <= 0;
    case Comparator::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

bool is_between(const Between& node, const ItemView& item) {
  const Resolved value(node.value, item);
  if (!value) return false;
  const Resolved low(node.low, item);
  const Resolved high(node.high, item);
  return low && high && are_ordered(*value, *low) && are_ordered(*value, *high) &&
         value->payload() >= low->payload() && value->payload() <= high->payload();
}

bool is_in(const In& node, const ItemView& item) {
  const Resolved value(node.value, item);
  if (!value) return false;
  return std::any_of(node.list.begin(), node.list.end(), [&](const Operand& operand) {
    const Resolved candidate(operand, item);
    return candidate && *candidate == *value;
  });
}

bool has_type(const AttributeTypeIs& node, const ItemView& item) {
  const Resolved value(node.value, item);
  return value && value->type() == node.type;
}

bool begins_with(const BeginsWith& node, const ItemView& item) {
  const Resolved value(node.value, item);
  const Resolved prefix(node.prefix, item);
  if (!value || !prefix || value->type() != prefix->type()) return false;
  const bool is_text =
      value->type() == AttributeType::kString || value->type() == AttributeType::kBinary;
  return is_text && value->text().starts_with(prefix->text());
}

bool holds(const ValueView& container, const ValueView& value) {
  switch (container.type()) {
    case AttributeType::kString:
    case AttributeType::kBinary:
      return value.type() == container.type() &&
             container.text().find(value.text()) != std::string_view::npos;
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      return value.type() == set_member_type(container.type()) &&
             container.elements().contains(value);
    case AttributeType::kList:
      return container.elements().contains(value);
    case AttributeType::kNumber:
    case AttributeType::kBoolean:
    case AttributeType::kNull:
    case AttributeType::kMap:
      break;
  }
  return false;
}

bool contains(const Contains& node, const ItemView& item) {
  const Resolved container(node.container, item);
  const Resolved value(node.value, item);
  return container && value && holds(*container, *value);
}

bool lacks(const NotContains& node, const ItemView& item) {
  const Resolved container(node.container, item);
  const Resolved value(node.value, item);
  return container && value && !holds(*container, *value);
}

// The paths of a condition, in the order they were written.
class PathVisitor {
 public:
  explicit PathVisitor(FunctionRef<void(const DocumentPath&)> visit) : visit_(visit) {}

  void operator()(const Condition& condition) const { std::visit(*this, condition.node); }
  void operator()(const Comparison& node) const { operands(node.left, node.right); }
  void operator()(const Between& node) const {
    operands(node.value, node.low);
    operand(node.high);
  }
  void operator()(const In& node) const {
    operand(node.value);
    for (const Operand& candidate : node.list) operand(candidate);
  }
  void operator()(const AttributeExists& node) const { visit_(node.path); }
  void operator()(const AttributeNotExists& node) const { visit_(node.path); }
  void operator()(const AttributeTypeIs& node) const { operand(node.value); }
  void operator()(const BeginsWith& node) const { operands(node.value, node.prefix); }
  void operator()(const Contains& node) const { operands(node.container, node.value); }
  void operator()(const NotContains& node) const { operands(node.container, node.value); }
  void operator()(const Not& node) const { (*this)(*node.inner); }
  void operator()(const And& node) const {
    for (const Condition& condition : node.all) (*this)(condition);
  }
  void operator()(const Or& node) const {
    for (const Condition& condition : node.any) (*this)(condition);
  }

 private:
  void operand(const Operand& operand) const {
    std::visit(
        Overloaded{[&](const DocumentPath& path) { visit_(path); }, [](const EncodedValue&) {},
                   [&](const SizeOf& size) {
                     const auto* path = std::get_if<DocumentPath>(&size.of);
                     if (path != nullptr) visit_(*path);
                   }},
        operand);
  }
  void operands(const Operand& first, const Operand& second) const {
    operand(first);
    operand(second);
  }

  FunctionRef<void(const DocumentPath&)> visit_;
};

}  // namespace

Condition::Condition(Node kind) : node(std::move(kind)) {}
Condition::~Condition() = default;
Condition::Condition(Condition&& other) noexcept = default;
Condition& Condition::operator=(Condition&& other) noexcept = default;

bool evaluate(const Condition& condition, const ItemView& item) {
  const auto is_true = [&](const Condition& inner) { return evaluate(inner, item); };
  return std::visit(
      Overloaded{
          [&](const Comparison& node) { return compare(node, item); },
          [&](const Between& node) { return is_between(node, item); },
          [&](const In& node) { return is_in(node, item); },
          [&](const AttributeExists& node) { return find(item, node.path).has_value(); },
          [&](const AttributeNotExists& node) { return !find(item, node.path).has_value(); },
          [&](const AttributeTypeIs& node) { return has_type(node, item); },
          [&](const BeginsWith& node) { return begins_with(node, item); },
          [&](const Contains& node) { return contains(node, item); },
          [&](const NotContains& node) { return lacks(node, item); },
          [&](const Not& node) { return !evaluate(*node.inner, item); },
          [&](const And& node) { return std::all_of(node.all.begin(), node.all.end(), is_true); },
          [&](const Or& node) { return std::any_of(node.any.begin(), node.any.end(), is_true); },
      },
      condition.node);
}

std::optional<ValueView> find(const ItemView& item, const DocumentPath& path) {
  std::optional<ValueView> value = item.find(path.attribute());
  for (size_t i = 1; value && i < path.steps.size(); ++i) value = child_at(*value, path.steps[i]);
  return value;
}

void visit_paths(const Condition& condition, FunctionRef<void(const DocumentPath&)> visit) {
  PathVisitor{visit}(condition);
}

}  // namespace dynolith::storage
