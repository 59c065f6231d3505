#include "odm/json/json_text.h"

#include <simdjson.h>

#include "api/json/base64.h"
#include "api/json/writer.h"
#include "storage/value/utf8.h"

namespace dynolith::odm {
namespace {

namespace ondemand = simdjson::ondemand;

Error not_json(std::string_view why) {
  return make_error(ErrorCode::kBadRequest, "not JSON: " + std::string(why));
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

size_t digits_at(std::string_view text, size_t at) {
  const size_t begin = at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at - begin;
}

// RFC 8259's grammar of numbers, which is narrower than what Number reads.
bool is_json_number(std::string_view text) {
  size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = digits_at(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

// simdjson's On-Demand reader gives numbers as they are written; its DOM makes doubles of them. It
// checks only what it is asked for, so every value is asked for, and the end.
class TreeReader {
 public:
  Result<Value> read(ondemand::value value, int depth) {
    if (depth > kJsonDepthMax) return not_json("nested too deep");
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return bad(error);
    switch (type) {
      case ondemand::json_type::object:
        return read_object(value, depth);
      case ondemand::json_type::array:
        return read_array(value, depth);
      case ondemand::json_type::string: {
        std::string_view text;
        if (const auto error = value.get_string().get(text)) return bad(error);
        // An escaped half of a surrogate pair passes the reader.
        if (!storage::is_valid_utf8(text)) return not_json("half of a surrogate pair");
        return Value(std::string(text));
      }
      case ondemand::json_type::number:
        return read_number(value.raw_json_token());
      case ondemand::json_type::boolean: {
        bool boolean = false;
        if (const auto error = value.get_bool().get(boolean)) return bad(error);
        return Value(boolean);
      }
      case ondemand::json_type::null:
        return read_null(value.raw_json_token());
    }
    return not_json("this is no value");
  }

 private:
  static Error bad(simdjson::error_code error) { return not_json(simdjson::error_message(error)); }

  static std::string_view trimmed(std::string_view token) {
    while (!token.empty() && is_blank(token.back())) token.remove_suffix(1);
    return token;
  }

  Result<Value> read_object(ondemand::value& value, int depth) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return bad(error);
    Map members;
    for (auto field : object) {
      std::string_view name;
      if (const auto error = field.unescaped_key().get(name)) return bad(error);
      std::string kept(name);
      ondemand::value member;
      if (const auto error = field.value().get(member)) return bad(error);
      Value tree = TRY(read(member, depth + 1));
      const auto [place, is_new] = members.emplace(std::move(kept), std::move(tree));
      if (!is_new) return not_json("\"" + place->first + "\" is named twice");
    }
    return Value(std::move(members));
  }

  Result<Value> read_array(ondemand::value& value, int depth) {
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) return bad(error);
    List elements;
    for (auto element : array) {
      ondemand::value one;
      if (const auto error = element.get(one)) return bad(error);
      elements.push_back(TRY(read(one, depth + 1)));
    }
    return Value(std::move(elements));
  }

  static Result<Value> read_number(std::string_view token) {
    token = trimmed(token);
    if (!is_json_number(token)) return not_json("this is no number");
    auto number = Number::parse(token);
    if (!number.ok()) return not_json(number.error().message);
    return Value(*number);
  }

  static Result<Value> read_null(std::string_view token) {
    if (trimmed(token) != "null") return not_json("this is no value");
    return Value(Null{});
  }
};

void append_base64_text(std::string& out, std::string_view bytes) {
  out += '"';
  api::append_base64(out, bytes);
  out += '"';
}

void append_list(std::string& out, const storage::ListView& elements) {
  out += '[';
  for (uint32_t i = 0; i < elements.size(); ++i) {
    if (i > 0) out += ',';
    append_json(out, elements[i]);
  }
  out += ']';
}

}  // namespace

Result<Value> parse_json(std::string_view text) {
  if (text.size() > kJsonBytesMax) return not_json("more than 16 MB");
  thread_local ondemand::parser parser;
  const simdjson::padded_string padded(text);
  ondemand::document document;
  if (const auto error = parser.iterate(padded).get(document))
    return not_json(simdjson::error_message(error));
  ondemand::value root;
  if (document.get_value().get(root)) return not_json("an object or array is expected");
  Value tree = TRY(TreeReader().read(root, 0));
  // Past the last of it there is no location.
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
    return not_json("something follows the value");
  return tree;
}

void append_json_text(std::string& out, std::string_view utf8) {
  api::append_json_string(out, utf8);
}

void append_json(std::string& out, const storage::ValueView& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return append_json_text(out, value.text());
    case AttributeType::kNumber:
      return value.number().append_text(out);
    case AttributeType::kBinary:
      return append_base64_text(out, value.text());
    case AttributeType::kBoolean:
      out += value.boolean() ? "true" : "false";
      return;
    case AttributeType::kNull:
      out += "null";
      return;
    case AttributeType::kMap: {
      const storage::MapView members = value.members();
      out += '{';
      for (uint32_t i = 0; i < members.size(); ++i) {
        const auto [name, member] = members[i];
        if (i > 0) out += ',';
        append_json_text(out, name);
        out += ':';
        append_json(out, member);
      }
      out += '}';
      return;
    }
    default:
      return append_list(out, value.elements());
  }
}

}  // namespace dynolith::odm
