#include "api/expression/lexer.h"

#include <algorithm>

namespace dynolith::api {
namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_name_part(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

struct Keyword {
  std::string_view word;
  TokenKind kind;
};
constexpr Keyword kConditionWords[] = {{"AND", TokenKind::kAnd},
                                       {"OR", TokenKind::kOr},
                                       {"NOT", TokenKind::kNot},
                                       {"BETWEEN", TokenKind::kBetween},
                                       {"IN", TokenKind::kIn}};
constexpr Keyword kUpdateWords[] = {{"SET", TokenKind::kSet},
                                    {"REMOVE", TokenKind::kRemove},
                                    {"ADD", TokenKind::kAdd},
                                    {"DELETE", TokenKind::kDelete}};

bool equals_ignoring_case(std::string_view text, std::string_view word) {
  return text.size() == word.size() && std::equal(text.begin(), text.end(), word.begin(),
                                                  [](char a, char b) { return upper(a) == b; });
}

template <size_t kCount>
TokenKind keyword_kind(std::string_view text, const Keyword (&words)[kCount]) {
  for (const Keyword& keyword : words) {
    if (equals_ignoring_case(text, keyword.word)) return keyword.kind;
  }
  return TokenKind::kIdentifier;
}

TokenKind identifier_kind(std::string_view text, Keywords keywords) {
  switch (keywords) {
    case Keywords::kCondition:
      return keyword_kind(text, kConditionWords);
    case Keywords::kUpdate:
      return keyword_kind(text, kUpdateWords);
    case Keywords::kNone:
      break;
  }
  return TokenKind::kIdentifier;
}

// Kind and length of the operator or sign at the start of `rest`, which is not empty.
std::pair<TokenKind, size_t> sign_at(std::string_view rest) {
  const char next = rest.size() > 1 ? rest[1] : '\0';
  switch (rest[0]) {
    case '=':
      return {TokenKind::kEqual, 1};
    case '<':
      if (next == '>') return {TokenKind::kNotEqual, 2};
      if (next == '=') return {TokenKind::kLessOrEqual, 2};
      return {TokenKind::kLess, 1};
    case '>':
      if (next == '=') return {TokenKind::kGreaterOrEqual, 2};
      return {TokenKind::kGreater, 1};
    case '(':
      return {TokenKind::kOpen, 1};
    case ')':
      return {TokenKind::kClose, 1};
    case ',':
      return {TokenKind::kComma, 1};
    case '.':
      return {TokenKind::kDot, 1};
    case '[':
      return {TokenKind::kOpenBracket, 1};
    case ']':
      return {TokenKind::kCloseBracket, 1};
    case '+':
      return {TokenKind::kPlus, 1};
    case '-':
      return {TokenKind::kMinus, 1};
    default:
      break;
  }
  // One whole character, so that the error message stays valid UTF-8.
  size_t length = 1;
  while (length < rest.size() && (static_cast<uint8_t>(rest[length]) & 0xc0) == 0x80) ++length;
  return {TokenKind::kInvalid, length};
}

}  // namespace

Lexer::Lexer(std::string_view text, Keywords keywords) : text_(text), keywords_(keywords) {
  current_ = read(position_);
}

void Lexer::advance() {
  previous_ = current_;
  current_ = read(position_);
}

Token Lexer::read(size_t& position) const {
  while (position < text_.size() && is_space(text_[position])) ++position;
  const size_t begin = position;
  if (begin == text_.size()) return {TokenKind::kEnd, {}};

  const char first = text_[begin];
  const auto extend = [&](auto belongs) {
    while (position < text_.size() && belongs(text_[position])) ++position;
    return text_.substr(begin, position - begin);
  };
  if (is_letter(first)) {
    const std::string_view word = extend(is_name_part);
    return {identifier_kind(word, keywords_), word};
  }
  if (is_digit(first)) return {TokenKind::kNumber, extend(is_digit)};
  if (first == '#' || first == ':') {
    ++position;
    const std::string_view placeholder = extend(is_name_part);
    if (placeholder.size() == 1) return {TokenKind::kInvalid, placeholder};
    return {first == '#' ? TokenKind::kName : TokenKind::kValue, placeholder};
  }
  const auto [kind, length] = sign_at(text_.substr(begin));
  position += length;
  return {kind, text_.substr(begin, length)};
}

std::string Lexer::syntax_error() const {
  size_t end = position_;
  const Token next = read(end);
  // Of the tokens around only those that exist count; at the end only the one before.
  std::string_view window;
  const Token* const first = previous_.text.empty() ? &current_ : &previous_;
  const Token* const last = !next.text.empty()       ? &next
                            : !current_.text.empty() ? &current_
                                                     : &previous_;
  if (!first->text.empty()) {
    window = {first->text.data(),
              static_cast<size_t>(last->text.data() + last->text.size() - first->text.data())};
  }
  std::string message = "Syntax error; token: \"";
  message += current_.kind == TokenKind::kEnd ? std::string_view("<EOF>") : current_.text;
  message += "\", near: \"";
  message += window;
  message += '"';
  return message;
}

}  // namespace dynolith::api
