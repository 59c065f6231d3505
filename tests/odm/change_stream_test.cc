// Streams of changes as changes of objects, and records without a connection.
#include "odm/change_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/connection/embedded_connection.h"
#include "odm/connection/testing.h"
#include "odm/entity.h"
#include "odm/table_plan.h"
#include "storage/database.h"

namespace dynolith::odm {
namespace {

struct User {
  std::string org, id;
  int64_t age = 0;
  std::optional<Timestamp> expires;
};
struct Order {
  std::string org;
  int64_t number = 0;
  std::string note;
};
struct Login {
  std::string name, mail;
};

}  // namespace

template <>
struct Model<User> {
  static void define(Definition<User>& user) {
    user.entity("User")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "USER#{id}")
        .attribute("org", &User::org)
        .attribute("id", &User::id)
        .attribute("age", &User::age)
        .expires_at("ttl", &User::expires)
        .schema_version(2)
        .upgrade(1, [](Map& item) {
          item["age"] = item["years"];
          item.erase("years");
        });
  }
};
template <>
struct Model<Login> {
  static void define(Definition<Login>& login) {
    login.partition_key("pk", &Login::name).attribute("mail", &Login::mail).unique(&Login::mail);
  }
};
template <>
struct Model<Order> {
  static void define(Definition<Order>& order) {
    order.entity("Order")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "ORDER#{number:08}")
        .attribute("org", &Order::org)
        .attribute("number", &Order::number)
        .attribute("note", &Order::note);
  }
};

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Changes : public testing::Test {
 protected:
  explicit Changes(StreamViewType view_type = StreamViewType::kNewAndOldImages) {
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
    const auto ensured = ensure_table<User, Order>(*table_, settings);
    EXPECT_TRUE(ensured.ok()) << (ensured.ok() ? "" : ensured.error().to_text());
  }

  template <class T>
  void put(T object) {
    const EncodedItem item =
        make_item(schema_of<T>(), &object, WriteKind::kPut, {clock_->now_ms(), *ids_}).value();
    put_item(item);
  }
  void put_item(const EncodedItem& item) {
    ASSERT_TRUE(table_->connection().put({.table = "app", .item = item}).ok());
  }
  template <class T>
  void remove(const T& object) {
    DeleteRequest request{.table = "app", .key = key_of(schema_of<T>(), &object).value()};
    ASSERT_TRUE(table_->connection().remove(request).ok());
  }

  // "insert User x 3", one for each change.
  struct Teller {
    std::vector<std::string>& told;
    void operator()(const Change<User>& change) const {
      const auto& user = change.after ? change.after : change.before ? change.before : change.key;
      told.push_back(std::string(to_text(change.kind)) + (change.expired ? " expired" : "") +
                     " User " + (user ? user->id + " " + std::to_string(user->age) : "?"));
    }
    void operator()(const Change<Order>& change) const {
      const auto& order = change.after ? change.after : change.before ? change.before : change.key;
      told.push_back(std::string(to_text(change.kind)) + " Order " +
                     (order ? order->org + " " + std::to_string(order->number) : "?"));
    }
  };

  std::shared_ptr<FixedClock> clock_ = std::make_shared<FixedClock>();
  std::shared_ptr<CountingIds> ids_ = std::make_shared<CountingIds>();
  std::shared_ptr<storage::Database> database_;
  std::optional<Table> table_;
  std::vector<std::string> told_;
};

TEST_F(Changes, ComeInOrderAsObjectsOfTheirModels) {
  put(User{"acme", "a", 1, {}});
  put(Order{"acme", 7, "x"});
  put(User{"acme", "a", 2, {}});
  remove(User{"acme", "a", 0, {}});
  ChangeStream<User, Order> changes(*table_);
  const auto page = changes.next(Teller{told_});
  ASSERT_TRUE(page.ok()) << page.error().to_text();
  EXPECT_THAT(told_, ElementsAre("insert User a 1", "insert Order acme 7", "modify User a 2",
                                 "remove User a 2"));
  EXPECT_EQ(page->delivered, 4u);
  EXPECT_TRUE(page->at_end);
  EXPECT_FALSE(page->is_closed);
  EXPECT_EQ(changes.next(Teller{told_})->delivered, 0u);
}

TEST_F(Changes, HaveBothImagesTimeAndKey) {
  put(User{"acme", "a", 1, {}});
  clock_->advance_ms(5000);
  put(User{"acme", "a", 2, {}});
  ChangeStream<User> changes(*table_);
  std::vector<Change<User>> all;
  ASSERT_TRUE(changes.next([&](const Change<User>& change) { all.push_back(change); }).ok());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_FALSE(all[0].before);
  EXPECT_EQ(all[1].before->age, 1);
  EXPECT_EQ(all[1].after->age, 2);
  EXPECT_FALSE(all[1].key);
  EXPECT_EQ(all[1].created_ms, FixedClock::kStartMs + 5000);
  EXPECT_LT(all[0].sequence, all[1].sequence);
  const Map key = storage::to_item(all[0].key_item.view());
  EXPECT_EQ(key, (Map{{"pk", "ORG#acme"}, {"sk", "USER#a"}}));
}

TEST_F(Changes, SayWhatTimeToLiveRemoved) {
  put(User{"acme", "a", 1, timestamp_of_ms(clock_->now_ms() + 1000)});
  clock_->advance_ms(60'000);
  ASSERT_TRUE(database_->sweep_expired().ok());
  ChangeStream<User> changes(*table_);
  ASSERT_TRUE(changes.next(Teller{told_}).ok());
  EXPECT_THAT(told_, ElementsAre("insert User a 1", "remove expired User a 1"));
}

TEST_F(Changes, GoOnAtAPositionThatWasKept) {
  put(User{"acme", "a", 1, {}});
  ChangeStream<User> first(*table_);
  ASSERT_TRUE(first.next(Teller{told_}).ok());
  const std::string kept = first.position();
  put(User{"acme", "b", 2, {}});
  ChangeStream<User> second(*table_);
  ASSERT_TRUE(second.from(kept).next(Teller{told_}).ok());
  EXPECT_THAT(told_, ElementsAre("insert User a 1", "insert User b 2"));

  ChangeStream<User> newest(*table_);
  EXPECT_EQ(newest.from_newest().next(Teller{told_})->delivered, 0u);
  put(User{"acme", "c", 3, {}});
  ASSERT_TRUE(newest.next(Teller{told_}).ok());
  EXPECT_EQ(told_.back(), "insert User c 3");
  EXPECT_EQ(told_.size(), 3u);
  EXPECT_EQ(newest.from("nonsense").next(Teller{told_}).error().code, ErrorCode::kBadRequest);
}

TEST_F(Changes, ReadPageByPage) {
  for (int64_t i = 0; i < 7; ++i) put(Order{"acme", i, ""});
  ChangeStream<Order> changes(*table_, {.page_records = 3});
  std::vector<size_t> delivered;
  while (true) {
    const auto page = changes.next(Teller{told_});
    ASSERT_TRUE(page.ok());
    delivered.push_back(page->delivered);
    if (page->at_end) break;
  }
  EXPECT_THAT(delivered, ElementsAre(3, 3, 1));
}

TEST_F(Changes, CountWhatNoModelKnows) {
  put(User{"acme", "a", 1, {}});
  put(Order{"acme", 7, ""});
  put_item(storage::encode_item({{"pk", "x"}, {"sk", "y"}}));
  ChangeStream<Order> changes(*table_);
  const auto page = changes.next(Teller{told_});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->unknown, 2u);
  EXPECT_EQ(page->delivered, 1u);
}

TEST_F(Changes, UpgradeItemsOfOlderVersions) {
  put_item(storage::encode_item({{"pk", "ORG#acme"},
                                 {"sk", "USER#old"},
                                 {"_et", "User"},
                                 {"_v", 1},
                                 {"org", "acme"},
                                 {"id", "old"},
                                 {"years", 60}}));
  ChangeStream<User> changes(*table_);
  ASSERT_TRUE(changes.next(Teller{told_}).ok());
  EXPECT_THAT(told_, ElementsAre("insert User old 60"));
}

TEST_F(Changes, StopAtTheVisitorsErrorAndGoOnThere) {
  for (int64_t i = 0; i < 4; ++i) put(Order{"acme", i, ""});
  ChangeStream<Order> changes(*table_);
  std::vector<int64_t> seen;
  bool is_broken = true;
  const auto visitor = [&](const Change<Order>& change) -> Result<void> {
    if (is_broken && change.after->number == 2)
      return make_error(ErrorCode::kUnavailable, "not now");
    seen.push_back(change.after->number);
    return {};
  };
  EXPECT_EQ(changes.next(visitor).error().message, "not now");
  EXPECT_EQ(changes.position(), "");
  EXPECT_EQ(changes.next(visitor).error().message, "not now");
  is_broken = false;
  EXPECT_EQ(changes.next(visitor)->delivered, 2u);
  EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3));
  EXPECT_NE(changes.position(), "");
}

TEST_F(Changes, VisitorsMayWriteToTheTable) {
  put(Order{"acme", 1, ""});
  ChangeStream<Order> changes(*table_);
  const auto visitor = [&](const Change<Order>& change) {
    if (change.after->number < 3) put(Order{"acme", change.after->number + 1, ""});
  };
  size_t delivered = 0;
  for (int i = 0; i < 3; ++i) delivered += changes.next(visitor)->delivered;
  EXPECT_EQ(delivered, 3u);
}

class BadChanges : public Changes {
 protected:
  BadChanges() {
    put(Order{"acme", 1, ""});
    put_item(storage::encode_item({{"pk", "ORG#acme"},
                                   {"sk", "ORDER#00000002"},
                                   {"_et", "Order"},
                                   {"org", "acme"},
                                   {"number", "two"}}));
    put(Order{"acme", 3, ""});
  }
};

TEST_F(BadChanges, FailUntilTheyAreSkipped) {
  ChangeStream<Order> changes(*table_);
  const auto stopped = changes.next(Teller{told_});
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::kTypeMismatch);
  EXPECT_EQ(stopped.error().problems[0].path, "number");
  EXPECT_FALSE(changes.next(Teller{told_}).ok());
  EXPECT_TRUE(changes.skip());
  EXPECT_TRUE(changes.next(Teller{told_}).ok());
  EXPECT_FALSE(changes.skip());
  EXPECT_THAT(told_, ElementsAre("insert Order acme 1", "insert Order acme 3"));
}

TEST_F(BadChanges, AreSkippedAndCounted) {
  ChangeStream<Order> changes(*table_, {.on_bad = OnBadChange::kSkip});
  const auto page = changes.next(Teller{told_});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->bad, 1u);
  EXPECT_EQ(page->delivered, 2u);
}

TEST_F(BadChanges, AreDeliveredWithTheirProblem) {
  ChangeStream<Order> changes(*table_, {.on_bad = OnBadChange::kDeliver});
  std::vector<std::string> problems;
  const auto page = changes.next([&](const Change<Order>& change) {
    if (!change.problem) return;
    problems.push_back(change.problem->problems[0].path);
    EXPECT_FALSE(change.after);
  });
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->delivered, 3u);
  EXPECT_EQ(page->bad, 1u);
  EXPECT_THAT(problems, ElementsAre("number"));
}

class KeyChanges : public Changes {
 protected:
  KeyChanges() : Changes(StreamViewType::kKeysOnly) {}
};

TEST_F(KeyChanges, KnowTheMembersOfTheKey) {
  put(User{"acme", "a", 1, {}});
  put(Order{"b#c", 42, "x"});
  ChangeStream<User, Order> changes(*table_);
  std::vector<std::string> keys;
  const auto page = changes.next([&](const auto& change) {
    EXPECT_FALSE(change.before);
    EXPECT_FALSE(change.after);
    keys.push_back(change.key->org);
  });
  ASSERT_TRUE(page.ok()) << page.error().to_text();
  EXPECT_THAT(keys, ElementsAre("acme", "b#c"));
  ASSERT_TRUE(changes.from_oldest().next(Teller{told_}).ok());
  EXPECT_THAT(told_, ElementsAre("insert User a 0", "insert Order b#c 42"));
}

TEST(KeysOfUniqueValues, AreNoKeysOfTheirModel) {
  const Table table(open_embedded({}).value(), "logins");
  TableSettings settings;
  settings.stream = stream_of(StreamViewType::kKeysOnly);
  ASSERT_TRUE(ensure_table<Login>(table, settings).ok());
  ASSERT_TRUE(table.entity<Login>().create({"ann", "a@x.org"}).ok());
  std::vector<std::string> names;
  ChangeStream<Login> changes(table);
  const auto page =
      changes.next([&](const Change<Login>& change) { names.push_back(change.key->name); });
  ASSERT_TRUE(page.ok()) << page.error().to_text();
  EXPECT_THAT(names, ElementsAre("ann"));
  EXPECT_EQ(page->unknown, 1u);
}

TEST(ChangesWithoutAStream, SayThatThereIsNone) {
  Table table(open_embedded({}).value(), "app");
  ASSERT_TRUE(ensure_table<Order>(table).ok());
  ChangeStream<Order> changes(table);
  EXPECT_EQ(changes.next([](const auto&) {}).error().code, ErrorCode::kBadRequest);
}

// An event as AWS documents it, with what this test is about.
constexpr std::string_view kEvent = R"({
  "Records": [
    {"eventID": "1", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
     "awsRegion": "eu-central-1",
     "dynamodb": {"ApproximateCreationDateTime": 1767225600.25,
       "Keys": {"pk": {"S": "ORG#acme"}, "sk": {"S": "ORDER#00000007"}},
       "NewImage": {"pk": {"S": "ORG#acme"}, "sk": {"S": "ORDER#00000007"}, "_et": {"S": "Order"},
         "org": {"S": "acme"}, "number": {"N": "7"}, "note": {"S": "h\u00e9"},
         "all": {"L": [{"BOOL": true}, {"NULL": true}, {"B": "AQI="}, {"NS": ["1", "2"]},
           {"M": {"x": {"N": "1.5"}}}]}},
       "SequenceNumber": "111", "SizeBytes": 26, "StreamViewType": "NEW_AND_OLD_IMAGES"},
     "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/app/stream/x"},
    {"eventSource": "aws:sqs", "body": "not ours"},
    {"eventName": "REMOVE", "eventSource": "aws:dynamodb",
     "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
     "dynamodb": {"Keys": {"pk": {"S": "ORG#acme"}, "sk": {"S": "USER#a"}},
       "SequenceNumber": "112"}}
  ]})";

TEST(LambdaEvents, AreParsedAndDecodedWithoutAConnection) {
  const auto parsed = parse_lambda_event(kEvent);
  ASSERT_TRUE(parsed.ok()) << parsed.error().to_text();
  ASSERT_EQ(parsed->size(), 2u);
  const OwnedChange& inserted = (*parsed)[0];
  EXPECT_EQ(inserted.created_ms, 1'767'225'600'250);
  EXPECT_THAT(inserted.source, HasSubstr("table/app/stream"));
  EXPECT_TRUE(inserted.new_image.view().find("all"));
  const auto order = decode_change<User, Order>(inserted.view());
  ASSERT_TRUE(order);
  ASSERT_TRUE(std::holds_alternative<Change<Order>>(*order));
  const auto& change = std::get<Change<Order>>(*order);
  EXPECT_EQ(change.after->number, 7);
  EXPECT_EQ(change.after->note, "h\xc3\xa9");
  EXPECT_EQ(change.sequence, "111");
  const auto user = decode_change<User, Order>((*parsed)[1].view());
  ASSERT_TRUE(user && std::holds_alternative<Change<User>>(*user));
  EXPECT_EQ(std::get<Change<User>>(*user).key->id, "a");
  EXPECT_TRUE(std::get<Change<User>>(*user).expired);
  EXPECT_FALSE(decode_change<Order>((*parsed)[1].view()));
}

TEST(LambdaEvents, MayHoldTheDeepestItems) {
  const auto event = [](int levels) {
    std::string value = R"({"S": "x"})";
    for (int i = 0; i < levels; ++i) value = R"({"M": {"a": )" + value + "}}";
    return R"({"Records": [{"eventName": "INSERT", "dynamodb": {"SequenceNumber": "1",
        "Keys": {"pk": {"S": "a"}}, "NewImage": {"deep": )" +
           value + "}}}]}";
  };
  EXPECT_TRUE(parse_lambda_event(event(32)).ok());
  EXPECT_FALSE(parse_lambda_event(event(33)).ok());
  EXPECT_FALSE(parse_lambda_event(event(2000)).ok());
}

TEST(LambdaEvents, ThatAreNoneSayWhere) {
  const auto record = [](std::string_view dynamodb) {
    return R"({"Records": [{"eventName": "INSERT", "dynamodb": )" + std::string(dynamodb) + "}]}";
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "not JSON"},
      {"[]", "Records is no array"},
      {"{}", "Records is no array"},
      {R"({"Records": [1]})", "Records[0] is no object"},
      {R"({"Records": [{"eventName": "MOVE"}]})", "Records[0].eventName is none of"},
      {record("3"), "Records[0].dynamodb is no object"},
      {record(R"({"SequenceNumber": "1"})"), "Records[0].dynamodb.Keys is missing"},
      {record(R"({"Keys": {"pk": {"S": "a"}}})"), "dynamodb.SequenceNumber is not a string"},
      {record(R"({"Keys": {"pk": {"S": 1}}})"), "Keys.pk is not given as a string"},
      {record(R"({"Keys": {"pk": {"N": "x"}}})"), "Keys.pk is no number"},
      {record(R"({"Keys": {"pk": {"B": "x"}}})"), "Keys.pk is not base64"},
      {record(R"({"Keys": {"pk": {"Q": "x"}}})"), "Keys.pk has a type that does not exist"},
      {record(R"({"Keys": {"pk": {"L": [{"S": "a"}, {}]}}})"), "Keys.pk[1] is no attribute value"},
      {record(R"({"Keys": {"pk": {"SS": []}}})"), "Keys.pk is no set"},
  };
  for (const auto& [json, expected] : cases) {
    const auto parsed = parse_lambda_event(json);
    ASSERT_FALSE(parsed.ok()) << json;
    EXPECT_EQ(parsed.error().code, ErrorCode::kBadRequest);
    EXPECT_THAT(parsed.error().message, HasSubstr(expected));
  }
}

}  // namespace
}  // namespace dynolith::odm
