// ListTables: names in byte order, at most a hundred a page.
#include "api/json/input_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/constraints.h"

namespace dynolith::api {

namespace {

constexpr int64_t kPageMax = 100;
constexpr int64_t kNameMin = 3;
constexpr int64_t kNameMax = 255;

Result<void> check_members(const Members<ListTablesInput>& request) {
  constexpr std::string_view kStartPath = "exclusiveStartTableName";
  Constraints constraints;
  if (const auto start = request[ListTablesInput::kExclusiveStartTableName].text()) {
    const auto length = static_cast<int64_t>(start->size());
    if (!is_name_text(*start)) constraints.echo(*start, kStartPath, kNameConstraint);
    if (length < kNameMin) constraints.echo(*start, kStartPath, at_least("length", kNameMin));
    if (length > kNameMax) constraints.echo(*start, kStartPath, at_most("length", kNameMax));
  }
  constraints.in_range(request[ListTablesInput::kLimit], "limit", 1, kPageMax);
  return constraints.check();
}

}  // namespace

Result<void> list_tables(const OperationContext& context, const JsonObject& body,
                         std::string& reply) {
  const auto request = TRY(read_request<ListTablesInput>(body));
  TRY(check_members(request));
  const auto start = request[ListTablesInput::kExclusiveStartTableName].text().value_or("");
  const auto limit =
      static_cast<size_t>(request[ListTablesInput::kLimit].integer().value_or(kPageMax));

  // One more than asked for tells whether there is more.
  auto names = context.database.list_tables(start, limit + 1, context.scope);
  const bool more = names.size() > limit;
  if (more) names.resize(limit);

  JsonWriter json(reply);
  json.begin_object().name("TableNames").begin_array();
  for (const std::string& name : names) json.string(name);
  json.end_array();
  if (more) json.name("LastEvaluatedTableName").string(names.back());
  json.end_object();
  return {};
}

}  // namespace dynolith::api
