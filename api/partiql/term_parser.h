// The part of the parser that reads nested constructs: conditions, values, sums, paths.
#pragma once

#include "api/partiql/lexer.h"
#include "api/partiql/syntax_tree.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

class TermParser {
 public:
  TermParser(Lexer& lexer, StatementSyntax& statement) : lexer_(lexer), statement_(statement) {}

  // Each reads as much as belongs to the construct and leaves the lexer at the token after it.
  //
  // condition := conjunction (OR conjunction)*    conjunction := negation (AND negation)*
  // negation  := NOT negation | predicate
  // predicate := sum [("=" | "<>" | "!=" | "<" | "<=" | ">" | ">=") sum | [NOT] BETWEEN sum AND sum
  //                   | [NOT] IN ("(" condition ("," condition)* ")" | sum) | IS [NOT] type]
  // sum       := term (("+" | "-") term)*
  // term      := path | literal | "?" | "[" ... "]" | "<<" ... ">>" | "{" string ":" ... "}"
  //            | name "(" ... ")" | "(" condition ")"
  storage::Result<NodeId> condition();
  storage::Result<NodeId> sum();
  // path := name ("." name | "[" digits "]" | "[" string "]")*
  storage::Result<NodeId> path();

  storage::Error unexpected_here() const;  // The current token begins no term.
  storage::Error malformed_here(std::string_view detail) const;
  storage::Error unsupported_here(std::string_view problem, const Token& token) const;

 private:
  class Depth;
  using Rule = storage::Result<NodeId> (TermParser::*)();

  storage::Result<NodeId> chain(NodeKind kind, Keyword keyword, Rule element);
  storage::Result<NodeId> conjunction();
  storage::Result<NodeId> negation();
  storage::Result<NodeId> predicate();
  storage::Result<NodeId> between(NodeId value, bool negated);
  storage::Result<NodeId> in(NodeId value, bool negated);
  storage::Result<NodeId> is(NodeId value);
  storage::Result<NodeId> term();
  storage::Result<NodeId> parentheses();
  storage::Result<NodeId> number(bool negated);
  storage::Result<NodeId> structure();
  storage::Result<NodeId> call();
  // Elements up to `close`, which is read too.
  storage::Result<NodeId> list(NodeKind kind, TokenKind close, const Token& open);
  storage::Result<void> elements(TokenKind close, std::vector<NodeId>& ids);
  storage::Result<PathPart> dotted_part();
  storage::Result<PathPart> bracketed_part();
  storage::Result<NodeId> path_from(const Token& first);

  NodeId add(const Node& node);
  NodeId literal(NodeKind kind, bool negated = false);
  NodeId compound(Node node, std::span<const NodeId> children);

  Lexer& lexer_;
  StatementSyntax& statement_;
  size_t depth_ = 0;
};

}  // namespace dynolith::api::partiql
