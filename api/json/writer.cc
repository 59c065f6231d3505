#include "api/json/writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "api/json/base64.h"
#include "storage/encoding/map_cursor.h"
#include "storage/encoding/number_encoding.h"

namespace dynolith::api {

namespace {

using storage::AttributeType;
using storage::ValueView;

// 0: the byte stands for itself; 'u': written as \u00XX; else the letter after the backslash.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> escapes{};
  for (size_t c = 0; c < 0x20; ++c) escapes[c] = 'u';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  return escapes;
}
constexpr auto kEscapes = make_escapes();

char escape_of(char c) { return kEscapes[static_cast<uint8_t>(c)]; }

// Whether one of the eight bytes needs an escape: below 0x20, a quote or a backslash. Exact for the
// question "any?", which is all that is asked.
bool any_needs_escape(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  const uint64_t quote = word ^ (kOnes * '"');
  const uint64_t backslash = word ^ (kOnes * '\\');
  const uint64_t control = (word - kOnes * 0x20) & ~word;
  const uint64_t found = control | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash);
  return (found & kHighs) != 0;
}

// Bytes at the start of `text` that can be copied as they are.
size_t plain_length(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (any_needs_escape(word)) break;
  }
  while (i < text.size() && escape_of(text[i]) == 0) ++i;
  return i;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const char escape = escape_of(c);
  out += '\\';
  out += escape;
  if (escape != 'u') return;
  out += "00";
  out += kHex[static_cast<uint8_t>(c) >> 4];
  out += kHex[static_cast<uint8_t>(c) & 15];
}

void append_escaped(std::string& out, std::string_view text) {
  for (;;) {
    const size_t plain = plain_length(text);
    out.append(text.data(), plain);
    if (plain == text.size()) return;
    append_escape(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
}

void append_integer(std::string& out, int64_t value) {
  std::array<char, 24> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

// A quoted scalar: `"text"` for S, N and B alike, also as a set's member.
void append_scalar(std::string& out, AttributeType type, std::string_view payload) {
  out += '"';
  if (type == AttributeType::kString) {
    append_escaped(out, payload);
  } else if (type == AttributeType::kNumber) {
    storage::append_number_text(out, payload);
  } else {
    append_base64(out, payload);
  }
  out += '"';
}

// The wire name of a type, opened: `{"S":`.
std::string_view opening(AttributeType type) {
  switch (type) {
    case AttributeType::kString:
      return "{\"S\":";
    case AttributeType::kNumber:
      return "{\"N\":";
    case AttributeType::kBinary:
      return "{\"B\":";
    case AttributeType::kBoolean:
      return "{\"BOOL\":";
    case AttributeType::kNull:
      return "{\"NULL\":";
    case AttributeType::kStringSet:
      return "{\"SS\":[";
    case AttributeType::kNumberSet:
      return "{\"NS\":[";
    case AttributeType::kBinarySet:
      return "{\"BS\":[";
    case AttributeType::kList:
      return "{\"L\":[";
    case AttributeType::kMap:
      return "{\"M\":";
  }
  return "{";
}

void append_set(std::string& out, const ValueView& set) {
  const auto members = set.elements();
  const AttributeType type = storage::set_member_type(set.type());
  for (uint32_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    append_scalar(out, type, members[i].payload());
  }
  out += "]}";
}

void append_list(std::string& out, const ValueView& list) {
  const auto elements = list.elements();
  for (uint32_t i = 0; i < elements.size(); ++i) {
    if (i > 0) out += ',';
    append_value(out, elements[i]);
  }
  out += "]}";
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
  out += '"';
  append_escaped(out, utf8);
  out += '"';
}

void append_double(std::string& out, double value) {
  if (value == std::floor(value) && std::fabs(value) < 1e15) {
    append_integer(out, static_cast<int64_t>(value));
    out += ".0";
    return;
  }
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

void append_timestamp(std::string& out, int64_t milliseconds) {
  append_integer(out, milliseconds / 1000);
  int64_t fraction = milliseconds % 1000;
  if (fraction == 0) return;
  std::array<char, 4> digits{'.', static_cast<char>('0' + fraction / 100),
                             static_cast<char>('0' + fraction / 10 % 10),
                             static_cast<char>('0' + fraction % 10)};
  size_t length = digits.size();
  while (digits[length - 1] == '0') --length;
  out.append(digits.data(), length);
}

// Recursion is bounded by kNestingLevelsMax, which every stored value keeps.
void append_value(std::string& out, const ValueView& value) {
  const AttributeType type = value.type();
  out += opening(type);
  switch (type) {
    case AttributeType::kString:
    case AttributeType::kNumber:
    case AttributeType::kBinary:
      append_scalar(out, type, value.payload());
      out += '}';
      return;
    case AttributeType::kBoolean:
      out += value.boolean() ? "true}" : "false}";
      return;
    case AttributeType::kNull:
      out += "true}";
      return;
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      append_set(out, value);
      return;
    case AttributeType::kList:
      append_list(out, value);
      return;
    case AttributeType::kMap:
      append_attributes(out, value.members());
      out += '}';
      return;
  }
}

void append_attributes(std::string& out, const storage::MapView& attributes) {
  const char* separator = "{\"";
  if (attributes.size() == 0) out += '{';
  for (storage::MapCursor at(attributes); !at.at_end(); at.next()) {
    out += separator;
    append_escaped(out, at.name());
    out += "\":";
    append_value(out, at.value());
    separator = ",\"";
  }
  out += '}';
}

void append_item(std::string& out, const storage::ItemView& item) {
  append_attributes(out, item.attributes());
}

// A value begins after '[' or ':' or at the very start; anything else before it wants a comma. A
// string before it ends with a quote, so the last byte tells.
void JsonWriter::separate() {
  if (out_.size() == begin_) return;
  const char last = out_.back();
  if (last != '[' && last != ':') out_ += ',';
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  return *this;
}
JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  return *this;
}
JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  return *this;
}
JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  return *this;
}
JsonWriter& JsonWriter::name(std::string_view plain) {
  out_ += out_.back() == '{' ? "\"" : ",\"";
  out_.append(plain).append("\":");
  return *this;
}
JsonWriter& JsonWriter::any_name(std::string_view utf8) {
  if (out_.back() != '{') out_ += ',';
  append_json_string(out_, utf8);
  out_ += ':';
  return *this;
}
JsonWriter& JsonWriter::string(std::string_view utf8) {
  separate();
  append_json_string(out_, utf8);
  return *this;
}
JsonWriter& JsonWriter::integer(int64_t value) {
  separate();
  append_integer(out_, value);
  return *this;
}
JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}
JsonWriter& JsonWriter::real(double value) {
  separate();
  append_double(out_, value);
  return *this;
}
JsonWriter& JsonWriter::timestamp(int64_t milliseconds) {
  separate();
  append_timestamp(out_, milliseconds);
  return *this;
}
JsonWriter& JsonWriter::value(const ValueView& value) {
  separate();
  append_value(out_, value);
  return *this;
}
JsonWriter& JsonWriter::item(const storage::ItemView& item) {
  separate();
  append_item(out_, item);
  return *this;
}
JsonWriter& JsonWriter::attributes(const storage::MapView& attributes) {
  separate();
  append_attributes(out_, attributes);
  return *this;
}
JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

}  // namespace dynolith::api
