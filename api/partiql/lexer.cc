#include "api/partiql/lexer.h"

#include <algorithm>

namespace dynolith::api::partiql {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

}  // namespace

bool Lexer::skip_blanks() {
  for (;;) {
    while (position_ < text_.size() && is_blank(text_[position_])) ++position_;
    if (at(position_, '-') && at(position_ + 1, '-')) {
      position_ = std::min(text_.find('\n', position_), text_.size());
    } else if (at(position_, '/') && at(position_ + 1, '*')) {
      const size_t end = text_.find("*/", position_ + 2);
      if (end == std::string_view::npos) return false;
      position_ = end + 2;
    } else {
      return true;
    }
  }
}

Token Lexer::read() {
  if (!skip_blanks()) return token(TokenKind::kInvalid, text_.size() - position_);
  if (position_ == text_.size()) return token(TokenKind::kEnd, 0);
  const char c = text_[position_];
  if (begins_word(c)) return word();
  if (is_digit(c)) return number();
  if (c == '.' && position_ + 1 < text_.size() && is_digit(text_[position_ + 1])) return number();
  if (c == '\'') return quoted(c, TokenKind::kString);
  if (c == '"') return quoted(c, TokenKind::kQuotedIdentifier);
  return sign();
}

Token Lexer::token(TokenKind kind, size_t bytes) {
  Token made;
  made.kind = kind;
  made.begin = static_cast<uint32_t>(position_);
  made.text = text_.substr(position_, bytes);
  position_ += made.text.size();
  made.end = static_cast<uint32_t>(position_);
  return made;
}

Token Lexer::word() {
  size_t end = position_ + 1;
  while (end < text_.size() && (begins_word(text_[end]) || is_digit(text_[end]))) ++end;
  Token made = token(TokenKind::kIdentifier, end - position_);
  made.keyword = keyword_of(made.text);
  if (made.keyword != Keyword::kNone) made.kind = TokenKind::kKeyword;
  return made;
}

// digits [. digits] | . digits, then an exponent; nothing that a word or number could go on with
// may follow.
Token Lexer::number() {
  size_t end = position_;
  const auto digits = [&] {
    const size_t begin = end;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    return end > begin;
  };
  digits();
  if (at(end, '.')) {
    ++end;
    digits();
  }
  bool valid = true;
  if (at(end, 'e') || at(end, 'E')) {
    ++end;
    if (at(end, '+') || at(end, '-')) ++end;
    valid = digits();
  }
  const size_t numeral_end = end;
  while (end < text_.size() && (begins_word(text_[end]) || is_digit(text_[end]))) ++end;
  valid = valid && end == numeral_end;
  return token(valid ? TokenKind::kNumber : TokenKind::kInvalid, end - position_);
}

Token Lexer::quoted(char quote, TokenKind kind) {
  size_t end = position_ + 1;
  for (;;) {
    end = text_.find(quote, end);
    if (end == std::string_view::npos) {
      return token(TokenKind::kInvalid, text_.size() - position_);
    }
    if (!at(end + 1, quote)) break;
    end += 2;
  }
  Token made = token(kind, end + 1 - position_);
  made.text = made.text.substr(1, made.text.size() - 2);
  return made;
}

Token Lexer::sign() {
  const char next = position_ + 1 < text_.size() ? text_[position_ + 1] : '\0';
  switch (text_[position_]) {
    case '=':
      return token(TokenKind::kEqual, 1);
    case '!':
      return next == '=' ? token(TokenKind::kNotEqual, 2) : token(TokenKind::kInvalid, 1);
    case '<':
      if (next == '=') return token(TokenKind::kLessOrEqual, 2);
      if (next == '>') return token(TokenKind::kNotEqual, 2);
      return next == '<' ? token(TokenKind::kOpenBag, 2) : token(TokenKind::kLess, 1);
    case '>':
      if (next == '=') return token(TokenKind::kGreaterOrEqual, 2);
      return next == '>' ? token(TokenKind::kCloseBag, 2) : token(TokenKind::kGreater, 1);
    case '(':
      return token(TokenKind::kOpen, 1);
    case ')':
      return token(TokenKind::kClose, 1);
    case '[':
      return token(TokenKind::kOpenBracket, 1);
    case ']':
      return token(TokenKind::kCloseBracket, 1);
    case '{':
      return token(TokenKind::kOpenBrace, 1);
    case '}':
      return token(TokenKind::kCloseBrace, 1);
    case ',':
      return token(TokenKind::kComma, 1);
    case '.':
      return token(TokenKind::kDot, 1);
    case ':':
      return token(TokenKind::kColon, 1);
    case ';':
      return token(TokenKind::kSemicolon, 1);
    case '?':
      return token(TokenKind::kParameter, 1);
    case '*':
      return token(TokenKind::kStar, 1);
    case '+':
      return token(TokenKind::kPlus, 1);
    case '-':
      return token(TokenKind::kMinus, 1);
    case '/':
    case '%':
    case '@':
      return token(TokenKind::kOperator, 1);
    case '|':
      return next == '|' ? token(TokenKind::kOperator, 2) : token(TokenKind::kInvalid, 1);
    default:
      return token(TokenKind::kInvalid, 1);
  }
}

std::string unquoted(std::string_view text, char quote) {
  std::string meant;
  meant.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    meant += text[i];
    if (text[i] == quote) ++i;
  }
  return meant;
}

std::string position_text(std::string_view statement, uint32_t begin, uint32_t end) {
  const std::string_view before = statement.substr(0, begin);
  const size_t line_begin = before.rfind('\n') + 1;  // 0 if there is none.
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  return std::to_string(line) + ":" + std::to_string(begin - line_begin + 1) + ":" +
         std::to_string(end - begin);
}

}  // namespace dynolith::api::partiql
