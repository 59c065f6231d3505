// The part of the parser that reads nested constructs: conditions, operands, the right sides of
// SET.
#pragma once

#include <optional>
#include <vector>

#include "api/expression/lexer.h"
#include "api/expression/syntax_tree.h"
#include "storage/result.h"

namespace dynolith::api {

class OperandParser {
 public:
  OperandParser(Lexer& lexer, SyntaxTree& tree) : lexer_(lexer), tree_(tree) {
    frames_.reserve(8);  // Enough for most texts.
    completed_.reserve(8);
  }

  // Each reads as much as belongs to the construct and leaves the lexer at the token after it.
  storage::Result<NodeId> condition() { return construct(Accepts::kCondition); }
  storage::Result<NodeId> sum() { return construct(Accepts::kSum); }
  storage::Result<NodeId> path();
  storage::Result<NodeId> value();

  storage::Error syntax_error() const;

 private:
  // What may stand in a place: just an operand, or also a condition, or also `a + b`.
  enum class Accepts : uint8_t { kOperand, kCondition, kSum };
  // What was just completed. A call can be a condition or an operand: its surroundings decide.
  enum class Shape : uint8_t { kOperand, kCall, kCondition, kSum };
  enum class Open : uint8_t {
    kRoot,
    kParentheses,
    kCall,
    kIn,
    kNot,
    kCompare,
    kBetweenLow,
    kBetweenHigh,
    kAnd,
    kOr,
    kSum
  };
  // An open construct; its children so far are completed_[first_child...].
  struct Frame {
    Open open = Open::kRoot;
    Accepts accepts = Accepts::kOperand;
    Node node;
    size_t first_child = 0;
  };
  enum class Next : uint8_t { kOperand, kDone, kError };

  storage::Result<NodeId> construct(Accepts accepts);
  // Reads what stands before an operand, and the operand. False: a syntax error.
  bool read_prefix();
  // Having completed something, closes what ends here and opens what begins here.
  Next read_postfix();
  Next continue_list(NodeKind kind, Shape shape);
  Next continue_condition();
  std::optional<Next> open_comparison();
  bool read_path_rest();
  bool read_path_part();

  void open(Open open, Accepts accepts, const Node& node, size_t children);
  void close(NodeKind kind, Shape shape);
  void complete(const Node& node, Shape shape);
  void close_parentheses();

  Lexer& lexer_;
  SyntaxTree& tree_;
  std::vector<Frame> frames_;
  std::vector<NodeId> completed_;
  Shape shape_ = Shape::kOperand;  // Of completed_.back().
};

}  // namespace dynolith::api
