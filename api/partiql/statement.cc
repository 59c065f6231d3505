#include "api/partiql/statement.h"

#include "api/expression/resolver.h"
#include "api/partiql/assignment_binder.h"
#include "api/partiql/parser.h"
#include "api/partiql/values.h"
#include "api/partiql/where_binder.h"

namespace dynolith::api::partiql {

using storage::DocumentPath;
using storage::request_error;
using storage::Result;

namespace {

// "table" or "table"."index".
Result<void> bind_source(const StatementSyntax& syntax, const Values& values,
                         Statement& statement) {
  const Node& source = syntax.nodes[syntax.source];
  const auto parts = syntax.parts(source);
  for (const PathPart& part : parts) {
    if (part.kind == PathPart::Kind::kIndex || part.kind == PathPart::Kind::kString) {
      return values.unsupported("Unexpected path component", source);
    }
  }
  const bool is_select =
      syntax.kind == StatementKind::kSelect || syntax.kind == StatementKind::kExists;
  if (parts.size() > (is_select ? 2u : 1u)) {
    return values.unsupported("Unexpected path component", source);
  }
  statement.table = name_of(parts[0]);
  if (parts.size() == 2) statement.index = name_of(parts[1]);
  return {};
}

Result<storage::Projection> bind_projection(const StatementSyntax& syntax, const Values& values) {
  storage::Projection projection;
  projection.paths.reserve(syntax.projection.size());
  for (const NodeId id : syntax.projection) {
    projection.paths.push_back(values.path(syntax.nodes[id]));
  }
  std::vector<const DocumentPath*> paths;
  paths.reserve(projection.paths.size());
  for (const DocumentPath& path : projection.paths) paths.push_back(&path);
  TRY(check_distinct_paths(paths));
  return projection;
}

Result<void> check_returning(const Statement& statement) {
  if (statement.kind != StatementKind::kDelete || !statement.returning) return {};
  const Returning& image = *statement.returning;
  if (!image.modified && !image.new_image) return {};
  return request_error(std::string("Invalid returning clause: RETURNING ") +
                       (image.modified ? "MODIFIED " : "ALL ") + (image.new_image ? "NEW" : "OLD") +
                       " *. Only RETURNING ALL OLD * is allowed in DELETE statements.");
}

}  // namespace

Result<Statement> read_statement(std::string_view text,
                                 const std::vector<storage::EncodedValue>& parameters) {
  thread_local StatementSyntax syntax;  // For its buffers.
  TRY(parse_statement(text, syntax));
  if (syntax.parameters != parameters.size()) {
    return request_error("Number of parameters in request and statement don't match.");
  }
  Values values(syntax, parameters);
  Statement statement;
  statement.kind = syntax.kind;
  statement.returning = syntax.returning;
  TRY(bind_source(syntax, values, statement));
  TRY(check_returning(statement));
  if (!syntax.projection.empty()) statement.projection = TRY(bind_projection(syntax, values));
  if (syntax.kind == StatementKind::kInsert) {
    statement.item = TRY(values.item(syntax.nodes[syntax.item]));
  }
  if (syntax.kind == StatementKind::kUpdate) {
    statement.update = TRY(bind_assignments(syntax, values));
  }
  if (syntax.where) statement.where = TRY(bind_where(syntax, values));
  statement.order.reserve(syntax.order.size());
  for (const OrderSyntax& key : syntax.order) {
    statement.order.push_back({values.path(syntax.nodes[key.path]), key.descending});
  }
  return statement;
}

}  // namespace dynolith::api::partiql
