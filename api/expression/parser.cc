#include "api/expression/parser.h"

#include <array>

#include "api/expression/lexer.h"
#include "api/expression/operand_parser.h"

namespace dynolith::api {

using storage::Result;

namespace {

std::optional<Section> section_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kSet:
      return Section::kSet;
    case TokenKind::kRemove:
      return Section::kRemove;
    case TokenKind::kAdd:
      return Section::kAdd;
    case TokenKind::kDelete:
      return Section::kDelete;
    default:
      return std::nullopt;
  }
}

Result<ActionSyntax> parse_action(Section section, Lexer& lexer, OperandParser& parser) {
  ActionSyntax action{section, TRY(parser.path()), 0};
  switch (section) {
    case Section::kSet:
      if (lexer.current().kind != TokenKind::kEqual) return parser.syntax_error();
      lexer.advance();
      action.value = TRY(parser.sum());
      break;
    case Section::kRemove:
      break;
    case Section::kAdd:
    case Section::kDelete:
      action.value = TRY(parser.value());
      break;
  }
  return action;
}

}  // namespace

void SyntaxTree::clear() {
  nodes.clear();
  child_ids.clear();
  path_parts.clear();
  actions.clear();
  root = 0;
  repeated_section.reset();
  has_redundant_parentheses = false;
}

Result<void> parse_condition(std::string_view text, SyntaxTree& tree) {
  tree.clear();
  Lexer lexer(text, Keywords::kCondition);
  OperandParser parser(lexer, tree);
  tree.root = TRY(parser.condition());
  if (lexer.current().kind != TokenKind::kEnd) return parser.syntax_error();
  return {};
}

Result<void> parse_update(std::string_view text, SyntaxTree& tree) {
  tree.clear();
  Lexer lexer(text, Keywords::kUpdate);
  OperandParser parser(lexer, tree);
  std::array<bool, 4> seen{};
  do {
    const std::optional<Section> section = section_of(lexer.current().kind);
    if (!section) return parser.syntax_error();
    bool& is_repeated = seen[static_cast<size_t>(*section)];
    if (is_repeated && !tree.repeated_section) tree.repeated_section = section;
    is_repeated = true;
    do {
      lexer.advance();  // The section's word, or a comma.
      tree.actions.push_back(TRY(parse_action(*section, lexer, parser)));
    } while (lexer.current().kind == TokenKind::kComma);
  } while (lexer.current().kind != TokenKind::kEnd);
  return {};
}

Result<void> parse_projection(std::string_view text, SyntaxTree& tree) {
  tree.clear();
  Lexer lexer(text, Keywords::kNone);
  OperandParser parser(lexer, tree);
  for (;;) {
    TRY(parser.path());
    if (lexer.current().kind != TokenKind::kComma) break;
    lexer.advance();
  }
  if (lexer.current().kind != TokenKind::kEnd) return parser.syntax_error();
  return {};
}

}  // namespace dynolith::api
