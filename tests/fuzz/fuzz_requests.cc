// Arbitrary bytes as the body of each operation (the first byte chooses): answered or refused by
// name, never with an internal error.
#include <cstdlib>

#include "api/dispatcher.h"

namespace {

using namespace dynolith;

storage::Database& database() {
  static const auto opened = [] {
    auto made = storage::Database::open({});
    if (!made) std::abort();
    storage::TableDefinition table;
    table.name = "tab";
    table.attribute_definitions = {{"p", storage::AttributeType::kString}};
    table.key.partition = table.attribute_definitions;
    table.billing_mode = storage::BillingMode::kPayPerRequest;
    if (!(*made)->create_table(std::move(table))) std::abort();
    return *std::move(made);
  }();
  return *opened;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static api::Dispatcher dispatcher(database(), {});
  const auto operations = api::operations();
  const std::string target =
      "DynamoDB_20120810." + std::string(operations[data[0] % operations.size()].name);
  api::ApiRequest request;
  request.target = target;
  request.content_type = "application/x-amz-json-1.0";
  request.authorization =
      "AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/dynamodb/aws4_request, "
      "SignedHeaders=host, Signature=0";
  request.amz_date = "20261121T000000Z";
  request.host = "localhost:8000";
  request.body = {reinterpret_cast<const char*>(data) + 1, size - 1};
  if (dispatcher.handle(request).status >= 500) std::abort();
  return 0;
}
