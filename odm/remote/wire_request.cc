// What requests are on the wire: for dry runs, recordings and the remote connection itself.
#include <variant>

#include "api/json/writer.h"
#include "odm/connection/any_request.h"
#include "odm/connection/request.h"
#include "odm/remote/render_request.h"

namespace dynolith::odm {

namespace {

std::string_view operation_of(const GetRequest&) { return "GetItem"; }
std::string_view operation_of(const PutRequest&) { return "PutItem"; }
std::string_view operation_of(const UpdateRequest&) { return "UpdateItem"; }
std::string_view operation_of(const DeleteRequest&) { return "DeleteItem"; }
std::string_view operation_of(const RangeRequest& request) { return range_operation(request); }
std::string_view operation_of(const BatchGetRequest&) { return "BatchGetItem"; }
std::string_view operation_of(const BatchWriteRequest&) { return "BatchWriteItem"; }
std::string_view operation_of(const TransactWriteRequest&) { return "TransactWriteItems"; }
std::string_view operation_of(const TransactGetRequest&) { return "TransactGetItems"; }
std::string_view operation_of(const DescribeTableRequest&) { return "DescribeTable"; }
std::string_view operation_of(const CreateTableRequest&) { return "CreateTable"; }
std::string_view operation_of(const UpdateTableRequest&) { return "UpdateTable"; }
std::string_view operation_of(const DeleteTableRequest&) { return "DeleteTable"; }
std::string_view operation_of(const TimeToLiveRequest&) { return "UpdateTimeToLive"; }
std::string_view operation_of(const ChangesRequest&) { return "GetRecords"; }

template <class Request>
std::string wire_body(const Request& request) {
  return body_of(request);
}
std::string wire_body(const TransactWriteRequest& request) {
  return body_of(request, request.token);
}
std::string wire_body(const DescribeTableRequest& request) {
  return table_name_body(request.table);
}
std::string wire_body(const DeleteTableRequest& request) { return table_name_body(request.table); }

// The position stands for the iterators that it takes.
std::string wire_body(const ChangesRequest& request) {
  std::string_view from = request.position;
  if (from.empty()) from = "TRIM_HORIZON";
  if (from == ChangesRequest::kNewest) from = "LATEST";
  std::string body;
  api::JsonWriter json(body);
  json.begin_object().name("ShardIterator").string(from);
  json.name("Limit").integer(request.records_max).end_object();
  return body;
}

}  // namespace

WireRequest to_wire(const Request& request) {
  return std::visit(
      [](const auto& given) {
        return WireRequest{std::string(operation_of(given)), wire_body(given)};
      },
      request.any().kind);
}

}  // namespace dynolith::odm
