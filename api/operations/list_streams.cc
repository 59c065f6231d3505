// ListStreams: by table name and age, at most a hundred a page.
#include <utility>

#include "api/json/stream_names.h"
#include "api/json/stream_shapes.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/stream_request.h"
#include "api/request/table_name.h"

namespace dynolith::api {

namespace {

constexpr int64_t kPageMax = 100;

using Request = Members<ListStreamsInput>;

Result<void> check_members(const OperationContext& context, const Request& request) {
  Constraints constraints;
  const Slot& table = request[ListStreamsInput::kTableName];
  if (table.present()) check_table_name(constraints, table, context.wording);
  constraints.in_range(request[ListStreamsInput::kLimit], "limit", 1, kPageMax);
  check_stream_arn(constraints, request[ListStreamsInput::kExclusiveStartStreamArn],
                   "exclusiveStartStreamArn");
  return constraints.check();
}

}  // namespace

Result<void> list_streams(const OperationContext& context, const JsonObject& body,
                          std::string& reply) {
  const auto request = TRY(read_request<ListStreamsInput>(body));
  TRY(check_members(context, request));
  std::string_view table;
  if (const auto given = request[ListStreamsInput::kTableName].text())
    table = TRY(table_reference(*given)).name;
  // Where to go on needs no stream to be there any more.
  StreamArn start;
  if (const auto given = request[ListStreamsInput::kExclusiveStartStreamArn].text()) {
    TRY(check_is_stream_arn(*given));
    start = *parse_stream_arn(*given);
  }
  const auto limit =
      static_cast<size_t>(request[ListStreamsInput::kLimit].integer().value_or(kPageMax));

  const auto streams = context.database.list_streams(table, context.scope);

  size_t count = 0;
  std::string last;
  JsonWriter json(reply);
  json.begin_object().name("Streams").begin_array();
  for (const storage::StreamPtr& stream : streams) {
    const std::string label = stream_label(stream->created_ms);
    if (std::pair<std::string_view, std::string_view>(stream->table_name, label) <=
        std::pair(start.table, start.label))
      continue;
    if (count++ == limit) break;
    last = arn_of(context, *stream);
    json.begin_object().name("StreamArn").string(last);
    json.name("TableName").string(stream->table_name);
    json.name("StreamLabel").string(label).end_object();
  }
  json.end_array();
  if (count > limit) json.name("LastEvaluatedStreamArn").string(last);
  json.end_object();
  return {};
}

}  // namespace dynolith::api
