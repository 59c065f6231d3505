#include "odm/json/json_text.h"

#include "api/json/base64.h"
#include "api/json/writer.h"
#include "storage/value/utf8.h"

namespace dynolith::odm {
namespace {

// A recursive descent over the text; as deep as kJsonDepthMax.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Value> parse() {
    Value value = TRY(parse_value(0));
    skip_blanks();
    if (at_ != text_.size()) return bad("something follows the value");
    return value;
  }

 private:
  Error bad(std::string_view why) const {
    return make_error(ErrorCode::kBadRequest,
                      "not JSON, at byte " + std::to_string(at_) + ": " + std::string(why));
  }

  bool at_end() const { return at_ >= text_.size(); }
  char here() const { return at_end() ? '\0' : text_[at_]; }
  void skip_blanks() {
    while (!at_end() && (here() == ' ' || here() == '\t' || here() == '\n' || here() == '\r'))
      ++at_;
  }
  bool take(char c) {
    if (at_end() || here() != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  Result<Value> parse_value(int depth) {
    skip_blanks();
    if (depth > kJsonDepthMax) return bad("nested too deep");
    if (take('{')) return parse_object(depth);
    if (take('[')) return parse_array(depth);
    if (take('"')) return Value(TRY(parse_string()));
    if (take("true")) return Value(true);
    if (take("false")) return Value(false);
    if (take("null")) return Value(Null{});
    return parse_number();
  }

  Result<Value> parse_object(int depth) {
    Map members;
    skip_blanks();
    if (take('}')) return Value(std::move(members));
    while (true) {
      skip_blanks();
      if (!take('"')) return bad("a member's name is expected");
      std::string name = TRY(parse_string());
      skip_blanks();
      if (!take(':')) return bad("':' is expected");
      Value value = TRY(parse_value(depth + 1));
      if (!members.emplace(name, std::move(value)).second)
        return bad("\"" + name + "\" is named twice");
      skip_blanks();
      if (take('}')) return Value(std::move(members));
      if (!take(',')) return bad("',' or '}' is expected");
    }
  }

  Result<Value> parse_array(int depth) {
    List elements;
    skip_blanks();
    if (take(']')) return Value(std::move(elements));
    while (true) {
      elements.push_back(TRY(parse_value(depth + 1)));
      skip_blanks();
      if (take(']')) return Value(std::move(elements));
      if (!take(',')) return bad("',' or ']' is expected");
    }
  }

  // Behind the opening quote.
  Result<std::string> parse_string() {
    std::string out;
    while (true) {
      const size_t begin = at_;
      while (!at_end() && here() != '"' && here() != '\\' &&
             static_cast<unsigned char>(here()) >= 0x20)
        ++at_;
      out.append(text_.substr(begin, at_ - begin));
      if (at_end()) return bad("a string does not end");
      if (take('"')) return out;
      if (!take('\\')) return bad("a control character stands in a string");
      TRY(parse_escape(out));
    }
  }

  Result<void> parse_escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (take('u')) {
      uint32_t code = TRY(parse_hex());
      if (code >= 0xdc00 && code < 0xe000) return bad("half of a surrogate pair");
      if (code >= 0xd800 && code < 0xdc00) {
        if (!take("\\u")) return bad("half of a surrogate pair");
        const uint32_t low = TRY(parse_hex());
        if (low < 0xdc00 || low > 0xdfff) return bad("half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      }
      append_utf8(code, out);
      return {};
    }
    const size_t which = at_end() ? std::string_view::npos : kNames.find(here());
    if (which == std::string_view::npos) return bad("there is no such escape");
    out.push_back(kMeant[which]);
    ++at_;
    return {};
  }

  Result<uint32_t> parse_hex() {
    uint32_t code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = here();
      uint32_t digit = 0;
      if (c >= '0' && c <= '9')
        digit = static_cast<uint32_t>(c - '0');
      else if (c >= 'a' && c <= 'f')
        digit = static_cast<uint32_t>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        digit = static_cast<uint32_t>(c - 'A' + 10);
      else
        return bad("\\u needs four hexadecimal digits");
      code = code << 4 | digit;
    }
    return code;
  }

  static void append_utf8(uint32_t code, std::string& out) {
    const auto tail = [&](uint32_t shift) {
      out.push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3f)));
    };
    if (code < 0x80) {
      out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
      out.push_back(static_cast<char>(0xc0 | code >> 6));
      tail(0);
    } else if (code < 0x10000) {
      out.push_back(static_cast<char>(0xe0 | code >> 12));
      tail(6);
      tail(0);
    } else {
      out.push_back(static_cast<char>(0xf0 | code >> 18));
      tail(12);
      tail(6);
      tail(0);
    }
  }

  bool is_digit() const { return here() >= '0' && here() <= '9'; }
  bool take_digits() {
    const size_t begin = at_;
    while (is_digit()) ++at_;
    return at_ > begin;
  }

  Result<Value> parse_number() {
    const size_t begin = at_;
    take('-');
    const bool leads_with_zero = here() == '0';
    const size_t digits = at_;
    if (!take_digits()) return bad(at_end() ? "a value is expected" : "this is no value");
    if (leads_with_zero && at_ - digits > 1) return bad("a number begins with 0");
    if (take('.') && !take_digits()) return bad("digits are expected behind the point");
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!take_digits()) return bad("digits are expected in the exponent");
    }
    auto number = Number::parse(text_.substr(begin, at_ - begin));
    if (!number.ok()) return bad(number.error().message);
    return Value(*number);
  }

  const std::string_view text_;
  size_t at_ = 0;
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
  if (text.size() > kJsonBytesMax)
    return make_error(ErrorCode::kBadRequest, "JSON of more than 16 MB");
  if (!storage::is_valid_utf8(text))
    return make_error(ErrorCode::kBadRequest, "not JSON: the text is not UTF-8");
  return Parser(text).parse();
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
