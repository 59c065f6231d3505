#include "api/partiql/parser.h"

#include "api/partiql/lexer.h"
#include "api/partiql/term_parser.h"

namespace dynolith::api::partiql {

using storage::Error;
using storage::request_error;
using storage::Result;

namespace {

// OLD and NEW are words like any other elsewhere.
bool is_word(const Token& token, std::string_view lower) {
  if (token.kind != TokenKind::kIdentifier || token.text.size() != lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if ((token.text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

class StatementParser {
 public:
  StatementParser(std::string_view text, StatementSyntax& statement)
      : lexer_(text), statement_(statement), terms_(lexer_, statement) {}

  Result<void> statement() {
    TRY(any());
    if (lexer_.current().kind == TokenKind::kSemicolon) lexer_.advance();
    if (lexer_.current().kind != TokenKind::kEnd) {
      return terms_.malformed_here("Unexpected token after expression");
    }
    return {};
  }

 private:
  Result<void> any() {
    switch (lexer_.current().keyword) {
      case Keyword::kSelect:
        statement_.kind = StatementKind::kSelect;
        return select();
      case Keyword::kExists:
        return exists();
      case Keyword::kInsert:
        return insert();
      case Keyword::kUpdate:
        return update();
      case Keyword::kFrom:
        return update_from();
      case Keyword::kDelete:
        return erase();
      default:
        return terms_.malformed_here("Expected data manipulation");
    }
  }

  // Reads the keyword if it is the current token.
  bool accept(Keyword keyword) {
    if (lexer_.current().keyword != keyword) return false;
    lexer_.advance();
    return true;
  }

  Result<void> exists() {
    statement_.kind = StatementKind::kExists;
    lexer_.advance();
    if (lexer_.current().kind != TokenKind::kOpen) {
      return terms_.malformed_here("Unexpected keyword");
    }
    lexer_.advance();
    if (lexer_.current().keyword != Keyword::kSelect) return terms_.unexpected_here();
    TRY(select());
    if (lexer_.current().kind != TokenKind::kClose) {
      return terms_.malformed_here("Expected RIGHT_PAREN");
    }
    lexer_.advance();
    return {};
  }

  Result<void> select() {
    lexer_.advance();
    if (lexer_.current().keyword == Keyword::kDistinct) {
      return terms_.unsupported_here("Unsupported clause: DISTINCT", lexer_.current());
    }
    TRY(projection());
    if (!accept(Keyword::kFrom)) return terms_.malformed_here("Expected FROM after SELECT list");
    TRY(source());
    TRY(where());
    if (lexer_.current().keyword == Keyword::kOrder) TRY(order());
    return refuse_clauses();
  }

  Result<void> projection() {
    if (lexer_.current().kind == TokenKind::kStar) {
      lexer_.advance();
      if (lexer_.current().kind != TokenKind::kComma) return {};
      return terms_.malformed_here(
          "Other expressions may not be present in the select list when '*' is used without dot "
          "notation.");
    }
    for (;;) {
      const NodeId id = TRY(terms_.condition());
      TRY(refuse_alias());
      const Node& node = statement_.nodes[id];
      if (node.kind != NodeKind::kPath) {
        return request_error("Unexpected path component at " +
                             position_text(statement_.text, node.begin, node.end));
      }
      statement_.projection.push_back(id);
      if (lexer_.current().kind != TokenKind::kComma) return {};
      lexer_.advance();
    }
  }

  Result<void> refuse_alias() const {
    const Token& token = lexer_.current();
    const bool is_alias = token.keyword == Keyword::kAs || token.keyword == Keyword::kAt ||
                          token.keyword == Keyword::kBy || token.kind == TokenKind::kIdentifier ||
                          token.kind == TokenKind::kQuotedIdentifier;
    if (is_alias) return request_error("Aliasing is not supported");
    return {};
  }

  Result<void> source() {
    statement_.source = TRY(terms_.path());
    TRY(refuse_alias());
    if (lexer_.current().kind == TokenKind::kComma) {
      return request_error("Only select from a single table or index is supported.");
    }
    return {};
  }

  Result<void> where() {
    if (!accept(Keyword::kWhere)) return {};
    statement_.where = TRY(terms_.condition());
    return {};
  }

  Result<void> order() {
    lexer_.advance();
    if (!accept(Keyword::kBy)) return terms_.malformed_here("Expected BY");
    for (;;) {
      OrderSyntax key{TRY(terms_.path()), false};
      if (accept(Keyword::kDesc)) {
        key.descending = true;
      } else {
        accept(Keyword::kAsc);
      }
      statement_.order.push_back(key);
      if (lexer_.current().kind != TokenKind::kComma) return {};
      lexer_.advance();
    }
  }

  // Of SQL's SELECT the service has no more.
  Result<void> refuse_clauses() {
    const Token clause = lexer_.current();
    std::string_view name;
    if (clause.keyword == Keyword::kLimit) name = "LIMIT";
    if (clause.keyword == Keyword::kGroup) name = "GROUP BY";
    if (clause.keyword == Keyword::kHaving) name = "HAVING";
    if (name.empty()) return {};
    lexer_.advance();
    if (clause.keyword == Keyword::kGroup) accept(Keyword::kBy);
    if (lexer_.current().kind == TokenKind::kEnd) return terms_.unexpected_here();
    return terms_.unsupported_here("Unsupported clause: " + std::string(name), lexer_.current());
  }

  Result<void> insert() {
    statement_.kind = StatementKind::kInsert;
    lexer_.advance();
    if (!accept(Keyword::kInto)) return terms_.malformed_here("Unexpected keyword");
    statement_.source = TRY(terms_.path());
    if (!accept(Keyword::kValue)) return terms_.unexpected_here();
    statement_.item = TRY(terms_.sum());
    return {};
  }

  Result<void> update() {
    statement_.kind = StatementKind::kUpdate;
    lexer_.advance();
    statement_.source = TRY(terms_.path());
    TRY(actions());
    TRY(where());
    return returning();
  }

  Result<void> update_from() {
    statement_.kind = StatementKind::kUpdate;
    lexer_.advance();
    TRY(source());
    TRY(where());
    TRY(actions());
    return returning();
  }

  Result<void> erase() {
    statement_.kind = StatementKind::kDelete;
    lexer_.advance();
    if (!accept(Keyword::kFrom)) return terms_.malformed_here("Expected FROM after DELETE");
    TRY(source());
    TRY(where());
    return returning();
  }

  Result<void> actions() {
    do {
      const bool sets = lexer_.current().keyword == Keyword::kSet;
      if (!sets && lexer_.current().keyword != Keyword::kRemove) {
        return terms_.malformed_here("Expected data manipulation");
      }
      do {
        lexer_.advance();  // The section's word, or a comma.
        ActionSyntax action{TRY(terms_.path()), std::nullopt};
        if (sets) {
          if (lexer_.current().kind != TokenKind::kEqual) {
            return terms_.malformed_here("Expected '='");
          }
          lexer_.advance();
          action.value = TRY(terms_.sum());
        }
        statement_.actions.push_back(action);
      } while (lexer_.current().kind == TokenKind::kComma);
    } while (lexer_.current().keyword == Keyword::kSet ||
             lexer_.current().keyword == Keyword::kRemove);
    return {};
  }

  Result<void> returning() {
    if (!accept(Keyword::kReturning)) return {};
    Returning image;
    image.modified = lexer_.current().keyword == Keyword::kModified;
    if (!image.modified && lexer_.current().keyword != Keyword::kAll) {
      return terms_.malformed_here("Expected ALL or MODIFIED");
    }
    lexer_.advance();
    image.new_image = is_word(lexer_.current(), "new");
    if (!image.new_image && !is_word(lexer_.current(), "old")) {
      return terms_.malformed_here("Expected OLD or NEW");
    }
    lexer_.advance();
    if (lexer_.current().kind != TokenKind::kStar) return terms_.malformed_here("Expected '*'");
    lexer_.advance();
    statement_.returning = image;
    return {};
  }

  Lexer lexer_;
  StatementSyntax& statement_;
  TermParser terms_;
};

}  // namespace

void StatementSyntax::clear() {
  nodes.clear();
  child_ids.clear();
  path_parts.clear();
  projection.clear();
  where.reset();
  order.clear();
  actions.clear();
  returning.reset();
  parameters = 0;
}

Error malformed(std::string_view detail) {
  return request_error(
      std::string("Statement wasn't well formed, can't be processed: ").append(detail));
}

Result<void> parse_statement(std::string_view text, StatementSyntax& statement) {
  statement.clear();
  statement.text = text;
  return StatementParser(text, statement).statement();
}

}  // namespace dynolith::api::partiql
