#include "odm/remote/render_request.h"

#include <algorithm>
#include <vector>

#include "odm/remote/render.h"

namespace dynolith::odm {

namespace {

using api::JsonWriter;

// Of a body beside its items.
constexpr size_t kBodyBytes = 256;

void write_return_capacity(JsonWriter& json) {
  json.name("ReturnConsumedCapacity").string("TOTAL");
}

// Writes one expression as a member of the request that is being written.
template <class Append>
void write_expression(JsonWriter& json, std::string_view member, Append append) {
  std::string text;
  append(text);
  if (!text.empty()) json.name(member).string(text);
}

void write_condition(JsonWriter& json, std::string_view member, const ConditionPtr& condition,
                     PlaceholderTable& placeholders) {
  if (condition == nullptr) return;
  write_expression(json, member,
                   [&](std::string& text) { append_condition(text, *condition, placeholders); });
}

void write_projection(JsonWriter& json, const ProjectionPtr& projection,
                      PlaceholderTable& placeholders) {
  if (projection == nullptr) return;
  write_expression(json, "ProjectionExpression",
                   [&](std::string& text) { append_projection(text, *projection, placeholders); });
}

void write_return_on_failure(JsonWriter& json, bool wanted) {
  if (wanted) json.name("ReturnValuesOnConditionCheckFailure").string("ALL_OLD");
}

// What a write has in common alone and in a transaction: what it does, and on what condition.

void write_members(JsonWriter& json, const PutRequest& put) {
  PlaceholderTable placeholders;
  json.name("TableName").string(put.table).name("Item").item(put.item.view());
  write_condition(json, "ConditionExpression", put.condition, placeholders);
  placeholders.write(json);
  write_return_on_failure(json, put.return_old_on_failure);
}

void write_members(JsonWriter& json, const UpdateRequest& update) {
  PlaceholderTable placeholders;
  json.name("TableName").string(update.table).name("Key").item(update.key.view());
  if (update.update != nullptr) {
    write_expression(json, "UpdateExpression",
                     [&](std::string& text) { append_update(text, *update.update, placeholders); });
  }
  write_condition(json, "ConditionExpression", update.condition, placeholders);
  placeholders.write(json);
  write_return_on_failure(json, update.return_old_on_failure);
}

// DeleteRequest and CheckRequest.
template <class Request>
void write_members(JsonWriter& json, const Request& request) {
  PlaceholderTable placeholders;
  json.name("TableName").string(request.table).name("Key").item(request.key.view());
  write_condition(json, "ConditionExpression", request.condition, placeholders);
  placeholders.write(json);
  write_return_on_failure(json, request.return_old_on_failure);
}

std::string_view action_name(const PutRequest&) { return "Put"; }
std::string_view action_name(const UpdateRequest&) { return "Update"; }
std::string_view action_name(const DeleteRequest&) { return "Delete"; }
std::string_view action_name(const CheckRequest&) { return "ConditionCheck"; }

const std::string& table_of(const GetRequest& get) { return get.table; }
const std::string& table_of(const std::variant<PutRequest, DeleteRequest>& write) {
  return std::visit([](const auto& request) -> const std::string& { return request.table; }, write);
}

// Whether a projection takes in, in whole or in part, a top-level attribute.
bool touches(const storage::Projection& projection, std::string_view attribute) {
  return std::any_of(
      projection.paths.begin(), projection.paths.end(),
      [&](const storage::DocumentPath& path) { return path.attribute() == attribute; });
}

void write_projection_with_keys(JsonWriter& json, const GetRequest& get,
                                PlaceholderTable& placeholders) {
  if (get.projection == nullptr) return;
  write_expression(json, "ProjectionExpression", [&](std::string& text) {
    append_projection(text, *get.projection, placeholders);
    const auto key = get.key.view().attributes();
    for (uint32_t i = 0; i < key.size(); ++i) {
      if (touches(*get.projection, key[i].first)) continue;
      if (!text.empty()) text += ", ";
      placeholders.append_name(text, key[i].first);
    }
  });
}

// Positions of the members of each table, tables in the order of their first member.
template <class Member>
std::vector<std::vector<size_t>> positions_by_table(const std::vector<Member>& members) {
  std::vector<std::vector<size_t>> tables;
  for (size_t i = 0; i < members.size(); ++i) {
    const auto known =
        std::find_if(tables.begin(), tables.end(), [&](const std::vector<size_t>& table) {
          return table_of(members[table.front()]) == table_of(members[i]);
        });
    if (known == tables.end()) {
      tables.push_back({i});
    } else {
      known->push_back(i);
    }
  }
  return tables;
}

void write_batch_member(JsonWriter& json, const PutRequest& put) {
  json.begin_object().name("PutRequest").begin_object();
  json.name("Item").item(put.item.view()).end_object().end_object();
}
void write_batch_member(JsonWriter& json, const DeleteRequest& erase) {
  json.begin_object().name("DeleteRequest").begin_object();
  json.name("Key").item(erase.key.view()).end_object().end_object();
}

std::string_view return_values(UpdateRequest::Return returns) {
  switch (returns) {
    case UpdateRequest::Return::kNone:
      return "NONE";
    case UpdateRequest::Return::kAllOld:
      return "ALL_OLD";
    case UpdateRequest::Return::kAllNew:
      return "ALL_NEW";
  }
  return {};
}

}  // namespace

bool lacks_keys(const storage::Projection& projection, const storage::ItemView& key) {
  const auto attributes = key.attributes();
  for (uint32_t i = 0; i < attributes.size(); ++i) {
    if (!touches(projection, attributes[i].first)) return true;
  }
  return false;
}

std::string body_of(const GetRequest& request) {
  std::string body;
  body.reserve(kBodyBytes + request.key.bytes.size());
  JsonWriter json(body);
  PlaceholderTable placeholders;
  json.begin_object().name("TableName").string(request.table);
  json.name("Key").item(request.key.view());
  if (request.consistent) json.name("ConsistentRead").boolean(true);
  write_projection(json, request.projection, placeholders);
  placeholders.write(json);
  write_return_capacity(json);
  json.end_object();
  return body;
}

std::string body_of(const PutRequest& request) {
  std::string body;
  body.reserve(kBodyBytes + 2 * request.item.bytes.size());
  JsonWriter json(body);
  json.begin_object();
  write_members(json, request);
  if (request.return_old) json.name("ReturnValues").string("ALL_OLD");
  write_return_capacity(json);
  json.end_object();
  return body;
}

std::string body_of(const UpdateRequest& request) {
  std::string body;
  body.reserve(kBodyBytes + request.key.bytes.size());
  JsonWriter json(body);
  json.begin_object();
  write_members(json, request);
  if (request.returns != UpdateRequest::Return::kNone)
    json.name("ReturnValues").string(return_values(request.returns));
  write_return_capacity(json);
  json.end_object();
  return body;
}

std::string body_of(const DeleteRequest& request) {
  std::string body;
  body.reserve(kBodyBytes + request.key.bytes.size());
  JsonWriter json(body);
  json.begin_object();
  write_members(json, request);
  if (request.return_old) json.name("ReturnValues").string("ALL_OLD");
  write_return_capacity(json);
  json.end_object();
  return body;
}

std::string_view range_operation(const RangeRequest& request) {
  return request.key_clauses.empty() ? "Scan" : "Query";
}

std::string body_of(const RangeRequest& request) {
  const bool is_query = !request.key_clauses.empty();
  std::string body;
  JsonWriter json(body);
  PlaceholderTable placeholders;
  json.begin_object().name("TableName").string(request.table);
  if (!request.index.empty()) json.name("IndexName").string(request.index);
  if (is_query) {
    write_expression(json, "KeyConditionExpression", [&](std::string& text) {
      append_key_condition(text, request.key_clauses, placeholders);
    });
    if (!request.forward) json.name("ScanIndexForward").boolean(false);
  }
  write_condition(json, "FilterExpression", request.filter, placeholders);
  write_projection(json, request.projection, placeholders);
  placeholders.write(json);
  if (!is_query && request.segment) {
    json.name("Segment").integer(request.segment->segment);
    json.name("TotalSegments").integer(request.segment->total);
  }
  if (request.limit) json.name("Limit").integer(*request.limit);
  if (request.exclusive_start_key.exists())
    json.name("ExclusiveStartKey").item(request.exclusive_start_key.view());
  if (request.consistent) json.name("ConsistentRead").boolean(true);
  if (request.count_only) json.name("Select").string("COUNT");
  write_return_capacity(json);
  json.end_object();
  return body;
}

std::string body_of(const BatchGetRequest& request) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().name("RequestItems").begin_object();
  for (const auto& positions : positions_by_table(request.gets)) {
    const GetRequest& first = request.gets[positions.front()];
    PlaceholderTable placeholders;
    json.any_name(first.table).begin_object().name("Keys").begin_array();
    for (const size_t i : positions) json.item(request.gets[i].key.view());
    json.end_array();
    if (first.consistent) json.name("ConsistentRead").boolean(true);
    write_projection_with_keys(json, first, placeholders);
    placeholders.write(json);
    json.end_object();
  }
  json.end_object();
  write_return_capacity(json);
  json.end_object();
  return body;
}

std::string body_of(const BatchWriteRequest& request) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().name("RequestItems").begin_object();
  for (const auto& positions : positions_by_table(request.writes)) {
    json.any_name(table_of(request.writes[positions.front()])).begin_array();
    for (const size_t i : positions) {
      std::visit([&](const auto& write) { write_batch_member(json, write); }, request.writes[i]);
    }
    json.end_array();
  }
  json.end_object();
  write_return_capacity(json);
  json.end_object();
  return body;
}

std::string body_of(const TransactWriteRequest& request, std::string_view token) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().name("TransactItems").begin_array();
  for (const TransactAction& action : request.actions) {
    std::visit(
        [&](const auto& member) {
          json.begin_object().name(action_name(member)).begin_object();
          write_members(json, member);
          json.end_object().end_object();
        },
        action);
  }
  json.end_array();
  if (!token.empty()) json.name("ClientRequestToken").string(token);
  write_return_capacity(json);
  json.end_object();
  return body;
}

std::string body_of(const TransactGetRequest& request) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().name("TransactItems").begin_array();
  for (const GetRequest& get : request.gets) {
    PlaceholderTable placeholders;
    json.begin_object().name("Get").begin_object();
    json.name("TableName").string(get.table).name("Key").item(get.key.view());
    write_projection(json, get.projection, placeholders);
    placeholders.write(json);
    json.end_object().end_object();
  }
  json.end_array();
  write_return_capacity(json);
  json.end_object();
  return body;
}

}  // namespace dynolith::odm
