#include "odm/observer.h"

#include <utility>

#include "storage/engine/table_update.h"

namespace dynolith::odm {
namespace {

template <class R>
struct Operation;
#define DYNOLITH_ODM_OPERATION(request, text)       \
  template <>                                       \
  struct Operation<request> {                       \
    static constexpr std::string_view kName = text; \
  }
DYNOLITH_ODM_OPERATION(GetRequest, "GetItem");
DYNOLITH_ODM_OPERATION(PutRequest, "PutItem");
DYNOLITH_ODM_OPERATION(UpdateRequest, "UpdateItem");
DYNOLITH_ODM_OPERATION(DeleteRequest, "DeleteItem");
DYNOLITH_ODM_OPERATION(BatchGetRequest, "BatchGetItem");
DYNOLITH_ODM_OPERATION(BatchWriteRequest, "BatchWriteItem");
DYNOLITH_ODM_OPERATION(TransactWriteRequest, "TransactWriteItems");
DYNOLITH_ODM_OPERATION(TransactGetRequest, "TransactGetItems");
DYNOLITH_ODM_OPERATION(DescribeTableRequest, "DescribeTable");
DYNOLITH_ODM_OPERATION(CreateTableRequest, "CreateTable");
DYNOLITH_ODM_OPERATION(UpdateTableRequest, "UpdateTable");
DYNOLITH_ODM_OPERATION(DeleteTableRequest, "DeleteTable");
DYNOLITH_ODM_OPERATION(TimeToLiveRequest, "UpdateTimeToLive");
DYNOLITH_ODM_OPERATION(ChangesRequest, "GetRecords");
#undef DYNOLITH_ODM_OPERATION

template <class R>
std::string_view operation_of(const R& request) {
  if constexpr (std::is_same_v<R, RangeRequest>)
    return request.key_clauses.empty() ? "Scan" : "Query";
  else
    return Operation<R>::kName;
}

std::string_view first_table(const auto& parts, auto table_of) {
  return parts.empty() ? std::string_view() : table_of(parts.front());
}

constexpr auto kTableOf = [](const auto& part) -> std::string_view { return part.table; };
constexpr auto kTableOfAny = [](const auto& part) -> std::string_view {
  return std::visit([](const auto& each) -> std::string_view { return each.table; }, part);
};

template <class R>
std::string_view table_of(const R& request) {
  if constexpr (requires { request.gets; })
    return first_table(request.gets, kTableOf);
  else if constexpr (requires { request.writes; })
    return first_table(request.writes, kTableOfAny);
  else if constexpr (requires { request.actions; })
    return first_table(request.actions, kTableOfAny);
  else if constexpr (requires { request.definition; })
    return request.definition.name;
  else if constexpr (requires { request.update->name; })
    return request.update->name;
  else
    return request.table;
}

template <class R>
size_t parts_of(const R& request) {
  if constexpr (requires { request.gets; })
    return request.gets.size();
  else if constexpr (requires { request.writes; })
    return request.writes.size();
  else if constexpr (requires { request.actions; })
    return request.actions.size();
  else
    return 1;
}

class Observed final : public Connection {
 public:
  Observed(ConnectionPtr inner, storage::Function<void(const CallEvent&)> observer)
      : inner_(std::move(inner)), observer_(std::move(observer)) {}

  Result<ReadReply> get(const GetRequest& request,
                        FunctionRef<void(const ItemView& item)> sink) override {
    return watch(request, [&] { return inner_->get(request, sink); });
  }
  Result<WriteReply> put(const PutRequest& request) override {
    return watch(request, [&] { return inner_->put(request); });
  }
  Result<WriteReply> update(const UpdateRequest& request) override {
    return watch(request, [&] { return inner_->update(request); });
  }
  Result<WriteReply> remove(const DeleteRequest& request) override {
    return watch(request, [&] { return inner_->remove(request); });
  }
  Result<RangeReply> read_range(const RangeRequest& request,
                                FunctionRef<void(const ItemView& item)> sink) override {
    return watch(request, [&] { return inner_->read_range(request, sink); });
  }
  Result<BatchReply> batch_get(
      const BatchGetRequest& request,
      FunctionRef<void(size_t index, const ItemView& item)> sink) override {
    return watch(request, [&] { return inner_->batch_get(request, sink); });
  }
  Result<BatchReply> batch_write(const BatchWriteRequest& request) override {
    return watch(request, [&] { return inner_->batch_write(request); });
  }
  Result<WriteReply> transact_write(const TransactWriteRequest& request) override {
    return watch(request, [&] { return inner_->transact_write(request); });
  }
  Result<ReadReply> transact_get(
      const TransactGetRequest& request,
      FunctionRef<void(size_t index, const ItemView& item)> sink) override {
    return watch(request, [&] { return inner_->transact_get(request, sink); });
  }
  Result<TableState> describe_table(const DescribeTableRequest& request) override {
    return watch(request, [&] { return inner_->describe_table(request); });
  }
  Result<void> create_table(const CreateTableRequest& request) override {
    return watch(request, [&] { return inner_->create_table(request); });
  }
  Result<void> update_table(const UpdateTableRequest& request) override {
    return watch(request, [&] { return inner_->update_table(request); });
  }
  Result<void> delete_table(const DeleteTableRequest& request) override {
    return watch(request, [&] { return inner_->delete_table(request); });
  }
  Result<void> set_time_to_live(const TimeToLiveRequest& request) override {
    return watch(request, [&] { return inner_->set_time_to_live(request); });
  }
  Result<ChangesReply> read_changes(const ChangesRequest& request,
                                    FunctionRef<void(const ChangeRecord& record)> sink) override {
    return watch(request, [&] { return inner_->read_changes(request, sink); });
  }

  storage::Clock& clock() override { return inner_->clock(); }
  storage::IdSource& ids() override { return inner_->ids(); }
  void wait_ms(int64_t milliseconds) override { inner_->wait_ms(milliseconds); }

 private:
  template <class R, class Call>
  auto watch(const R& request, Call call) -> decltype(call()) {
    const int64_t begin = clock().monotonic_ms();
    auto reply = call();
    const auto wire = [&request] { return to_wire(Request(request)); };
    CallEvent event{.operation = operation_of(request),
                    .table = table_of(request),
                    .parts = parts_of(request),
                    .duration_ms = clock().monotonic_ms() - begin,
                    .error = reply.ok() ? nullptr : &reply.error(),
                    .wire = wire};
    if constexpr (requires { reply->consumed_capacity; })
      if (reply.ok()) event.consumed_capacity = reply->consumed_capacity;
    try {
      observer_(event);
    } catch (...) {  // An observer must not stand between a program and its data.
    }
    return reply;
  }

  const ConnectionPtr inner_;
  const storage::Function<void(const CallEvent&)> observer_;
};

}  // namespace

ConnectionPtr observe(ConnectionPtr connection,
                      storage::Function<void(const CallEvent& event)> observer) {
  return std::make_shared<Observed>(std::move(connection), std::move(observer));
}

}  // namespace dynolith::odm
