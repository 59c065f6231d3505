// Observers of connections.
#include "odm/observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "odm/connection/recording_connection.h"

namespace dynolith::odm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Seen {
  std::string operation, table;
  size_t parts;
  int64_t duration_ms;
  std::string error;
  WireRequest wire;
};

class Observers : public testing::Test {
 protected:
  ConnectionPtr observed() {
    return observe(recorded_, [this](const CallEvent& event) {
      seen_.push_back(
          {std::string(event.operation), std::string(event.table), event.parts, event.duration_ms,
           event.error == nullptr ? std::string() : event.error->message, event.wire()});
    });
  }
  static EncodedItem key() { return storage::encode_item({{"id", "a"}}); }

  std::shared_ptr<RecordingConnection> recorded_ = recording();
  std::vector<Seen> seen_;
};

TEST_F(Observers, SeeEveryCallAsTheServiceNamesIt) {
  const ConnectionPtr connection = observed();
  const auto ignore = [](const auto&...) {};
  (void)connection->get({.table = "t", .key = key()}, ignore);
  (void)connection->put({.table = "t", .item = key()});
  (void)connection->remove({.table = "t", .key = key()});
  (void)connection->read_range({.table = "t"}, ignore);
  (void)connection->batch_get({{{.table = "t", .key = key()}}}, ignore);
  (void)connection->batch_write({{PutRequest{.table = "u", .item = key()}}});
  (void)connection->transact_write(
      {{PutRequest{.table = "v", .item = key()}, DeleteRequest{.table = "w", .key = key()}}});
  (void)connection->transact_get({{{.table = "t", .key = key()}}}, ignore);
  (void)connection->describe_table({"t"});
  (void)connection->delete_table({"t"});
  (void)connection->set_time_to_live({"t", "ttl", true});
  (void)connection->read_changes({.table = "t"}, ignore);
  std::vector<std::string> calls;
  for (const Seen& each : seen_)
    calls.push_back(each.operation + " " + each.table + " " + std::to_string(each.parts));
  EXPECT_THAT(calls, ElementsAre("GetItem t 1", "PutItem t 1", "DeleteItem t 1", "Scan t 1",
                                 "BatchGetItem t 1", "BatchWriteItem u 1", "TransactWriteItems v 2",
                                 "TransactGetItems t 1", "DescribeTable t 1", "DeleteTable t 1",
                                 "UpdateTimeToLive t 1", "GetRecords t 1"));
  const std::vector<WireRequest> wire = recorded_->wire();
  ASSERT_EQ(wire.size(), seen_.size());
  for (size_t i = 0; i < wire.size(); ++i) {
    EXPECT_EQ(seen_[i].wire, wire[i]);
    EXPECT_THAT(seen_[i].wire.operation, testing::AnyOf(seen_[i].operation, HasSubstr("Get")));
  }
}

TEST_F(Observers, SeeErrorsAndGiveThemOn) {
  recorded_->fail_next(make_error(ErrorCode::kThrottled, "slow down"));
  const auto reply = observed()->put({.table = "t", .item = key()});
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, ErrorCode::kThrottled);
  EXPECT_EQ(seen_[0].error, "slow down");
}

TEST_F(Observers, MeasureByTheConnectionsClock) {
  const ConnectionPtr connection = observe(recorded_, [this](const CallEvent& event) {
    seen_.push_back({std::string(event.operation), {}, 1, event.duration_ms, {}, {}});
  });
  recorded_->answer_next({key()});
  (void)connection->get({.table = "t", .key = key()},
                        [&](const ItemView&) { recorded_->fixed_clock().advance_ms(42); });
  ASSERT_EQ(seen_.size(), 1u);
  EXPECT_EQ(seen_[0].duration_ms, 42);
  EXPECT_EQ(&connection->clock(), &recorded_->clock());
}

TEST_F(Observers, MayThrowWithoutHarm) {
  const ConnectionPtr connection =
      observe(recorded_, [](const CallEvent&) { throw std::runtime_error("no disk"); });
  EXPECT_TRUE(connection->put({.table = "t", .item = key()}).ok());
}

}  // namespace
}  // namespace dynolith::odm
