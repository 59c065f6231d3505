// PartiQL text to a syntax tree. Errors here (kValidation, scope kRequest) are of the text alone:
// "Statement wasn't well formed, can't be processed: Unexpected term", aliases, clauses that the
// service does not have.
//
// Nesting is bounded (kStatementDepthMax), so that no text exhausts the stack.
#pragma once

#include <string_view>

#include "api/partiql/syntax_tree.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

inline constexpr size_t kStatementDepthMax = 100;

// statement := SELECT ("*" | path ("," path)*) FROM source [WHERE condition]
//                [ORDER BY path [ASC | DESC] ("," path [ASC | DESC])*]
//            | INSERT INTO source VALUE value
//            | UPDATE source action+ [WHERE condition] [RETURNING image]
//            | FROM source [WHERE condition] action+ [RETURNING image]
//            | DELETE FROM source [WHERE condition] [RETURNING image]
//            | EXISTS "(" SELECT ... ")"
// action    := SET path "=" sum ("," path "=" sum)* | REMOVE path ("," path)*
// image     := (ALL | MODIFIED) (OLD | NEW) "*"
storage::Result<void> parse_statement(std::string_view text, StatementSyntax& statement);

// "Statement wasn't well formed, can't be processed: <detail>".
storage::Error malformed(std::string_view detail);

}  // namespace dynolith::api::partiql
