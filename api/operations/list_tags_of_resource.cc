// ListTagsOfResource: in the order of their keys, ten a page.
#include <algorithm>

#include "api/json/base64.h"
#include "api/json/settings_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/resource_arn.h"

namespace dynolith::api {

namespace {

constexpr ptrdiff_t kPageMax = 10;

// A token is the key of the last tag of the page before; the prefix tells it from other text.
constexpr std::string_view kTokenPrefix = "tag/";

std::string token_after(const storage::Tag& last) {
  std::string token;
  append_base64(token, std::string(kTokenPrefix).append(last.key));
  return token;
}

Result<std::string> key_of_token(std::string_view token) {
  std::string key;
  if (!base64_error(token)) decode_base64(token, key);
  if (!key.starts_with(kTokenPrefix))
    return storage::validation_error(
        "One or more parameter values were invalid: Invalid NextToken");
  return key.substr(kTokenPrefix.size());
}

}  // namespace

Result<void> list_tags_of_resource(const OperationContext& context, const JsonObject& body,
                                   std::string& reply) {
  using Input = ListTagsOfResourceInput;
  const auto request = TRY(read_request<Input>(body));
  Constraints constraints;
  check_resource_arn(constraints, request[Input::kResourceArn]);
  TRY(constraints.check());
  const std::string_view arn = *request[Input::kResourceArn].text();
  const auto name = TRY(table_of_resource(arn));
  std::string after;
  if (const auto token = request[Input::kNextToken].text()) after = TRY(key_of_token(*token));

  const auto described = TRY(found_resource(context.database.describe_table(name, context.scope),
                                            *request[Input::kResourceArn].text()));
  auto tags = described.table->definition.tags;
  std::sort(tags.begin(), tags.end(), [](const auto& a, const auto& b) { return a.key < b.key; });

  const auto first =
      std::find_if(tags.begin(), tags.end(), [&](const auto& tag) { return tag.key > after; });
  const auto last = first + std::min(kPageMax, tags.end() - first);
  JsonWriter json(reply);
  json.begin_object().name("Tags").begin_array();
  for (auto tag = first; tag != last; ++tag)
    json.begin_object().name("Key").string(tag->key).name("Value").string(tag->value).end_object();
  json.end_array();
  if (last != tags.end()) json.name("NextToken").string(token_after(*(last - 1)));
  json.end_object();
  return {};
}

}  // namespace dynolith::api
