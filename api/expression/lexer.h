// Expression text to tokens, one at a time.
//
// Whitespace is space, tab, CR, LF. A bare name starts with a letter; "#name" and ":value" take
// letters, digits and '_' after the sign. Whatever fits no token is one kInvalid token of one
// character.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dynolith::api {

enum class TokenKind : uint8_t {
  kEnd,
  kInvalid,
  kIdentifier,  // A bare attribute name or a function's name.
  kName,        // #name
  kValue,       // :value
  kNumber,      // Digits; list indexes only.
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kOpen,
  kClose,
  kComma,
  kDot,
  kOpenBracket,
  kCloseBracket,
  kPlus,
  kMinus,
  kAnd,
  kOr,
  kNot,
  kBetween,
  kIn,
  kSet,
  kRemove,
  kAdd,
  kDelete,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;
};

// Which words are keywords in a text; elsewhere they are names (and reserved ones, all of them).
enum class Keywords : uint8_t { kNone, kCondition, kUpdate };

class Lexer {
 public:
  Lexer(std::string_view text, Keywords keywords);

  const Token& current() const { return current_; }
  void advance();

  // What the service says of a text that stops making sense at the current token. The window runs
  // from the token before to the token after: `Syntax error; token: "=", near: "= = b"`.
  std::string syntax_error() const;

 private:
  Token read(size_t& position) const;

  std::string_view text_;
  Keywords keywords_;
  size_t position_ = 0;  // After current_.
  Token previous_;
  Token current_;
};

}  // namespace dynolith::api
