// Streams of changes as dynamic items, and records without a connection.
#include "odm/dynamic/dynamic_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/connection/embedded_connection.h"
#include "odm/connection/testing.h"
#include "odm/dynamic/dynamic_entity.h"
#include "odm/table_plan.h"
#include "storage/database.h"

namespace dynolith::odm {
namespace {

using storage::StreamViewType;
using testing::ElementsAre;

class DynamicChanges : public testing::Test {
 protected:
  explicit DynamicChanges(StreamViewType view_type = StreamViewType::kNewAndOldImages) {
    storage::DatabaseOptions options;
    options.clock = clock_;
    options.ttl_sweep_interval_ms = 0;
    database_ = std::shared_ptr<storage::Database>(storage::Database::open(options).value());
    EmbeddedOptions embedding;
    embedding.clock = clock_;
    embedding.wait = [this](int64_t) { database_->wait_for_background(); };
    table_.emplace(embedded(database_, embedding), "app");
    TableSettings settings;
    settings.stream = stream_of(view_type);
    const std::array<const Schema*, 2> models{&task_.schema(), &note_.schema()};
    const auto ensured = ensure_table(*table_, models, settings);
    EXPECT_TRUE(ensured.ok()) << (ensured.ok() ? "" : ensured.error().to_text());
  }

  static DynamicSchema task() {
    return DynamicDefinition("Task")
        .entity("Task")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "TASK#{number:04}")
        .attribute<std::string>("org")
        .attribute<int>("number")
        .attribute<int>("points")
        .expires_at("ttl")
        .schema_version(2)
        .upgrade(1,
                 [](Map& item) -> Result<void> {
                   item["points"] = item["score"];
                   item.erase("score");
                   return {};
                 })
        .build()
        .value();
  }
  static DynamicSchema note() {
    return DynamicDefinition("Note")
        .entity("Note")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "NOTE#{id}")
        .attribute<std::string>("org")
        .attribute<std::string>("id")
        .attribute<std::string>("text")
        .build()
        .value();
  }
  DynamicEntity tasks() const { return table_->dynamic(task_); }
  DynamicEntity notes() const { return table_->dynamic(note_); }
  DynamicChangeStream changes(ChangeStreamOptions options = {}) const {
    return DynamicChangeStream(*table_, {task_, note_}, options);
  }
  void store(const Map& item) const {
    ASSERT_TRUE(
        table_->connection().put({.table = "app", .item = storage::encode_item(item)}).ok());
  }

  // "insert Task 3", one for each change.
  std::function<void(const DynamicChange&)> teller() {
    return [this](const DynamicChange& change) {
      const auto& item = change.after ? change.after : change.before ? change.before : change.key;
      std::string text(to_text(change.kind));
      text.append(change.expired ? " expired " : " ").append(change.model);
      if (item)
        text.append(" ").append(change.schema == 0 ? item->at("number").get_if<Number>()->to_text()
                                                   : *item->at("id").get_if<std::string>());
      told_.push_back(text);
    };
  }

  std::shared_ptr<FixedClock> clock_ = std::make_shared<FixedClock>();
  std::shared_ptr<storage::Database> database_;
  const DynamicSchema task_ = task(), note_ = note();
  std::optional<Table> table_;
  std::vector<std::string> told_;
};

TEST_F(DynamicChanges, ComeInOrderAsItemsOfTheirSchemas) {
  ASSERT_TRUE(tasks().create({{"org", "acme"}, {"number", 7}, {"points", 1}}).ok());
  ASSERT_TRUE(notes().create({{"org", "acme"}, {"id", "n"}, {"text", "x"}}).ok());
  ASSERT_TRUE(tasks().update({"acme", 7}).set("points", 2).exec().ok());
  ASSERT_TRUE(tasks().remove({"acme", 7}).ok());
  store({{"pk", "x"}, {"sk", "y"}});
  DynamicChangeStream stream = changes();
  const auto page = stream.next(teller());
  ASSERT_TRUE(page.ok()) << page.error().to_text();
  EXPECT_THAT(told_,
              ElementsAre("insert Task 7", "insert Note n", "modify Task 7", "remove Task 7"));
  EXPECT_EQ(page->delivered, 4u);
  EXPECT_EQ(page->unknown, 1u);
  EXPECT_TRUE(page->at_end);

  DynamicChangeStream later = changes();
  ASSERT_TRUE(notes().remove({"acme", "n"}).ok());
  told_.clear();
  ASSERT_TRUE(later.from(stream.position()).next(teller()).ok());
  EXPECT_THAT(told_, ElementsAre("remove Note n"));
}

TEST_F(DynamicChanges, HaveBothImagesTimeAndKey) {
  ASSERT_TRUE(tasks().create({{"org", "acme"}, {"number", 7}, {"points", 1}}).ok());
  clock_->advance_ms(5000);
  ASSERT_TRUE(tasks().update({"acme", 7}).set("points", 2).exec().ok());
  std::vector<DynamicChange> all;
  ASSERT_TRUE(changes().next([&](const DynamicChange& one) { all.push_back(one); }).ok());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_FALSE(all[0].before);
  EXPECT_EQ(*all[1].before, (Map{{"org", "acme"}, {"number", 7}, {"points", 1}}));
  EXPECT_EQ(*all[1].after, (Map{{"org", "acme"}, {"number", 7}, {"points", 2}}));
  EXPECT_FALSE(all[1].key);
  EXPECT_EQ(all[1].created_ms, FixedClock::kStartMs + 5000);
  EXPECT_EQ(storage::to_item(all[0].key_item.view()),
            (Map{{"pk", "ORG#acme"}, {"sk", "TASK#0007"}}));
}

TEST_F(DynamicChanges, AreUpgradedAndToldWhenTheirTimeIsOver) {
  store({{"pk", "ORG#acme"},
         {"sk", "TASK#0001"},
         {"_et", "Task"},
         {"_v", 1},
         {"org", "acme"},
         {"number", 1},
         {"score", 60},
         {"ttl", clock_->now_ms() / 1000 + 1}});
  clock_->advance_ms(60'000);
  ASSERT_TRUE(database_->sweep_expired().ok());
  std::vector<Value> points;
  ASSERT_TRUE(changes()
                  .next([&](const DynamicChange& one) {
                    teller()(one);
                    points.push_back((one.after ? one.after : one.before)->at("points"));
                  })
                  .ok());
  EXPECT_THAT(told_, ElementsAre("insert Task 1", "remove expired Task 1"));
  EXPECT_THAT(points, ElementsAre(Value(60), Value(60)));
}

TEST_F(DynamicChanges, StopAtErrorsAndBadItems) {
  ASSERT_TRUE(tasks().create({{"org", "acme"}, {"number", 1}}).ok());
  store({{"pk", "ORG#acme"}, {"sk", "TASK#0002"}, {"_et", "Task"}, {"_v", 2}, {"points", "two"}});
  DynamicChangeStream stream = changes();
  const auto broken = [](const DynamicChange&) -> Result<void> {
    return make_error(ErrorCode::kUnavailable, "not now");
  };
  EXPECT_EQ(stream.next(broken).error().message, "not now");
  const auto bad = stream.next(teller());
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, ErrorCode::kTypeMismatch);
  EXPECT_EQ(bad.error().problems.at(0).path, "points");
  EXPECT_THAT(told_, ElementsAre("insert Task 1"));
  EXPECT_TRUE(stream.skip());
  EXPECT_TRUE(stream.next(teller()).ok());

  told_.clear();
  const auto counted = changes({.on_bad = OnBadChange::kSkip}).next(teller());
  EXPECT_EQ(counted->bad, 1u);
  EXPECT_THAT(told_, ElementsAre("insert Task 1"));
  told_.clear();
  const auto delivered = changes({.on_bad = OnBadChange::kDeliver}).next(teller());
  EXPECT_EQ(delivered->delivered, 2u);
  EXPECT_THAT(told_, ElementsAre("insert Task 1", "insert Task"));
}

class DynamicKeyChanges : public DynamicChanges {
 protected:
  DynamicKeyChanges() : DynamicChanges(StreamViewType::kKeysOnly) {}
};

TEST_F(DynamicKeyChanges, KnowTheMembersOfTheKey) {
  ASSERT_TRUE(tasks().create({{"org", "acme"}, {"number", 7}, {"points", 1}}).ok());
  std::vector<DynamicChange> all;
  ASSERT_TRUE(changes().next([&](const DynamicChange& one) { all.push_back(one); }).ok());
  ASSERT_EQ(all.size(), 1u);
  EXPECT_FALSE(all[0].after);
  EXPECT_EQ(*all[0].key, (Map{{"org", "acme"}, {"number", 7}}));
}

TEST(DynamicLambdaEvents, AreDecodedWithoutAConnection) {
  const DynamicSchema schema = DynamicDefinition("Place")
                                   .entity("Place")
                                   .partition_key<std::string>("id")
                                   .attribute<int>("zip")
                                   .build()
                                   .value();
  const auto parsed = parse_lambda_event(R"({"Records": [
    {"eventID": "1", "eventName": "MODIFY", "eventSource": "aws:dynamodb", "dynamodb": {
      "ApproximateCreationDateTime": 1767225600, "Keys": {"id": {"S": "a"}}, "SequenceNumber": "5",
      "OldImage": {"id": {"S": "a"}, "_et": {"S": "Place"}, "zip": {"N": "1"}},
      "NewImage": {"id": {"S": "a"}, "_et": {"S": "Place"}, "zip": {"N": "2"}}}},
    {"eventID": "2", "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": {
      "ApproximateCreationDateTime": 1767225600, "Keys": {"id": {"S": "b"}}, "SequenceNumber": "6",
      "NewImage": {"id": {"S": "b"}, "_et": {"S": "Other"}}}}]})");
  ASSERT_TRUE(parsed.ok()) << parsed.error().to_text();
  ASSERT_EQ(parsed->size(), 2u);
  const std::optional<DynamicChange> change = decode_change({schema}, (*parsed)[0].view());
  ASSERT_TRUE(change);
  EXPECT_EQ(change->model, "Place");
  EXPECT_EQ(change->before->at("zip"), Value(1));
  EXPECT_EQ(change->after->at("zip"), Value(2));
  EXPECT_FALSE(decode_change({schema}, (*parsed)[1].view()));
}

}  // namespace
}  // namespace dynolith::odm
