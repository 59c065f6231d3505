// A PartiQL statement, bound: what it asks of which table, in the trees that every other request
// binds to as well. Nothing here knows the table yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/partiql/syntax_tree.h"
#include "storage/encoding/item_encoding.h"
#include "storage/expression/condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

struct OrderKey {
  storage::DocumentPath path;
  bool descending = false;
};

struct Statement {
  StatementKind kind = StatementKind::kSelect;
  std::string table;  // As given: a name or an ARN.
  std::optional<std::string> index;
  std::optional<storage::Projection> projection;  // Absent: all attributes.
  std::optional<storage::Condition> where;
  std::vector<OrderKey> order;
  storage::EncodedItem item;  // kInsert.
  storage::Update update;     // kUpdate.
  std::optional<Returning> returning;

  bool is_read() const { return kind == StatementKind::kSelect || kind == StatementKind::kExists; }
};

// Errors: kValidation, scope kRequest. In this order: the text, the number of parameters, what
// values, conditions and assignments are made of.
storage::Result<Statement> read_statement(std::string_view text,
                                          const std::vector<storage::EncodedValue>& parameters);

}  // namespace dynolith::api::partiql
