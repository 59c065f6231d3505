// Says why a condition is false for an item.
#include <algorithm>

#include "odm/comparator_text.h"
#include "odm/condition.h"
#include "storage/expression/condition.h"

namespace dynolith::odm {
namespace {

using storage::Comparator;
using storage::DocumentPath;
using storage::ItemView;
using storage::Operand;
using Tree = storage::Condition;

constexpr size_t kClausesMax = 50;
constexpr size_t kValueBytesMax = 100;
constexpr size_t kClauseBytesMax = 600;

// Cut between characters.
void cut(std::string& text, size_t bytes_max) {
  if (text.size() <= bytes_max) return;
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  text.append("...");
}

// Writes a value for people, at most kValueBytesMax bytes and a little.
class ValueWriter {
 public:
  explicit ValueWriter(std::string& out) : out_(out), limit_(out.size() + kValueBytesMax) {}

  void write(const ValueView& value) {
    switch (value.type()) {
      case AttributeType::kString:
        return write_text(value.text());
      case AttributeType::kNumber:
        return value.number().append_text(out_);
      case AttributeType::kBinary:
        out_.append(std::to_string(value.text().size())).append(" bytes");
        return;
      case AttributeType::kBoolean:
        out_.append(value.boolean() ? "true" : "false");
        return;
      case AttributeType::kNull:
        out_.append("null");
        return;
      case AttributeType::kMap:
        return write_members(value.members());
      default:
        return write_elements(value);
    }
  }

 private:
  bool is_full() const { return out_.size() >= limit_; }

  void write_text(std::string_view text) {
    std::string start(text.substr(0, kValueBytesMax + 4));
    cut(start, kValueBytesMax);
    // Lines of a log stay lines.
    for (char& c : start)
      if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    out_.append("\"").append(start).append("\"");
  }
  // Whether to go on.
  bool separate(uint32_t i) {
    if (i > 0) out_.append(", ");
    if (!is_full()) return true;
    out_.append("...");
    return false;
  }
  void write_elements(const ValueView& value) {
    const storage::ListView elements = value.elements();
    out_.append("[");
    for (uint32_t i = 0; i < elements.size() && separate(i); ++i) write(elements[i]);
    out_.append("]");
  }
  void write_members(const storage::MapView& members) {
    out_.append("{");
    for (uint32_t i = 0; i < members.size() && separate(i); ++i) {
      const auto [name, member] = members[i];
      std::string start(name.substr(0, kValueBytesMax + 4));
      cut(start, kValueBytesMax);
      out_.append(start).append(": ");
      write(member);
    }
    out_.append("}");
  }

  std::string& out_;
  const size_t limit_;
};

// A path by the model's names.
struct Place {
  std::string name;
  bool is_masked = false;
};

// Below `codec`: the document that it is, then what its elements are. Null: unknown.
struct Level {
  const Schema* schema = nullptr;
  const ValueCodec* element = nullptr;

  static Level of(const ValueCodec* codec) {
    if (codec == nullptr) return {};
    return {codec->schema(), codec->element()};
  }
};

// Whether a document of this model shows something masked. Models may hold themselves.
bool holds_masked(const Level& level, std::vector<const Schema*>& seen) {
  for (const ValueCodec* element = level.element; element != nullptr; element = element->element())
    if (element->schema() != nullptr && holds_masked({element->schema(), nullptr}, seen))
      return true;
  if (level.schema == nullptr || std::find(seen.begin(), seen.end(), level.schema) != seen.end())
    return false;
  seen.push_back(level.schema);
  for (const Attribute& attribute : level.schema->attributes)
    if (attribute.masked || holds_masked(Level::of(attribute.codec), seen)) return true;
  return false;
}

Place place_of(const Schema& schema, const DocumentPath& path) {
  Place place;
  Level level{&schema, nullptr};
  for (const storage::PathStep& step : path.steps) {
    const auto* name = step.name_if();
    if (name == nullptr) {
      place.name.append("[").append(std::to_string(step.index())).append("]");
      level = Level::of(level.element);
      continue;
    }
    if (!place.name.empty()) place.name.append(".");
    const Attribute* found = level.schema == nullptr ? nullptr : level.schema->find_stored(*name);
    place.name.append(found == nullptr ? *name : found->name);
    if (found != nullptr) place.is_masked = place.is_masked || found->masked;
    level = Level::of(found == nullptr ? level.element : found->codec);
  }
  cut(place.name, kValueBytesMax);
  std::vector<const Schema*> seen;
  place.is_masked = place.is_masked || holds_masked(level, seen);
  return place;
}

const DocumentPath* path_of(const Operand& operand) {
  if (const auto* path = std::get_if<DocumentPath>(&operand)) return path;
  if (const auto* size = std::get_if<storage::SizeOf>(&operand))
    return std::get_if<DocumentPath>(&size->of);
  return nullptr;
}

uint64_t utf16_units(std::string_view utf8) {
  uint64_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

// UTF-16 code units of strings, bytes of binary, elements of the rest; as the service counts.
std::optional<uint64_t> size_of(const ValueView& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return utf16_units(value.text());
    case AttributeType::kBinary:
      return value.text().size();
    case AttributeType::kMap:
      return value.members().size();
    case AttributeType::kNumber:
    case AttributeType::kBoolean:
    case AttributeType::kNull:
      return std::nullopt;
    default:
      return value.elements().size();
  }
}

// One clause as text, and what the item held where it looked.
class Clause {
 public:
  Clause(const Schema& schema, const ItemView& item) : schema_(schema), item_(item) {}

  FailedClause describe(const Tree& tree, bool negated) {
    find_masks(tree);
    std::visit([&](const auto& node) { write(node, negated); }, tree.node);
    cut(clause_.text, kClauseBytesMax);
    cut(clause_.actual, kClauseBytesMax);
    return std::move(clause_);
  }

 private:
  void find_masks(const Tree& tree) {
    storage::visit_paths(tree, [this](const DocumentPath& path) {
      is_masked_ = is_masked_ || place_of(schema_, path).is_masked;
    });
  }

  std::string& text() { return clause_.text; }
  void add(std::string_view more) { text().append(more); }
  void add(const DocumentPath& path) { add(place_of(schema_, path).name); }
  void add(const EncodedValue& value) {
    if (is_masked_)
      add("***");
    else if (!value.bytes.empty())
      ValueWriter(text()).write(value.view());
  }
  void add(const storage::SizeOf& size) {
    add("size(");
    std::visit([this](const auto& of) { add(of); }, size.of);
    add(")");
  }
  void add(const Operand& operand) {
    std::visit([this](const auto& each) { add(each); }, operand);
  }

  // What is found at the operands that are places. Of several: "spent = 10, limit = 5".
  void look_at(std::initializer_list<const Operand*> operands) {
    std::vector<const Operand*> places;
    for (const Operand* operand : operands)
      if (path_of(*operand) != nullptr) places.push_back(operand);
    for (const Operand* operand : places) {
      std::string found = found_at(*operand);
      if (places.size() == 1) {
        clause_.actual = std::move(found);
        return;
      }
      if (!clause_.actual.empty()) clause_.actual.append(", ");
      std::string before = std::move(text());
      text().clear();
      add(*operand);
      clause_.actual.append(text());
      text() = std::move(before);
      if (found.empty())
        clause_.actual.append(" absent");
      else
        clause_.actual.append(" = ").append(found);
    }
  }

  std::string found_at(const Operand& operand) const {
    const auto found = storage::find(item_, *path_of(operand));
    if (!found) return {};
    if (is_masked_) return "***";
    std::string text;
    if (std::holds_alternative<storage::SizeOf>(operand)) {
      const std::optional<uint64_t> size = size_of(*found);
      if (size) return std::to_string(*size);
      return "no size: " + std::string(storage::type_name(found->type()));
    }
    ValueWriter(text).write(*found);
    return text;
  }

  void begin(bool negated) {
    if (negated) add("NOT ");
  }

  void write(const storage::Comparison& node, bool negated) {
    begin(negated);
    add(node.left);
    add(comparator_text(node.comparator));
    add(node.right);
    look_at({&node.left, &node.right});
  }
  void write(const storage::Between& node, bool negated) {
    begin(negated);
    add(node.value);
    add(" BETWEEN ");
    add(node.low);
    add(" AND ");
    add(node.high);
    look_at({&node.value, &node.low, &node.high});
  }
  void write(const storage::In& node, bool negated) {
    begin(negated);
    add(node.value);
    add(" IN (");
    for (size_t i = 0; i < node.list.size() && text().size() < kClauseBytesMax; ++i) {
      if (i > 0) add(", ");
      add(node.list[i]);
    }
    add(")");
    look_at({&node.value});
  }
  void write_existence(const DocumentPath& path, bool exists) {
    add(exists ? "attribute_exists(" : "attribute_not_exists(");
    add(path);
    add(")");
    look_at_path(path);
  }
  void look_at_path(const DocumentPath& path) {
    const Operand operand = path;
    look_at({&operand});
  }
  void write(const storage::AttributeExists& node, bool negated) {
    write_existence(node.path, !negated);
  }
  void write(const storage::AttributeNotExists& node, bool negated) {
    write_existence(node.path, negated);
  }
  void write(const storage::AttributeTypeIs& node, bool negated) {
    begin(negated);
    add("attribute_type(");
    add(node.value);
    add(", ");
    add(storage::type_name(node.type));
    add(")");
    look_at({&node.value});
    // The value would not say it: "5" and 5 look alike to some.
    const DocumentPath* path = path_of(node.value);
    if (path == nullptr) return;
    if (const auto found = storage::find(item_, *path))
      clause_.actual = storage::type_name(found->type());
  }
  void write_call(std::string_view function, const Operand& first, const Operand& second) {
    add(function);
    add("(");
    add(first);
    add(", ");
    add(second);
    add(")");
    look_at({&first, &second});
  }
  void write(const storage::BeginsWith& node, bool negated) {
    begin(negated);
    write_call("begins_with", node.value, node.prefix);
  }
  void write(const storage::Contains& node, bool negated) {
    begin(negated);
    write_call("contains", node.container, node.value);
  }
  void write(const storage::NotContains& node, bool negated) {
    begin(negated);
    write_call("not_contains", node.container, node.value);
  }
  // Not clauses: those inside them are.
  void write(const storage::Not&, bool) {}
  void write(const storage::And&, bool) {}
  void write(const storage::Or&, bool) {}

  const Schema& schema_;
  const ItemView& item_;
  FailedClause clause_;
  bool is_masked_ = false;
};

// Walks down to the clauses whose value would have to change.
class Blame {
 public:
  Blame(const Schema& schema, const ItemView& item) : schema_(schema), item_(item) {}

  // `wanted`: the value that `tree` should have and has not.
  void find(const Tree& tree, bool wanted) {
    if (clauses_.size() >= kClausesMax) return;
    if (const auto* node = std::get_if<storage::Not>(&tree.node))
      return find(*node->inner, !wanted);
    if (const auto* node = std::get_if<storage::And>(&tree.node)) return in(node->all, wanted);
    if (const auto* node = std::get_if<storage::Or>(&tree.node)) return in(node->any, wanted);
    FailedClause clause = Clause(schema_, item_).describe(tree, !wanted);
    if (std::find(clauses_.begin(), clauses_.end(), clause) == clauses_.end())
      clauses_.push_back(std::move(clause));
  }
  std::vector<FailedClause> take() { return std::move(clauses_); }

 private:
  // An AND that should be true: its false parts; one that should be false: all are true, and any
  // could be the one that is not. OR the other way round: the same walk.
  void in(const std::vector<Tree>& parts, bool wanted) {
    for (const Tree& part : parts)
      if (storage::evaluate(part, item_) != wanted) find(part, wanted);
  }

  const Schema& schema_;
  const ItemView& item_;
  std::vector<FailedClause> clauses_;
};

}  // namespace

std::vector<FailedClause> explain(const Schema& schema, const storage::Condition& condition,
                                  const storage::ItemView& item) {
  if (storage::evaluate(condition, item)) return {};
  Blame blame(schema, item);
  blame.find(condition, true);
  return blame.take();
}

}  // namespace dynolith::odm
