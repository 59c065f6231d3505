// Arbitrary text as a PartiQL statement: carried out or refused by name on a table with indexes,
// whatever its parameters are. The text's own number of '?' parameters is given, so that statements
// get past their count.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "api/operation_context.h"
#include "api/partiql/item_access.h"
#include "api/partiql/next_token.h"
#include "api/partiql/select.h"
#include "api/partiql/statement.h"

namespace {

using namespace dynolith;
using storage::ErrorCode;

std::unique_ptr<storage::Database> open() {
  auto database = storage::Database::open({});
  if (!database) std::abort();
  storage::TableDefinition table;
  table.name = "tab";
  table.attribute_definitions = {{"p", storage::AttributeType::kString},
                                 {"s", storage::AttributeType::kNumber},
                                 {"g", storage::AttributeType::kString}};
  table.key = {{table.attribute_definitions[0]}, {table.attribute_definitions[1]}};
  storage::IndexDefinition index;
  index.name = "idx";
  index.key.partition = {table.attribute_definitions[2]};
  table.indexes = {index};
  table.billing_mode = storage::BillingMode::kPayPerRequest;
  if (!(*database)->create_table(std::move(table))) std::abort();
  return *std::move(database);
}

std::vector<storage::EncodedValue> parameters(size_t count) {
  const storage::AttributeValue kinds[] = {
      "a", 1, storage::List{1, "a"}, storage::Map{{"p", "a"}, {"s", 1}}, storage::StringSet{{"a"}}};
  std::vector<storage::EncodedValue> all;
  for (size_t i = 0; i < count; ++i) {
    all.push_back(storage::encode_value(kinds[i % std::size(kinds)]));
  }
  return all;
}

template <class T>
void expect_known(const storage::Result<T>& result) {
  if (result) return;
  switch (result.error().code) {
    case ErrorCode::kValidation:
      if (result.error().message.empty()) std::abort();
      return;
    case ErrorCode::kResourceNotFound:
    case ErrorCode::kConditionalCheckFailed:
      return;
    default:
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const auto database = open();
  const api::OperationContext context{*database, "", "us-east-1", "localhost:8000"};
  const auto count = static_cast<size_t>(std::count(text.begin(), text.end(), '?'));
  for (const size_t given : {count, size_t{0}}) {
    const auto values = parameters(given);
    auto statement = api::partiql::read_statement(text, values);
    expect_known(statement);
    if (!statement) continue;
    if (statement->kind == api::partiql::StatementKind::kSelect) {
      std::string reply;
      api::partiql::SelectOptions options;
      options.text = text;
      options.limit = 3;
      expect_known(api::partiql::append_select(context, *statement, values, options, reply));
      continue;
    }
    api::partiql::ItemAccess access(*std::move(statement));
    const auto prepared = api::partiql::prepare(context, access, {.no_key = "key", .index = "i"});
    expect_known(prepared);
    if (prepared) expect_known(database->apply(access.write));
  }
  const auto table = database->find_table("tab");
  expect_known(api::partiql::read_next_token(text, {text, {}, **table}));
  return 0;
}
