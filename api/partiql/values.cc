#include "api/partiql/values.h"

#include <algorithm>
#include <charconv>

#include "api/partiql/lexer.h"
#include "api/partiql/parser.h"
#include "storage/limits.h"

namespace dynolith::api::partiql {

using storage::AttributeType;
using storage::DocumentPath;
using storage::EncodedItem;
using storage::EncodedValue;
using storage::Error;
using storage::ItemEncoder;
using storage::request_error;
using storage::Result;
using storage::ValueView;

namespace {

ItemEncoder& thread_encoder() {
  thread_local ItemEncoder encoder;
  return encoder;
}

Error nesting_error() {
  return request_error(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
}

// Levels of containers, the value itself included.
int levels_of(const ValueView& value) {
  int deepest = 0;
  if (value.type() == AttributeType::kList) {
    const auto list = value.elements();
    for (uint32_t i = 0; i < list.size(); ++i) deepest = std::max(deepest, levels_of(list[i]));
  } else if (value.type() == AttributeType::kMap) {
    const auto map = value.members();
    for (uint32_t i = 0; i < map.size(); ++i) deepest = std::max(deepest, levels_of(map[i].second));
  }
  return deepest + 1;
}

AttributeType set_of(AttributeType member) {
  switch (member) {
    case AttributeType::kString:
      return AttributeType::kStringSet;
    case AttributeType::kNumber:
      return AttributeType::kNumberSet;
    default:
      return AttributeType::kBinarySet;
  }
}

}  // namespace

bool has_readable_exponent(std::string_view number) {
  const size_t e = number.find_first_of("eE");
  if (e == std::string_view::npos) return true;
  std::string_view digits = number.substr(e + 1);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int32_t exponent = 0;
  return std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec == std::errc();
}

std::string name_of(const PathPart& part) {
  switch (part.kind) {
    case PathPart::Kind::kQuotedName:
      return unquoted(part.text, '"');
    case PathPart::Kind::kString:
      return unquoted(part.text, '\'');
    case PathPart::Kind::kName:
    case PathPart::Kind::kIndex:
      break;
  }
  return std::string(part.text);
}

DocumentPath Values::path(const Node& node) const {
  DocumentPath path;
  path.steps.reserve(node.count);
  for (const PathPart& part : statement_.parts(node)) {
    if (part.kind == PathPart::Kind::kIndex) {
      uint32_t index = 0;
      std::from_chars(part.text.data(), part.text.data() + part.text.size(), index);
      path.steps.emplace_back(index);
    } else {
      path.steps.emplace_back(name_of(part));
    }
  }
  return path;
}

Error Values::unsupported(std::string_view problem, const Node& node) const {
  return request_error(std::string(problem) + " at " +
                       position_text(statement_.text, node.begin, node.end));
}

Result<EncodedValue> Values::value(const Node& node) {
  if (node.kind == NodeKind::kParameter) return parameters_[node.first];
  way_.clear();
  thread_encoder().begin_value();
  TRY(encode(node, 1));
  return thread_encoder().finish_value();
}

Result<EncodedItem> Values::item(const Node& node) {
  way_.clear();
  ItemEncoder& encoder = thread_encoder();
  if (node.kind == NodeKind::kStruct) {
    encoder.begin_item();
    TRY(members(node, 1));
    return encoder.finish_item();
  }
  if (node.kind != NodeKind::kParameter ||
      parameters_[node.first].view().type() != AttributeType::kMap) {
    return unsupported("Only a single tuple can be inserted", node);
  }
  const auto map = parameters_[node.first].view().members();
  encoder.begin_item();
  for (uint32_t i = 0; i < map.size(); ++i) {
    const auto [name, member] = map[i];
    encoder.name(name);
    encoder.value(member);
  }
  return encoder.finish_item();
}

// `depth` counts the value itself; it bounds the recursion.
Result<void> Values::encode(const Node& node, int depth) {
  if (depth > storage::kNestingLevelsMax) return nesting_error();
  ItemEncoder& encoder = thread_encoder();
  switch (node.kind) {
    case NodeKind::kString:
      if (node.text.find('\'') == std::string_view::npos) {
        encoder.string(node.text);
      } else {
        encoder.string(unquoted(node.text, '\''));
      }
      return {};
    case NodeKind::kNumber:
      return number(node);
    case NodeKind::kBoolean:
      encoder.boolean(!node.negated);
      return {};
    case NodeKind::kNull:
      encoder.null();
      return {};
    case NodeKind::kParameter: {
      const ValueView given = parameters_[node.first].view();
      if (depth > 1 && levels_of(given) + depth - 1 > storage::kNestingLevelsMax) {
        return nesting_error();
      }
      encoder.value(given);
      return {};
    }
    case NodeKind::kList:
      return elements(node, depth);
    case NodeKind::kBag:
      return bag(node, depth);
    case NodeKind::kStruct:
      encoder.begin_map();
      TRY(members(node, depth + 1));
      encoder.end();
      return {};
    case NodeKind::kMissing:
      return unsupported("Unsupported value: MISSING", node);
    default:
      return unsupported("Only literals and parameters are supported as values", node);
  }
}

Result<void> Values::members(const Node& structure, int depth) {
  const auto children = statement_.children(structure);
  for (size_t i = 0; i < children.size(); i += 2) {
    std::string name = unquoted(node(children[i]).text, '\'');
    if (name.empty()) return request_error("Empty attribute name");
    thread_encoder().name(name);
    way_.emplace_back(std::move(name));
    TRY(encode(node(children[i + 1]), depth));
    way_.pop_back();
  }
  return {};
}

Result<void> Values::elements(const Node& list, int depth) {
  thread_encoder().begin_list();
  const auto children = statement_.children(list);
  for (size_t i = 0; i < children.size(); ++i) {
    way_.emplace_back(static_cast<uint32_t>(i));
    TRY(encode(node(children[i]), depth + 1));
    way_.pop_back();
  }
  thread_encoder().end();
  return {};
}

// A bag is a set: of strings, of numbers or of binaries, each once.
Result<void> Values::bag(const Node& bag, int depth) {
  const auto type_of = [&](const Node& member) -> std::optional<AttributeType> {
    if (member.kind == NodeKind::kString) return AttributeType::kString;
    if (member.kind == NodeKind::kNumber) return AttributeType::kNumber;
    if (member.kind != NodeKind::kParameter) return std::nullopt;
    return parameters_[member.first].view().type();
  };
  const auto children = statement_.children(bag);
  if (children.empty()) return request_error("Empty bags are not supported");
  const auto type = type_of(node(children[0]));
  for (const NodeId child : children) {
    const auto other = type_of(node(child));
    if (!other || !storage::is_key_type(*other) || other != type) {
      return unsupported("Bags must contain only strings, only numbers or only binary values",
                         node(child));
    }
  }
  ItemEncoder& encoder = thread_encoder();
  encoder.begin_set(set_of(*type));
  for (size_t i = 0; i < children.size(); ++i) {
    way_.emplace_back(static_cast<uint32_t>(i));
    TRY(encode(node(children[i]), depth));
    way_.pop_back();
  }
  encoder.end();
  if (!encoder.last_set_had_duplicates()) return {};
  return request_error(
      "One or more parameter values were invalid: Input collection contains duplicates.");
}

Result<void> Values::number(const Node& literal) {
  if (!has_readable_exponent(literal.text)) return malformed("");
  auto parsed = literal.negated ? storage::Number::parse("-" + std::string(literal.text))
                                : storage::Number::parse(literal.text);
  if (!parsed) return under_root(std::move(parsed).error());
  thread_encoder().number(*parsed);
  return {};
}

Error Values::under_root(Error error) const {
  error.message += " under root";
  for (const auto& step : way_) {
    if (const auto* name = step.name_if()) {
      error.message += '.' + *name;
    } else {
      error.message += '[' + std::to_string(step.index()) + ']';
    }
  }
  return error;
}

}  // namespace dynolith::api::partiql
