// A PartiQL statement's text to tokens, one at a time.
//
// Blanks and comments ("-- to the end of the line", "/* ... */") separate tokens. A text that no
// token fits (a number that goes on with letters, an open quote or comment, a '#') is one kInvalid
// token: the service has no words for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/partiql/keywords.h"

namespace dynolith::api::partiql {

enum class TokenKind : uint8_t {
  kEnd,
  kInvalid,
  kIdentifier,
  kQuotedIdentifier,  // text: between the quotes, with "" for a quote.
  kKeyword,
  kString,  // text: between the quotes, with '' for a quote.
  kNumber,  // Without a sign.
  kParameter,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kOpen,
  kClose,
  kOpenBracket,
  kCloseBracket,
  kOpenBrace,
  kCloseBrace,
  kOpenBag,
  kCloseBag,
  kComma,
  kDot,
  kColon,
  kStar,
  kPlus,
  kMinus,
  kOperator,  // One that no statement of the service takes: '/', '%', '||'.
  kSemicolon,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Keyword keyword = Keyword::kNone;
  uint32_t begin = 0, end = 0;  // In the statement, quotes included.
  std::string_view text;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { advance(); }

  const Token& current() const { return current_; }
  void advance() { current_ = read(); }
  Token peek() const { return Lexer(*this).read(); }
  std::string_view text() const { return text_; }

 private:
  Token read();
  bool skip_blanks();  // False: a comment has no end.
  Token word();
  Token number();
  Token quoted(char quote, TokenKind kind);
  Token sign();
  Token token(TokenKind kind, size_t bytes);
  bool at(size_t position, char c) const { return position < text_.size() && text_[position] == c; }

  std::string_view text_;
  size_t position_ = 0;  // After current_.
  Token current_;
};

// What quotes enclose, as it was meant: of two quotes one.
std::string unquoted(std::string_view text, char quote);

// Where something stands in a statement, as the service says it: "1:8:5" is five characters from
// the eighth of the first line on.
std::string position_text(std::string_view statement, uint32_t begin, uint32_t end);

}  // namespace dynolith::api::partiql
