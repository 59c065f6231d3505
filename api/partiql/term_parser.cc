#include "api/partiql/term_parser.h"

#include <array>

#include "api/partiql/parser.h"
#include "storage/limits.h"

namespace dynolith::api::partiql {

using storage::Arithmetic;
using storage::Comparator;
using storage::Error;
using storage::request_error;
using storage::Result;

namespace {

std::optional<Comparator> comparator_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEqual:
      return Comparator::kEqual;
    case TokenKind::kNotEqual:
      return Comparator::kNotEqual;
    case TokenKind::kLess:
      return Comparator::kLess;
    case TokenKind::kLessOrEqual:
      return Comparator::kLessOrEqual;
    case TokenKind::kGreater:
      return Comparator::kGreater;
    case TokenKind::kGreaterOrEqual:
      return Comparator::kGreaterOrEqual;
    default:
      return std::nullopt;
  }
}

std::string_view bracket_name(TokenKind close) {
  switch (close) {
    case TokenKind::kClose:
      return "Expected RIGHT_PAREN";
    case TokenKind::kCloseBracket:
      return "Expected RIGHT_BRACKET";
    case TokenKind::kCloseBag:
      return "Expected RIGHT_DOUBLE_ANGLE_BRACKET";
    default:
      return "Expected RIGHT_CURLY";
  }
}

}  // namespace

// How deep constructs nest; one for each rule that can contain itself.
class TermParser::Depth {
 public:
  explicit Depth(TermParser& parser) : parser_(parser) { ++parser_.depth_; }
  ~Depth() { --parser_.depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  bool is_too_deep() const { return parser_.depth_ > kStatementDepthMax; }

 private:
  TermParser& parser_;
};

// The service reads all tokens before it looks at any: one that is none goes before other
// complaints, and has no words.
Error TermParser::malformed_here(std::string_view detail) const {
  Lexer rest = lexer_;
  while (rest.current().kind != TokenKind::kEnd) {
    if (rest.current().kind == TokenKind::kInvalid) return malformed("");
    rest.advance();
  }
  return malformed(detail);
}

Error TermParser::unexpected_here() const {
  switch (lexer_.current().kind) {
    case TokenKind::kKeyword:
      return malformed_here("Unexpected keyword");
    case TokenKind::kEqual:
    case TokenKind::kNotEqual:
    case TokenKind::kLess:
    case TokenKind::kLessOrEqual:
    case TokenKind::kGreater:
    case TokenKind::kGreaterOrEqual:
    case TokenKind::kPlus:
    case TokenKind::kMinus:
    case TokenKind::kOperator:
      return malformed_here("Unexpected operator");
    default:
      return malformed_here("Unexpected term");
  }
}

Error TermParser::unsupported_here(std::string_view problem, const Token& token) const {
  return request_error(std::string(problem) + " at " +
                       position_text(lexer_.text(), token.begin, token.end));
}

NodeId TermParser::add(const Node& node) {
  statement_.nodes.push_back(node);
  return static_cast<NodeId>(statement_.nodes.size() - 1);
}

NodeId TermParser::literal(NodeKind kind, bool negated) {
  const Token token = lexer_.current();
  lexer_.advance();
  return add({.kind = kind,
              .negated = negated,
              .begin = token.begin,
              .end = token.end,
              .text = token.text});
}

NodeId TermParser::compound(Node node, std::span<const NodeId> children) {
  node.first = static_cast<uint32_t>(statement_.child_ids.size());
  node.count = static_cast<uint32_t>(children.size());
  statement_.child_ids.insert(statement_.child_ids.end(), children.begin(), children.end());
  return add(node);
}

Result<NodeId> TermParser::condition() {
  const Depth depth(*this);
  if (depth.is_too_deep()) return malformed("Statement is nested too deeply");
  return chain(NodeKind::kOr, Keyword::kOr, &TermParser::conjunction);
}

Result<NodeId> TermParser::conjunction() {
  return chain(NodeKind::kAnd, Keyword::kAnd, &TermParser::negation);
}

// Of one element nothing is made. Elements of the same kind in parentheses stay apart.
Result<NodeId> TermParser::chain(NodeKind kind, Keyword keyword, Rule element) {
  const NodeId first = TRY((this->*element)());
  if (lexer_.current().keyword != keyword) return first;
  std::vector<NodeId> all{first};
  const Token token = lexer_.current();
  while (lexer_.current().keyword == keyword) {
    lexer_.advance();
    all.push_back(TRY((this->*element)()));
  }
  return compound({.kind = kind, .begin = token.begin, .end = token.end}, all);
}

Result<NodeId> TermParser::negation() {
  if (lexer_.current().keyword != Keyword::kNot) return predicate();
  const Depth depth(*this);
  if (depth.is_too_deep()) return malformed("Statement is nested too deeply");
  const Token token = lexer_.current();
  lexer_.advance();
  const std::array inner{TRY(negation())};
  return compound({.kind = NodeKind::kNot, .begin = token.begin, .end = token.end}, inner);
}

Result<NodeId> TermParser::predicate() {
  const NodeId left = TRY(sum());
  const Token token = lexer_.current();
  if (const auto comparator = comparator_of(token.kind)) {
    lexer_.advance();
    if (lexer_.current().kind == TokenKind::kEnd) {
      return malformed_here("Missing right-hand side expression of infix operator");
    }
    const std::array sides{left, TRY(sum())};
    return compound({.kind = NodeKind::kCompare,
                     .comparator = *comparator,
                     .begin = token.begin,
                     .end = token.end,
                     .text = token.text},
                    sides);
  }
  if (token.kind != TokenKind::kKeyword) return left;
  const bool negated = token.keyword == Keyword::kNot;
  const Keyword keyword = negated ? lexer_.peek().keyword : token.keyword;
  if (keyword == Keyword::kLike) {
    return unsupported_here("Unsupported operator: LIKE", negated ? lexer_.peek() : token);
  }
  if (keyword != Keyword::kBetween && keyword != Keyword::kIn &&
      (negated || keyword != Keyword::kIs)) {
    return left;
  }
  if (negated) lexer_.advance();
  if (keyword == Keyword::kBetween) return between(left, negated);
  return keyword == Keyword::kIn ? in(left, negated) : is(left);
}

Result<NodeId> TermParser::between(NodeId value, bool negated) {
  const Token token = lexer_.current();
  lexer_.advance();
  const NodeId low = TRY(sum());
  if (lexer_.current().keyword != Keyword::kAnd) return malformed_here("Expected keyword AND");
  lexer_.advance();
  if (lexer_.current().kind == TokenKind::kEnd) {
    return malformed_here("Expected expression after AND");
  }
  const std::array all{value, low, TRY(sum())};
  return compound(
      {.kind = NodeKind::kBetween, .negated = negated, .begin = token.begin, .end = token.end},
      all);
}

Result<NodeId> TermParser::in(NodeId value, bool negated) {
  Node node{.kind = NodeKind::kIn, .negated = negated};
  node.begin = lexer_.current().begin;
  node.end = lexer_.current().end;
  lexer_.advance();
  std::vector<NodeId> all{value};
  if (lexer_.current().kind == TokenKind::kOpen) {
    lexer_.advance();
    node.spelled_out = true;
    TRY(elements(TokenKind::kClose, all));
  } else if (lexer_.current().kind == TokenKind::kEnd) {
    return malformed_here("Missing right-hand side expression of infix operator");
  } else {
    all.push_back(TRY(sum()));
  }
  return compound(node, all);
}

Result<NodeId> TermParser::is(NodeId value) {
  Node node{.kind = NodeKind::kIs};
  lexer_.advance();
  if (lexer_.current().keyword == Keyword::kNot) {
    node.negated = true;
    lexer_.advance();
  }
  const Token token = lexer_.current();
  if (token.kind != TokenKind::kKeyword && token.kind != TokenKind::kIdentifier) {
    return malformed_here("Expected type name");
  }
  lexer_.advance();
  node.text = token.text;
  node.begin = token.begin;
  node.end = token.end;
  const std::array of{value};
  return compound(node, of);
}

Result<NodeId> TermParser::sum() {
  NodeId left = TRY(term());
  while (lexer_.current().kind == TokenKind::kPlus || lexer_.current().kind == TokenKind::kMinus) {
    const Token token = lexer_.current();
    lexer_.advance();
    if (lexer_.current().kind == TokenKind::kEnd) {
      return malformed_here("Missing right-hand side expression of infix operator");
    }
    const std::array sides{left, TRY(term())};
    left = compound(
        {.kind = NodeKind::kSum,
         .arithmetic = token.kind == TokenKind::kPlus ? Arithmetic::kAdd : Arithmetic::kSubtract,
         .begin = token.begin,
         .end = token.end,
         .text = token.text},
        sides);
  }
  return left;
}

Result<NodeId> TermParser::term() {
  const Token token = lexer_.current();
  switch (token.kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kQuotedIdentifier:
      return lexer_.peek().kind == TokenKind::kOpen ? call() : path();
    case TokenKind::kString:
      return literal(NodeKind::kString);
    case TokenKind::kNumber:
      return literal(NodeKind::kNumber);
    case TokenKind::kParameter: {
      const NodeId id = literal(NodeKind::kParameter);
      statement_.nodes[id].first = statement_.parameters++;
      return id;
    }
    case TokenKind::kMinus:
    case TokenKind::kPlus:
      return number(token.kind == TokenKind::kMinus);
    case TokenKind::kOpen:
      return parentheses();
    case TokenKind::kOpenBracket:
      return list(NodeKind::kList, TokenKind::kCloseBracket, token);
    case TokenKind::kOpenBag:
      return list(NodeKind::kBag, TokenKind::kCloseBag, token);
    case TokenKind::kOpenBrace:
      return structure();
    case TokenKind::kKeyword:
      break;
    default:
      return unexpected_here();
  }
  switch (token.keyword) {
    case Keyword::kNull:
      return literal(NodeKind::kNull);
    case Keyword::kMissing:
      return literal(NodeKind::kMissing);
    case Keyword::kTrue:
    case Keyword::kFalse:
      return literal(NodeKind::kBoolean, token.keyword == Keyword::kFalse);
    default:
      // Functions whose names are reserved: size, and those that the service does not have.
      return lexer_.peek().kind == TokenKind::kOpen ? call() : unexpected_here();
  }
}

Result<NodeId> TermParser::number(bool negated) {
  const Token sign = lexer_.current();
  lexer_.advance();
  while (lexer_.current().kind == TokenKind::kMinus || lexer_.current().kind == TokenKind::kPlus) {
    negated ^= lexer_.current().kind == TokenKind::kMinus;
    lexer_.advance();
  }
  if (lexer_.current().kind != TokenKind::kNumber) {
    return unsupported_here("Unsupported operator: " + std::string(sign.text), sign);
  }
  const NodeId id = literal(NodeKind::kNumber, negated);
  statement_.nodes[id].begin = sign.begin;
  return id;
}

// One condition in parentheses is that condition; several are a list.
Result<NodeId> TermParser::parentheses() {
  const Token open = lexer_.current();
  lexer_.advance();
  if (lexer_.current().kind == TokenKind::kClose) {
    return malformed_here("Expression group cannot be empty");
  }
  std::vector<NodeId> all;
  TRY(elements(TokenKind::kClose, all));
  if (all.size() == 1) return all.front();
  return compound({.kind = NodeKind::kList, .begin = open.begin, .end = open.end}, all);
}

Result<void> TermParser::elements(TokenKind close, std::vector<NodeId>& ids) {
  for (;;) {
    ids.push_back(TRY(condition()));
    if (lexer_.current().kind == close) break;
    if (lexer_.current().kind != TokenKind::kComma) return malformed_here(bracket_name(close));
    lexer_.advance();
  }
  lexer_.advance();
  return {};
}

Result<NodeId> TermParser::list(NodeKind kind, TokenKind close, const Token& open) {
  lexer_.advance();
  std::vector<NodeId> all;
  if (lexer_.current().kind == close) {
    lexer_.advance();
  } else {
    TRY(elements(close, all));
  }
  return compound({.kind = kind, .begin = open.begin, .end = open.end}, all);
}

Result<NodeId> TermParser::structure() {
  const Token open = lexer_.current();
  lexer_.advance();
  std::vector<NodeId> all;
  while (lexer_.current().kind != TokenKind::kCloseBrace || !all.empty()) {
    if (lexer_.current().kind != TokenKind::kString) return unexpected_here();
    all.push_back(literal(NodeKind::kString));
    if (lexer_.current().kind != TokenKind::kColon) return malformed_here("Expected COLON");
    lexer_.advance();
    all.push_back(TRY(condition()));
    if (lexer_.current().kind == TokenKind::kCloseBrace) break;
    if (lexer_.current().kind != TokenKind::kComma) {
      return malformed_here(bracket_name(TokenKind::kCloseBrace));
    }
    lexer_.advance();
  }
  lexer_.advance();
  return compound({.kind = NodeKind::kStruct, .begin = open.begin, .end = open.end}, all);
}

Result<NodeId> TermParser::call() {
  const Token name = lexer_.current();
  lexer_.advance();
  lexer_.advance();  // "(".
  Node node{.kind = NodeKind::kCall, .begin = name.begin, .end = name.end, .text = name.text};
  if (name.keyword == Keyword::kExists) {
    return unsupported_here("Unrecognized function: exists", name);
  }
  std::vector<NodeId> all;
  if (lexer_.current().kind == TokenKind::kStar) {  // COUNT(*): refused where it stands.
    lexer_.advance();
    if (lexer_.current().kind != TokenKind::kClose) return malformed_here("Expected RIGHT_PAREN");
    lexer_.advance();
  } else if (lexer_.current().kind == TokenKind::kClose) {
    lexer_.advance();
  } else {
    TRY(elements(TokenKind::kClose, all));
  }
  return compound(node, all);
}

Result<NodeId> TermParser::path() {
  const Token first = lexer_.current();
  if (first.kind != TokenKind::kIdentifier && first.kind != TokenKind::kQuotedIdentifier) {
    return malformed_here("Expected identifier for simple path");
  }
  lexer_.advance();
  return path_from(first);
}

Result<NodeId> TermParser::path_from(const Token& first) {
  const auto kind =
      first.kind == TokenKind::kIdentifier ? PathPart::Kind::kName : PathPart::Kind::kQuotedName;
  Node node{.kind = NodeKind::kPath,
            .first = static_cast<uint32_t>(statement_.path_parts.size()),
            .begin = first.begin,
            .end = first.end};
  statement_.path_parts.push_back({kind, first.text});
  for (;;) {
    if (lexer_.current().kind == TokenKind::kDot) {
      lexer_.advance();
      statement_.path_parts.push_back(TRY(dotted_part()));
    } else if (lexer_.current().kind == TokenKind::kOpenBracket) {
      lexer_.advance();
      statement_.path_parts.push_back(TRY(bracketed_part()));
    } else {
      break;
    }
  }
  node.count = static_cast<uint32_t>(statement_.path_parts.size()) - node.first;
  if (node.count > storage::kDocumentPathDepthMax) {
    return request_error("The document path has too many nesting levels; nesting levels: " +
                         std::to_string(node.count));
  }
  return add(node);
}

Result<PathPart> TermParser::dotted_part() {
  const Token token = lexer_.current();
  if (token.kind == TokenKind::kStar) return unsupported_here("Unexpected path component", token);
  if (token.kind != TokenKind::kIdentifier && token.kind != TokenKind::kQuotedIdentifier) {
    return malformed_here("Invalid path dot component");
  }
  lexer_.advance();
  return PathPart{
      token.kind == TokenKind::kIdentifier ? PathPart::Kind::kName : PathPart::Kind::kQuotedName,
      token.text};
}

Result<PathPart> TermParser::bracketed_part() {
  const Token token = lexer_.current();
  PathPart part{PathPart::Kind::kIndex, token.text};
  if (token.kind == TokenKind::kString) {
    part.kind = PathPart::Kind::kString;
  } else if (token.kind != TokenKind::kNumber ||
             token.text.find_first_not_of("0123456789") != std::string_view::npos) {
    if (token.kind == TokenKind::kInvalid || token.kind == TokenKind::kEnd ||
        token.kind == TokenKind::kCloseBracket) {
      return unexpected_here();
    }
    return unsupported_here("Unexpected path component", token);
  }
  lexer_.advance();
  if (lexer_.current().kind != TokenKind::kCloseBracket) {
    return malformed_here(bracket_name(TokenKind::kCloseBracket));
  }
  lexer_.advance();
  constexpr size_t kIndexDigitsMax = 9;
  if (part.kind == PathPart::Kind::kIndex && part.text.size() > kIndexDigitsMax) {
    return request_error("List index is not within the allowable range; index: [" +
                         std::string(part.text) + "]");
  }
  return part;
}

}  // namespace dynolith::api::partiql
