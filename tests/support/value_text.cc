#include "tests/support/value_text.h"

#include <cstdio>
#include <cstdlib>

namespace dynolith::test {
namespace {

using storage::AttributeType;
using storage::AttributeValue;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  AttributeValue whole() {
    AttributeValue value = read();
    if (peek() != '\0') fail();
    return value;
  }

 private:
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(std::string_view word) {
    peek();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  [[noreturn]] void fail() const {
    std::fprintf(stderr, "not a value: %.*s at %zu\n", static_cast<int>(text_.size()), text_.data(),
                 at_);
    std::abort();
  }
  std::string until(std::string_view ends) {
    const size_t end = text_.find_first_of(ends, at_);
    if (end == std::string_view::npos) fail();
    std::string part(text_.substr(at_, end - at_));
    at_ = end;
    return part;
  }
  std::string quoted() {
    std::string text = until("\"");
    ++at_;
    return text;
  }

  AttributeValue read() {
    if (take("\"")) return AttributeValue(quoted());
    if (take("b\"")) return AttributeValue(storage::Binary{quoted()});
    if (take("true")) return AttributeValue(true);
    if (take("false")) return AttributeValue(false);
    if (take("null")) return AttributeValue();
    if (take("[")) return AttributeValue(elements("]"));
    if (take("<")) return set(elements(">"));
    if (take("{")) return AttributeValue(members());
    return AttributeValue(number());
  }

  storage::Number number() {
    peek();
    const size_t end = text_.find_first_not_of("0123456789+-.eE", at_);
    const auto number = storage::Number::parse(text_.substr(at_, end - at_));
    if (!number.ok()) fail();
    at_ = end == std::string_view::npos ? text_.size() : end;
    return *number;
  }

  storage::List elements(std::string_view close) {
    storage::List list;
    if (take(close)) return list;
    do {
      list.push_back(read());
    } while (take(","));
    if (!take(close)) fail();
    return list;
  }

  storage::Map members() {
    storage::Map map;
    if (take("}")) return map;
    do {
      peek();
      const std::string name = until(":");
      ++at_;
      map[name] = read();
    } while (take(","));
    if (!take("}")) fail();
    return map;
  }

  AttributeValue set(const storage::List& members) {
    if (members.empty()) fail();
    storage::StringSet strings;
    storage::NumberSet numbers;
    storage::BinarySet binaries;
    for (const AttributeValue& member : members) {
      if (const auto* text = member.get_if<std::string>()) {
        strings.members.push_back(*text);
      } else if (const auto* value = member.get_if<storage::Number>()) {
        numbers.members.push_back(*value);
      } else if (const auto* bytes = member.get_if<storage::Binary>()) {
        binaries.members.push_back(bytes->bytes);
      } else {
        fail();
      }
    }
    if (!strings.members.empty()) return AttributeValue(strings);
    if (!numbers.members.empty()) return AttributeValue(numbers);
    return AttributeValue(binaries);
  }

  std::string_view text_;
  size_t at_ = 0;
};

void append(std::string& out, const storage::ValueView& value);

void append_members(std::string& out, const storage::MapView& members) {
  out += '{';
  for (uint32_t i = 0; i < members.size(); ++i) {
    const auto [name, value] = members[i];
    if (i > 0) out += ", ";
    out += name;
    out += ": ";
    append(out, value);
  }
  out += '}';
}

void append_elements(std::string& out, char open, const storage::ListView& elements, char close) {
  out += open;
  for (uint32_t i = 0; i < elements.size(); ++i) {
    if (i > 0) out += ", ";
    append(out, elements[i]);
  }
  out += close;
}

void append(std::string& out, const storage::ValueView& value) {
  switch (value.type()) {
    case AttributeType::kString:
      out += '"' + std::string(value.text()) + '"';
      break;
    case AttributeType::kBinary:
      out += "b\"" + std::string(value.text()) + '"';
      break;
    case AttributeType::kNumber:
      value.number().append_text(out);
      break;
    case AttributeType::kBoolean:
      out += value.boolean() ? "true" : "false";
      break;
    case AttributeType::kNull:
      out += "null";
      break;
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      append_elements(out, '<', value.elements(), '>');
      break;
    case AttributeType::kList:
      append_elements(out, '[', value.elements(), ']');
      break;
    case AttributeType::kMap:
      append_members(out, value.members());
      break;
  }
}

}  // namespace

AttributeValue value_from(std::string_view text) { return Reader(text).whole(); }

storage::EncodedValue encoded_from(std::string_view text) {
  return storage::encode_value(value_from(text));
}

storage::EncodedItem item_from(std::string_view text) {
  if (text.empty()) return {};
  return storage::encode_item(*value_from(text).get_if<storage::Map>());
}

std::string text_of(const storage::ValueView& value) {
  std::string out;
  append(out, value);
  return out;
}

std::string text_of(const storage::ItemView& item) {
  if (!item.exists()) return "";
  std::string out;
  append_members(out, item.attributes());
  return out;
}

}  // namespace dynolith::test
