#include "odm/remote/remote_connection.h"

#include <algorithm>

#include "odm/remote/changes_reader.h"
#include "odm/remote/http_service_client.h"
#include "odm/remote/remote_calls.h"
#include "odm/remote/render_request.h"
#include "odm/remote/reply.h"
#include "odm/remote/reply_error.h"
#include "storage/expression/condition.h"
#include "storage/expression/update.h"

namespace dynolith::odm {

namespace {

using storage::DocumentPath;
using storage::EncodedValue;

// Whether doing it twice does the same as doing it once. What stands at the end of a list grows
// with every SET behind it.
bool is_plain_set(const storage::UpdateAction& action) {
  const auto* set = std::get_if<storage::SetAction>(&action);
  if (set == nullptr || set->arithmetic != storage::Arithmetic::kNone) return false;
  const auto& steps = set->path.steps;
  return std::holds_alternative<EncodedValue>(set->left.node) &&
         std::all_of(steps.begin(), steps.end(),
                     [](const storage::PathStep& step) { return step.is_name(); });
}

CallKind kind_of(const PutRequest& request) {
  const bool once_is_twice =
      (request.condition == nullptr || request.is_repeatable) && !request.return_old;
  return once_is_twice ? CallKind::kIdempotentWrite : CallKind::kWrite;
}
CallKind kind_of(const DeleteRequest& request) {
  const bool once_is_twice = request.condition == nullptr && !request.return_old;
  return once_is_twice ? CallKind::kIdempotentWrite : CallKind::kWrite;
}
CallKind kind_of(const UpdateRequest& request) {
  const bool is_plain =
      request.update == nullptr ||
      std::all_of(request.update->actions.begin(), request.update->actions.end(), is_plain_set);
  const bool once_is_twice =
      is_plain && request.condition == nullptr && request.returns != UpdateRequest::Return::kAllOld;
  return once_is_twice ? CallKind::kIdempotentWrite : CallKind::kWrite;
}

class RemoteConnection : public Connection {
 public:
  explicit RemoteConnection(std::shared_ptr<ServiceClient> client) : calls_(std::move(client)) {}

  Result<ReadReply> get(const GetRequest& request,
                        FunctionRef<void(const ItemView& item)> sink) override {
    const auto reply = TRY(calls_.call("GetItem", body_of(request), CallKind::kRead));
    const auto read = TRY(of_reply(reply, parse_get(reply.body)));
    sink(read.item.view());
    return read.reply;
  }

  Result<WriteReply> put(const PutRequest& request) override { return write("PutItem", request); }
  Result<WriteReply> update(const UpdateRequest& request) override {
    return write("UpdateItem", request);
  }
  Result<WriteReply> remove(const DeleteRequest& request) override {
    return write("DeleteItem", request);
  }

  Result<RangeReply> read_range(const RangeRequest& request,
                                FunctionRef<void(const ItemView& item)> sink) override {
    if (request.segment && !request.key_clauses.empty())
      return make_error(ErrorCode::kBadRequest, "Only a Scan has segments");
    const auto reply =
        TRY(calls_.call(range_operation(request), body_of(request), CallKind::kRead));
    auto page = TRY(of_reply(reply, parse_range(reply.body)));
    for (const EncodedItem& item : page.items) sink(item.view());
    return std::move(page.reply);
  }

  Result<BatchReply> batch_get(
      const BatchGetRequest& request,
      FunctionRef<void(size_t index, const ItemView& item)> sink) override {
    const auto reply = TRY(calls_.call("BatchGetItem", body_of(request), CallKind::kRead));
    auto read = TRY(of_reply(reply, parse_batch_get(reply.body, request)));
    auto unprocessed = read.reply.unprocessed.begin();
    for (size_t i = 0; i < read.items.size(); ++i) {
      if (unprocessed != read.reply.unprocessed.end() && *unprocessed == i) {
        ++unprocessed;
      } else {
        sink(i, read.items[i].view());
      }
    }
    return std::move(read.reply);
  }

  Result<BatchReply> batch_write(const BatchWriteRequest& request) override {
    const auto reply =
        TRY(calls_.call("BatchWriteItem", body_of(request), CallKind::kIdempotentWrite));
    return of_reply(reply, parse_batch_write(reply.body, request));
  }

  Result<WriteReply> transact_write(const TransactWriteRequest& request) override {
    const std::string token = request.token.empty() ? storage::new_uuid(ids()) : request.token;
    const auto reply = TRY(calls_.call("TransactWriteItems", body_of(request, token),
                                       CallKind::kIdempotentWrite, request.actions.size()));
    return of_reply(reply, parse_transact_write(reply.body));
  }

  Result<ReadReply> transact_get(
      const TransactGetRequest& request,
      FunctionRef<void(size_t index, const ItemView& item)> sink) override {
    const auto reply = TRY(
        calls_.call("TransactGetItems", body_of(request), CallKind::kRead, request.gets.size()));
    const auto read = TRY(of_reply(reply, parse_transact_get(reply.body, request.gets.size())));
    for (size_t i = 0; i < read.items.size(); ++i) sink(i, read.items[i].view());
    return read.reply;
  }

  Result<TableState> describe_table(const DescribeTableRequest& request) override {
    const std::string body = table_name_body(request.table);
    const auto reply = TRY(calls_.call("DescribeTable", body, CallKind::kRead));
    TableState state = TRY(of_reply(reply, parse_table(reply.body)));
    const auto ttl = TRY(calls_.call("DescribeTimeToLive", body, CallKind::kRead));
    state.time_to_live_attribute = TRY(of_reply(ttl, parse_time_to_live(ttl.body)));
    return state;
  }
  Result<void> create_table(const CreateTableRequest& request) override {
    return change("CreateTable", body_of(request));
  }
  Result<void> update_table(const UpdateTableRequest& request) override {
    return change("UpdateTable", body_of(request));
  }
  Result<void> delete_table(const DeleteTableRequest& request) override {
    return change("DeleteTable", table_name_body(request.table));
  }
  Result<void> set_time_to_live(const TimeToLiveRequest& request) override {
    return change("UpdateTimeToLive", body_of(request));
  }

  Result<ChangesReply> read_changes(const ChangesRequest& request,
                                    FunctionRef<void(const ChangeRecord& record)> sink) override {
    return changes_.read(calls_, request, sink);
  }

  storage::Clock& clock() override { return calls_.client().clock(); }
  storage::IdSource& ids() override { return calls_.client().ids(); }
  void wait_ms(int64_t milliseconds) override { calls_.client().wait_ms(milliseconds); }

 private:
  template <class Request>
  Result<WriteReply> write(std::string_view operation, const Request& request) {
    const auto reply = TRY(calls_.call(operation, body_of(request), kind_of(request)));
    return of_reply(reply, parse_write(reply.body));
  }
  // A change of a table done twice is refused the second time.
  Result<void> change(std::string_view operation, const std::string& body) {
    TRY(calls_.call(operation, body, CallKind::kWrite));
    return {};
  }

  RemoteCalls calls_;
  ChangesReader changes_;
};

}  // namespace

Result<ServiceReply> RemoteCalls::call_target(std::string_view target, const std::string& body,
                                              CallKind kind, size_t actions) {
  auto reply = TRY(client_->call(target, body, kind));
  if (reply.status != 200) return error_of_reply(reply, kind, actions);
  return reply;
}

Result<ServiceReply> RemoteCalls::call(std::string_view operation, const std::string& body,
                                       CallKind kind, size_t actions) {
  return call_target(std::string("DynamoDB_20120810.").append(operation), body, kind, actions);
}

Result<ServiceReply> RemoteCalls::call_streams(std::string_view operation,
                                               const std::string& body) {
  return call_target(std::string("DynamoDBStreams_20120810.").append(operation), body,
                     CallKind::kRead, 0);
}

ConnectionPtr remote_connection(std::shared_ptr<ServiceClient> client) {
  return std::make_shared<RemoteConnection>(std::move(client));
}

Result<ConnectionPtr> connect(RemoteOptions options) {
  return remote_connection(TRY(make_service_client(std::move(options))));
}

}  // namespace dynolith::odm
