// Plans of tables: what they show, what they do, and what they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/connection/embedded_connection.h"
#include "odm/connection/recording_connection.h"
#include "odm/table_plan.h"
#include "storage/database.h"

namespace dynolith::odm {
namespace {

struct User {
  std::string org, id, email;
  int64_t age = 0;
  std::optional<Timestamp> expires;
};
struct Order {
  std::string org, id;
  int64_t cents = 0;
};
struct NewerOrder : Order {};  // by_cents has another key.
struct Stray {                 // Another key than the others.
  std::string id;
};
struct Clash {  // "age" is text, and a key of an index.
  std::string org, id, age;
};
struct Local {
  std::string org, id, name;
};
struct Lost {  // A document, not an entity.
  std::string name;
};

constexpr Index<&User::email> kByEmail{"by_email"};
constexpr Index<&Order::org, &Order::cents> kByCents{"by_cents"};
constexpr Index<&Order::cents> kByCentsAlone{"by_cents"};
constexpr Index<&Clash::age> kByAge{"by_age"};
constexpr Index<&Local::org, &Local::name> kByName{"by_name"};

}  // namespace

template <>
struct Model<User> {
  static void define(Definition<User>& user) {
    user.entity("User")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "USER#{id}")
        .attribute("org", &User::org)
        .attribute("id", &User::id)
        .attribute("email", &User::email)
        .attribute("age", &User::age)
        .expires_at("ttl", &User::expires)
        .index(kByEmail, partition_key("gsi1pk", "EMAIL#{email}"), keys_only());
  }
};
template <>
struct Model<Order> {
  static void define(Definition<Order>& order) {
    order.entity("Order")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "ORDER#{id}")
        .attribute("org", &Order::org)
        .attribute("id", &Order::id)
        .attribute("cents", &Order::cents)
        .index(kByCents);
  }
};
template <>
struct Model<NewerOrder> {
  static void define(Definition<NewerOrder>& order) {
    order.entity("Order")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "ORDER#{id}")
        .attribute("org", &NewerOrder::org)
        .attribute("id", &NewerOrder::id)
        .attribute("cents", &NewerOrder::cents)
        .index(kByCentsAlone);
  }
};
template <>
struct Model<Stray> {
  static void define(Definition<Stray>& stray) { stray.partition_key("id", &Stray::id); }
};
template <>
struct Model<Clash> {
  static void define(Definition<Clash>& clash) {
    clash.entity("Clash")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "CLASH#{id}")
        .attribute("org", &Clash::org)
        .attribute("id", &Clash::id)
        .attribute("age", &Clash::age)
        .index(kByAge);
  }
};
template <>
struct Model<Local> {
  static void define(Definition<Local>& item) {
    item.entity("Local")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "LOCAL#{id}")
        .attribute("org", &Local::org)
        .attribute("id", &Local::id)
        .attribute("name", &Local::name)
        .index(kByName, local(), sort_key("lsi", "{name}"));
  }
};
template <>
struct Model<Lost> {
  static void define(Definition<Lost>& lost) { lost.attribute("name", &Lost::name); }
};

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TablePlans : public testing::Test {
 protected:
  TablePlans() {
    database_ = std::shared_ptr<storage::Database>(storage::Database::open({}).value());
    EmbeddedOptions options;
    options.wait = [this](int64_t) { database_->wait_for_background(); };
    connection_ = recording(embedded(database_, options));
    // What the recorder is asked to wait for takes no time; the engine's own work does.
    table_.emplace(embedded(database_, options), "app");
    recorded_.emplace(connection_, "app");
  }

  const Table& app() const { return *table_; }
  TableState state() { return app().connection().describe_table({"app"}).value(); }
  std::vector<std::string> index_names() {
    std::vector<std::string> names;
    for (const auto& index : state().definition.indexes) names.push_back(index.name);
    return names;
  }

  std::shared_ptr<storage::Database> database_;
  std::shared_ptr<RecordingConnection> connection_;
  std::optional<Table> table_, recorded_;
};

std::vector<std::string> texts(const Plan& plan) {
  std::vector<std::string> texts;
  for (const PlanStep& step : plan.steps) texts.push_back(step.text);
  return texts;
}

TEST_F(TablePlans, CreatesTheUnionOfTheModels) {
  const Plan plan = plan_table<User, Order>(app()).value();
  EXPECT_FALSE(plan.table_exists);
  EXPECT_EQ(plan.to_text(),
            "table \"app\", which does not exist:\n"
            "  1. create table: partition key pk (S), sort key sk (S); on demand\n"
            "     with index by_email: partition key gsi1pk (S); the attributes _et\n"
            "     with index by_cents: partition key org (S), sort key cents (N); all attributes\n"
            "  2. turn time to live on: ttl\n");
  EXPECT_EQ(app().connection().describe_table({"app"}).error().code, ErrorCode::kTableNotFound);
  ASSERT_TRUE(apply(plan).ok());
  EXPECT_EQ(state().time_to_live_attribute, "ttl");
  EXPECT_THAT(index_names(), testing::UnorderedElementsAre("by_email", "by_cents"));
  EXPECT_EQ(state().definition.billing_mode, BillingMode::kPayPerRequest);
}

TEST_F(TablePlans, ArePlannedWithOneCallAndChangeNothing) {
  EXPECT_EQ(plan_table<User>(*recorded_).value().steps.size(), 2u);
  ASSERT_EQ(connection_->requests().size(), 1u);
  EXPECT_TRUE(connection_->requests()[0].get_if<DescribeTableRequest>() != nullptr);
}

TEST_F(TablePlans, AreEmptyOnceTheyAreDone) {
  const Plan plan = plan_table<User, Order>(app()).value();
  ASSERT_TRUE(apply(plan).ok());
  EXPECT_TRUE(apply(plan).ok());  // An old plan, again.
  const Plan again = plan_table<User, Order>(app()).value();
  EXPECT_TRUE(again.is_empty());
  EXPECT_EQ(again.to_text(), "table \"app\": nothing to do\n");
  EXPECT_TRUE((ensure_table<User, Order>(app()).ok()));
}

TEST_F(TablePlans, AddIndexesAndSettingsOneByOne) {
  TableSettings settings;
  settings.stream = stream_of(StreamViewType::kNewAndOldImages);
  settings.deletion_protection = true;
  ASSERT_TRUE(ensure_table<User>(app()).ok());
  const Plan plan = plan_table<User, Order>(app(), settings).value();
  EXPECT_THAT(
      texts(plan),
      ElementsAre(
          "create index by_cents: partition key org (S), sort key cents (N); all attributes",
          "turn the stream on: NEW_AND_OLD_IMAGES", "turn deletion protection on"));
  EXPECT_FALSE(plan.is_destructive());
  const Result<void> applied = apply(plan);
  ASSERT_TRUE(applied.ok()) << applied.error().to_text();
  EXPECT_TRUE(state().definition.deletion_protection);
  EXPECT_EQ(state().definition.stream_view_type, StreamViewType::kNewAndOldImages);
  EXPECT_TRUE((plan_table<User, Order>(app(), settings).value().is_empty()));
}

TEST_F(TablePlans, RefuseToDestroyUnlessAllowed) {
  TableSettings settings;
  settings.stream = stream_of(StreamViewType::kKeysOnly);
  ASSERT_TRUE((ensure_table<User, Order>(app(), settings).ok()));
  settings.stream = stream_of(StreamViewType::kNewImage);
  settings.drop_unknown_indexes = true;
  const Plan plan = plan_table<NewerOrder>(app(), settings).value();
  EXPECT_THAT(plan.to_text(), HasSubstr("1. DESTRUCTIVE: delete index by_email\n"));
  EXPECT_THAT(plan.to_text(),
              HasSubstr("2. DESTRUCTIVE: change index by_cents, which is deleted and built anew: "
                        "partition key org (S), sort key cents (N) becomes "
                        "partition key cents (N)\n"));
  EXPECT_THAT(plan.to_text(), HasSubstr("KEYS_ONLY becomes NEW_IMAGE"));
  EXPECT_THAT(plan.to_text(), HasSubstr("note: time to live by ttl"));

  const Result<void> refused = apply(plan);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kPlanRefused);
  EXPECT_EQ(refused.error().problems.size(), 3u);
  EXPECT_THAT(index_names(), testing::UnorderedElementsAre("by_email", "by_cents"));

  const Result<void> applied = apply(plan, Apply::kAllowDestructive);
  ASSERT_TRUE(applied.ok()) << applied.error().to_text();
  EXPECT_THAT(index_names(), ElementsAre("by_cents"));
  EXPECT_EQ(state().definition.indexes[0].key.partition[0].name, "cents");
  EXPECT_EQ(state().definition.stream_view_type, StreamViewType::kNewImage);
  EXPECT_TRUE(plan_table<NewerOrder>(app(), settings).value().is_empty());
}

TEST_F(TablePlans, LeaveAloneWhatNoModelNames) {
  TableSettings settings;
  settings.billing_mode = BillingMode::kProvisioned;
  settings.throughput = Throughput{5, 6};
  settings.stream = stream_of(StreamViewType::kKeysOnly);
  ASSERT_TRUE((ensure_table<User, Order>(app(), settings).ok()));
  const Plan plan = plan_table<Order>(app()).value();
  EXPECT_TRUE(plan.is_empty()) << plan.to_text();
  EXPECT_THAT(plan.notes, ElementsAre("index by_email is named by no model and left alone",
                                      "time to live by ttl is named by no model and left alone"));
}

TEST_F(TablePlans, SetThroughputOfTablesAndIndexes) {
  ASSERT_TRUE((ensure_table<User, Order>(app()).ok()));
  TableSettings settings;
  settings.billing_mode = BillingMode::kProvisioned;
  settings.throughput = Throughput{5, 6};
  settings.index_throughput = {{"by_email", Throughput{2, 3}}};
  const Plan plan = plan_table<User, Order>(app(), settings).value();
  EXPECT_THAT(texts(plan),
              ElementsAre("set throughput: provisioned; 5 read and 6 write units; index by_email 2 "
                          "read and 3 write units; index by_cents 5 read and 6 write units"));
  const Result<void> applied = apply(plan);
  ASSERT_TRUE(applied.ok()) << applied.error().to_text();
  EXPECT_TRUE((plan_table<User, Order>(app(), settings).value().is_empty()));
  settings.index_throughput["by_email"].read_units = 4;
  EXPECT_THAT(texts(plan_table<User, Order>(app(), settings).value()),
              ElementsAre("set throughput: index by_email 4 read and 3 write units"));
}

TEST_F(TablePlans, SayWhatIsImpossible) {
  ASSERT_TRUE(ensure_table<User>(app()).ok());
  const Plan other_key = plan_table<Stray>(app()).value();
  EXPECT_FALSE(other_key.is_possible());
  EXPECT_THAT(other_key.to_text(),
              HasSubstr("IMPOSSIBLE: the table has partition key pk (S), sort key sk (S); the "
                        "models need partition key id (S)"));
  EXPECT_EQ(apply(other_key, Apply::kAllowDestructive).error().code, ErrorCode::kPlanRefused);
  const Plan local_index = plan_table<User, Local>(app()).value();
  EXPECT_THAT(local_index.to_text(), HasSubstr("local index by_name is missing"));
  EXPECT_EQ((ensure_table<User, Local>(app()).error().code), ErrorCode::kPlanRefused);
}

TEST_F(TablePlans, RefuseWhenTheTableHasChangedMeanwhile) {
  ASSERT_TRUE((ensure_table<User>(app()).ok()));
  const Plan plan = plan_table<User, Order>(app()).value();
  ASSERT_TRUE(app().connection().set_time_to_live({"app", "ttl", false}).ok());
  const Result<void> refused = apply(plan);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kPlanRefused);
  EXPECT_THAT(index_names(), ElementsAre("by_email"));
}

TEST_F(TablePlans, NameBothModelsThatContradictEachOther) {
  const Error keys = plan_table<User, Stray>(*recorded_).error();
  EXPECT_EQ(keys.code, ErrorCode::kBadModel);
  EXPECT_EQ(keys.message,
            "User and Stray contradict each other: User has partition key pk (S), sort key sk (S), "
            "Stray has partition key id (S)");
  const Error indexes = plan_table<Order, NewerOrder>(*recorded_).error();
  EXPECT_EQ(indexes.code, ErrorCode::kBadModel);
  EXPECT_THAT(indexes.message, HasSubstr("the global index \"by_cents\" with partition key org"));
  const Error types = plan_table<Clash, User>(*recorded_).error();
  EXPECT_EQ(types.code, ErrorCode::kBadModel);
  EXPECT_THAT(types.message, HasSubstr("Clash has the key attribute age (S), User has"));
  EXPECT_EQ(plan_table<Lost>(*recorded_).error().message,
            "Lost has no key and cannot be kept in a table");
  EXPECT_TRUE(connection_->requests().empty());
}

TEST_F(TablePlans, WaitUntilTheTableIsActiveButNotForEver) {
  TableState creating;
  creating.definition = plan_table<Order>(app()).value().design.definition;
  creating.status = storage::TableStatus::kCreating;
  for (int i = 0; i < 20; ++i) connection_->describe_next(creating);
  const Result<void> applied =
      ensure_table<Order>(*recorded_, {}, {.time_limit_ms = 1500, .wait_ms = 200});
  ASSERT_FALSE(applied.ok());
  EXPECT_EQ(applied.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(connection_->waits(), ElementsAre(200, 400, 800, 1600));
}

TEST_F(TablePlans, EnsureIsGoodWhenAnotherProgramIsFaster) {
  ASSERT_TRUE((ensure_table<User, Order>(app()).ok()));
  // It is not there yet when this program looks.
  connection_->fail_next(make_error(ErrorCode::kTableNotFound, "no"), 2);
  const Result<void> ensured = ensure_table<User, Order>(*recorded_);
  EXPECT_TRUE(ensured.ok()) << ensured.error().to_text();
}

}  // namespace
}  // namespace dynolith::odm
