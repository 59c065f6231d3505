// Projection text to bound projections.
#include <string>
#include <utility>

#include "api/expression/expressions.h"
#include "api/expression/parser.h"
#include "api/expression/resolver.h"
#include "api/expression/static_checks.h"

namespace dynolith::api {
namespace {

using storage::DocumentPath;
using storage::Result;

Result<storage::Projection> projection_of(std::string_view text, Placeholders& placeholders) {
  TRY(check_size(text, true));
  thread_local SyntaxTree tree;  // For its buffers.
  TRY(parse_projection(text, tree));
  TRY(check_projection(tree));
  Resolver resolver(tree, placeholders);
  storage::Projection projection;
  projection.paths.reserve(tree.nodes.size());
  for (const Node& node : tree.nodes) projection.paths.push_back(TRY(resolver.path(node)));
  std::vector<const DocumentPath*> paths;
  paths.reserve(projection.paths.size());
  for (const DocumentPath& path : projection.paths) paths.push_back(&path);
  TRY(check_distinct_paths(paths));
  return projection;
}

}  // namespace

Result<storage::Projection> bind_projection(std::string_view text, Placeholders& placeholders) {
  auto projection = projection_of(text, placeholders);
  if (!projection.ok()) {
    return in_expression(std::move(projection).error(), "ProjectionExpression");
  }
  return projection;
}

}  // namespace dynolith::api
