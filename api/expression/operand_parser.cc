#include "api/expression/operand_parser.h"

#include <optional>

namespace dynolith::api {
namespace {

using storage::Comparator;
using storage::Result;

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

struct FunctionName {
  std::string_view name;
  Function function;
};
constexpr FunctionName kFunctions[] = {
    {"attribute_exists", Function::kAttributeExists},
    {"attribute_not_exists", Function::kAttributeNotExists},
    {"attribute_type", Function::kAttributeType},
    {"begins_with", Function::kBeginsWith},
    {"contains", Function::kContains},
    {"size", Function::kSize},
    {"if_not_exists", Function::kIfNotExists},
    {"list_append", Function::kListAppend},
};

Function function_named(std::string_view name) {
  for (const FunctionName& known : kFunctions) {
    if (known.name == name) return known.function;
  }
  return Function::kUnknown;
}

// A bare name where only a name can stand: keywords too, so that they are refused as reserved
// words.
bool is_word(TokenKind kind) { return kind == TokenKind::kIdentifier || kind >= TokenKind::kAnd; }

}  // namespace

Result<NodeId> OperandParser::construct(Accepts accepts) {
  frames_.clear();
  completed_.clear();
  open(Open::kRoot, accepts, Node{}, 0);
  for (;;) {
    if (!read_prefix()) return syntax_error();
    switch (read_postfix()) {
      case Next::kOperand:
        break;
      case Next::kDone:
        return completed_.back();
      case Next::kError:
        return syntax_error();
    }
  }
}

Result<NodeId> OperandParser::path() {
  const TokenKind kind = lexer_.current().kind;
  if (kind != TokenKind::kIdentifier && kind != TokenKind::kName) return syntax_error();
  completed_.clear();
  read_path_part();
  if (!read_path_rest()) return syntax_error();
  return completed_.back();
}

Result<NodeId> OperandParser::value() {
  if (lexer_.current().kind != TokenKind::kValue) return syntax_error();
  completed_.clear();
  complete({.kind = NodeKind::kValue, .text = lexer_.current().text}, Shape::kOperand);
  lexer_.advance();
  return completed_.back();
}

storage::Error OperandParser::syntax_error() const {
  return storage::request_error(lexer_.syntax_error());
}

bool OperandParser::read_prefix() {
  for (;;) {
    const Token token = lexer_.current();
    const Accepts accepts = frames_.back().accepts;
    switch (token.kind) {
      case TokenKind::kOpen:
        lexer_.advance();
        open(Open::kParentheses, accepts, Node{}, 0);
        continue;
      case TokenKind::kNot:
        if (accepts != Accepts::kCondition) return false;
        lexer_.advance();
        open(Open::kNot, Accepts::kCondition, {.kind = NodeKind::kNot, .text = token.text}, 0);
        continue;
      case TokenKind::kValue:
        complete({.kind = NodeKind::kValue, .text = token.text}, Shape::kOperand);
        lexer_.advance();
        return true;
      case TokenKind::kName:
        read_path_part();
        return read_path_rest();
      case TokenKind::kIdentifier:
        read_path_part();
        if (lexer_.current().kind != TokenKind::kOpen) return read_path_rest();
        tree_.path_parts.pop_back();
        lexer_.advance();
        open(Open::kCall, Accepts::kOperand,
             {.kind = NodeKind::kCall, .function = function_named(token.text), .text = token.text},
             0);
        continue;
      default:
        return false;
    }
  }
}

bool OperandParser::read_path_part() {
  const Token token = lexer_.current();
  if (token.kind == TokenKind::kName) {
    tree_.path_parts.push_back({PathPart::Kind::kPlaceholder, token.text});
  } else if (is_word(token.kind)) {
    tree_.path_parts.push_back({PathPart::Kind::kIdentifier, token.text});
  } else {
    return false;
  }
  lexer_.advance();
  return true;
}

bool OperandParser::read_path_rest() {
  const size_t first = tree_.path_parts.size() - 1;
  for (;;) {
    const TokenKind kind = lexer_.current().kind;
    if (kind == TokenKind::kDot) {
      lexer_.advance();
      if (!read_path_part()) return false;
    } else if (kind == TokenKind::kOpenBracket) {
      lexer_.advance();
      const Token index = lexer_.current();
      if (index.kind != TokenKind::kNumber) return false;
      tree_.path_parts.push_back({PathPart::Kind::kIndex, index.text});
      lexer_.advance();
      if (lexer_.current().kind != TokenKind::kCloseBracket) return false;
      lexer_.advance();
    } else {
      break;
    }
  }
  complete({.kind = NodeKind::kPath,
            .first = static_cast<uint32_t>(first),
            .count = static_cast<uint32_t>(tree_.path_parts.size() - first)},
           Shape::kOperand);
  return true;
}

OperandParser::Next OperandParser::read_postfix() {
  for (;;) {
    Frame& top = frames_.back();
    switch (top.open) {
      case Open::kCompare:
        close(NodeKind::kCompare, Shape::kCondition);
        continue;
      case Open::kBetweenHigh:
        close(NodeKind::kBetween, Shape::kCondition);
        continue;
      case Open::kSum:
        close(NodeKind::kSum, Shape::kSum);
        continue;
      case Open::kBetweenLow:
        if (lexer_.current().kind != TokenKind::kAnd) return Next::kError;
        lexer_.advance();
        top.open = Open::kBetweenHigh;
        return Next::kOperand;
      case Open::kCall:
        if (const Next next = continue_list(NodeKind::kCall, Shape::kCall); next != Next::kDone) {
          return next;
        }
        continue;
      case Open::kIn:
        if (const Next next = continue_list(NodeKind::kIn, Shape::kCondition);
            next != Next::kDone) {
          return next;
        }
        continue;
      case Open::kParentheses:
        if (lexer_.current().kind == TokenKind::kClose) {
          lexer_.advance();
          close_parentheses();
          continue;
        }
        [[fallthrough]];
      case Open::kRoot:
      case Open::kNot:
      case Open::kAnd:
      case Open::kOr: {
        const size_t depth = frames_.size();
        const Next next = continue_condition();
        // A frame was closed: look again at what surrounds it.
        if (next == Next::kDone && frames_.size() < depth) continue;
        return next;
      }
    }
  }
}

// In the list of a call or IN. kDone: the list was closed.
OperandParser::Next OperandParser::continue_list(NodeKind kind, Shape shape) {
  const TokenKind token = lexer_.current().kind;
  if (token != TokenKind::kComma && token != TokenKind::kClose) return Next::kError;
  lexer_.advance();
  if (token == TokenKind::kComma) return Next::kOperand;
  close(kind, shape);
  return Next::kDone;
}

// Where a condition or a sum can go on. kDone with a frame closed: that construct ends here;
// without: the whole does.
OperandParser::Next OperandParser::continue_condition() {
  const Frame& top = frames_.back();
  const Token token = lexer_.current();
  const bool is_operand = shape_ == Shape::kOperand || shape_ == Shape::kCall;
  const bool is_sign = token.kind == TokenKind::kPlus || token.kind == TokenKind::kMinus;

  if (top.accepts == Accepts::kSum && is_operand && is_sign) {
    const auto arithmetic =
        token.kind == TokenKind::kPlus ? storage::Arithmetic::kAdd : storage::Arithmetic::kSubtract;
    open(Open::kSum, Accepts::kOperand,
         {.kind = NodeKind::kSum, .arithmetic = arithmetic, .text = token.text}, 1);
    lexer_.advance();
    return Next::kOperand;
  }
  if (top.accepts != Accepts::kCondition) {
    return top.open == Open::kRoot ? Next::kDone : Next::kError;
  }
  if (is_operand) {
    if (const std::optional<Next> next = open_comparison()) return *next;
  }
  if (shape_ == Shape::kOperand) return Next::kError;  // No condition by itself.

  if (top.open == Open::kNot) {
    close(NodeKind::kNot, Shape::kCondition);
    return Next::kDone;
  }
  if (token.kind == TokenKind::kAnd) {
    if (top.open != Open::kAnd) {
      open(Open::kAnd, Accepts::kCondition, {.kind = NodeKind::kAnd, .text = token.text}, 1);
    }
    lexer_.advance();
    return Next::kOperand;
  }
  if (top.open == Open::kAnd) {
    close(NodeKind::kAnd, Shape::kCondition);
    return Next::kDone;
  }
  if (token.kind == TokenKind::kOr) {
    if (top.open != Open::kOr) {
      open(Open::kOr, Accepts::kCondition, {.kind = NodeKind::kOr, .text = token.text}, 1);
    }
    lexer_.advance();
    return Next::kOperand;
  }
  if (top.open == Open::kOr) {
    close(NodeKind::kOr, Shape::kCondition);
    return Next::kDone;
  }
  return top.open == Open::kRoot ? Next::kDone : Next::kError;
}

// Opens the operator that follows an operand, if one does.
std::optional<OperandParser::Next> OperandParser::open_comparison() {
  const Token token = lexer_.current();
  if (const auto comparator = comparator_of(token.kind)) {
    open(Open::kCompare, Accepts::kOperand,
         {.kind = NodeKind::kCompare, .comparator = *comparator, .text = token.text}, 1);
    lexer_.advance();
    return Next::kOperand;
  }
  if (token.kind == TokenKind::kBetween) {
    open(Open::kBetweenLow, Accepts::kOperand, {.kind = NodeKind::kBetween, .text = token.text}, 1);
    lexer_.advance();
    return Next::kOperand;
  }
  if (token.kind == TokenKind::kIn) {
    open(Open::kIn, Accepts::kOperand, {.kind = NodeKind::kIn, .text = token.text}, 1);
    lexer_.advance();
    if (lexer_.current().kind != TokenKind::kOpen) return Next::kError;
    lexer_.advance();
    return Next::kOperand;
  }
  return std::nullopt;
}

// `children`: how many of the completed nodes already belong to it.
void OperandParser::open(Open open, Accepts accepts, const Node& node, size_t children) {
  frames_.push_back({open, accepts, node, completed_.size() - children});
}

// The innermost open construct becomes a node.
void OperandParser::close(NodeKind kind, Shape shape) {
  const Frame frame = frames_.back();
  frames_.pop_back();
  Node node = frame.node;
  node.kind = kind;
  node.first = static_cast<uint32_t>(tree_.child_ids.size());
  node.count = static_cast<uint32_t>(completed_.size() - frame.first_child);
  const NodeUse use = kind == NodeKind::kCall ? NodeUse::kArgument
                      : kind == NodeKind::kNot || kind == NodeKind::kAnd || kind == NodeKind::kOr
                          ? NodeUse::kTop
                          : NodeUse::kOperand;
  for (size_t i = frame.first_child; i < completed_.size(); ++i) {
    tree_.nodes[completed_[i]].use = use;
    tree_.child_ids.push_back(completed_[i]);
  }
  completed_.resize(frame.first_child);
  complete(node, shape);
}

void OperandParser::complete(const Node& node, Shape shape) {
  tree_.nodes.push_back(node);
  completed_.push_back(static_cast<NodeId>(tree_.nodes.size() - 1));
  shape_ = shape;
}

// Parentheses leave no node, only a mark: a second pair directly around is refused later.
void OperandParser::close_parentheses() {
  frames_.pop_back();
  Node& inner = tree_.nodes[completed_.back()];
  if (inner.parenthesised) tree_.has_redundant_parentheses = true;
  inner.parenthesised = true;
}

}  // namespace dynolith::api
