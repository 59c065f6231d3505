#include "odm/connection/embedded_connection.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "odm/connection/embedded_calls.h"
#include "odm/connection/service_error.h"

namespace dynolith::odm {
namespace {

template <class T>
Result<T> translated(storage::Result<T> result, Envelope envelope = Envelope::kBare) {
  if (!result.ok()) [[unlikely]]
    return to_error(std::move(result).error(), envelope);
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return std::move(result).value();
}

class EmbeddedConnection final : public Connection {
 public:
  EmbeddedConnection(std::shared_ptr<storage::Database> keeper, storage::Database& database,
                     EmbeddedOptions options)
      : keeper_(std::move(keeper)), database_(database), options_(std::move(options)) {}

  Result<ReadReply> get(const GetRequest& request,
                        FunctionRef<void(const ItemView& item)> sink) override {
    return translated(embedded_calls::get(database_, request, sink));
  }
  Result<WriteReply> put(const PutRequest& request) override {
    return translated(embedded_calls::put(database_, request), Envelope::kOneError);
  }
  Result<WriteReply> update(const UpdateRequest& request) override {
    return translated(embedded_calls::update(database_, request), Envelope::kOneError);
  }
  Result<WriteReply> remove(const DeleteRequest& request) override {
    return translated(embedded_calls::remove(database_, request), Envelope::kOneError);
  }
  Result<RangeReply> read_range(const RangeRequest& request,
                                FunctionRef<void(const ItemView& item)> sink) override {
    return translated(embedded_calls::read_range(database_, request, sink));
  }
  Result<BatchReply> batch_get(
      const BatchGetRequest& request,
      FunctionRef<void(size_t index, const ItemView& item)> sink) override {
    return translated(embedded_calls::batch_get(database_, request, sink));
  }
  Result<BatchReply> batch_write(const BatchWriteRequest& request) override {
    return translated(embedded_calls::batch_write(database_, request));
  }
  Result<WriteReply> transact_write(const TransactWriteRequest& request) override {
    return translated(embedded_calls::transact_write(database_, request));
  }
  Result<ReadReply> transact_get(
      const TransactGetRequest& request,
      FunctionRef<void(size_t index, const ItemView& item)> sink) override {
    return translated(embedded_calls::transact_get(database_, request, sink));
  }
  Result<TableState> describe_table(const DescribeTableRequest& request) override {
    return translated(embedded_calls::describe_table(database_, request));
  }
  Result<void> create_table(const CreateTableRequest& request) override {
    return translated(embedded_calls::create_table(database_, request));
  }
  Result<void> update_table(const UpdateTableRequest& request) override {
    return translated(embedded_calls::update_table(database_, request));
  }
  Result<void> delete_table(const DeleteTableRequest& request) override {
    return translated(embedded_calls::delete_table(database_, request));
  }
  Result<void> set_time_to_live(const TimeToLiveRequest& request) override {
    return translated(embedded_calls::set_time_to_live(database_, request));
  }
  Result<ChangesReply> read_changes(const ChangesRequest& request,
                                    FunctionRef<void(const ChangeRecord& record)> sink) override {
    return translated(embedded_calls::read_changes(database_, request, sink));
  }

  storage::Clock& clock() override { return *options_.clock; }
  storage::IdSource& ids() override { return *options_.ids; }
  void wait_ms(int64_t milliseconds) override {
    if (options_.wait) return options_.wait(milliseconds);
    std::this_thread::sleep_for(std::chrono::milliseconds(std::max<int64_t>(milliseconds, 0)));
  }

 private:
  const std::shared_ptr<storage::Database> keeper_;  // Null: somebody else keeps the database.
  storage::Database& database_;
  const EmbeddedOptions options_;
};

}  // namespace

ConnectionPtr embedded(std::shared_ptr<storage::Database> database, EmbeddedOptions options) {
  storage::Database& kept = *database;
  return std::make_shared<EmbeddedConnection>(std::move(database), kept, std::move(options));
}

ConnectionPtr embedded(storage::Database& database, EmbeddedOptions options) {
  return std::make_shared<EmbeddedConnection>(nullptr, database, std::move(options));
}

Result<ConnectionPtr> open_embedded(storage::DatabaseOptions options) {
  EmbeddedOptions own{.clock = options.clock, .ids = options.ids};
  auto database = storage::Database::open(std::move(options));
  if (!database.ok()) return to_error(std::move(database).error());
  return embedded(std::shared_ptr<storage::Database>(std::move(database).value()), std::move(own));
}

}  // namespace dynolith::odm
