// What UpdateTable does to settings that depend on the time of day or on earlier changes. The
// messages of single requests are in tests/cases/update_table.
#include "storage/engine/table_update.h"

#include "tests/storage/engine/fixture.h"
#include "tests/support/temp_dir.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;

class ProvisionedTable {
 public:
  ProvisionedTable() {
    TableDefinition table =
        definition("Music", key_schema({"p"}), {global_index("Gsi", key_schema({"g"}))});
    table.billing_mode = BillingMode::kProvisioned;
    table.throughput = {100, 100};
    table.indexes[0].throughput = Throughput{50, 50};
    database.create(table);
    database.clock().advance_ms(kDayMs - database.clock().now_ms() % kDayMs);  // Midnight.
  }

  Result<TableDescription> change(int64_t read, int64_t write) {
    return database->update_table({.name = "Music", .throughput = Throughput{read, write}});
  }
  Result<TableDescription> change_index(int64_t read, int64_t write) {
    return database->update_table(
        {.name = "Music",
         .index_changes = {UpdateIndex{.name = "Gsi", .throughput = Throughput{read, write}}}});
  }
  uint32_t decreases() {
    const auto description = must(database->describe_table("Music"));
    return decreases_today(description.table->throughput_history, description.moment_ms);
  }

  TestDatabase database;
};

TEST(TableUpdate, RemembersWhenThroughputWasChanged) {
  ProvisionedTable music;
  const int64_t midnight_ms = music.database.clock().now_ms();
  must(music.change(101, 100));
  music.database.clock().advance_ms(1000);
  must(music.change(102, 99));  // Both an increase and a decrease.
  music.database.clock().advance_ms(1000);
  must(music.change(102, 98));
  const TablePtr table = music.database.table("Music");
  EXPECT_EQ(table->definition.throughput, (Throughput{102, 98}));
  EXPECT_EQ(table->throughput_history.increased_ms, midnight_ms + 1000);
  EXPECT_EQ(table->throughput_history.decreased_ms, midnight_ms + 2000);
  EXPECT_EQ(music.decreases(), 2u);
  EXPECT_EQ(table->indexes[0].throughput_history.increased_ms, 0);

  must(music.change_index(50, 49));
  EXPECT_EQ(music.database.table("Music")->indexes[0].throughput_history.decreases_today, 1u);
  EXPECT_EQ(music.decreases(), 2u);
}

TEST(TableUpdate, LetsThroughputFallFourTimesADayAndThenOnceAnHour) {
  ProvisionedTable music;
  int64_t units = 100;
  for (int i = 0; i < 4; ++i) must(music.change(--units, 100));
  const auto refused = music.change(units - 1, 100);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(
      message_of(refused),
      "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given "
      "UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can "
      "be performed at most once every 3600 seconds. Number of decreases today: 4. Last "
      "decrease at Sunday, November 22, 2026 12:00:00 AM UTC. Next decrease can be made at "
      "Sunday, November 22, 2026 1:00:00 AM UTC");
  must(music.change(units, 101));  // More is always possible.
  music.database.clock().advance_ms(kHourMs - 1);
  EXPECT_FALSE(music.change(units - 1, 101));
  music.database.clock().advance_ms(1);
  must(music.change(--units, 101));
  EXPECT_EQ(music.decreases(), 5u);
  EXPECT_FALSE(music.change(units - 1, 101));
  music.database.clock().advance_ms(23 * kHourMs);  // Midnight.
  EXPECT_EQ(music.decreases(), 0u);
  must(music.change(--units, 101));
  EXPECT_EQ(music.decreases(), 1u);
}

TEST(TableUpdate, RefusedUpdatesChangeNothing) {
  ProvisionedTable music;
  const TablePtr before = music.database.table("Music");
  TableUpdate update{.name = "Music", .throughput = Throughput{200, 200}};
  update.deletion_protection = true;
  update.index_changes = {DeleteIndex{"Absent"}};
  EXPECT_EQ(music.database->update_table(update).error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(music.database.table("Music"), before);
}

TEST(TableUpdate, BillingModesAreSwitchedWithTheIndexes) {
  ProvisionedTable music;
  const int64_t now_ms = music.database.clock().now_ms();
  must(
      music.database->update_table({.name = "Music", .billing_mode = BillingMode::kPayPerRequest}));
  TablePtr table = music.database.table("Music");
  EXPECT_EQ(table->definition.throughput, Throughput{});
  EXPECT_FALSE(table->indexes[0].definition.throughput);
  EXPECT_EQ(table->throughput_history.on_demand_since_ms, now_ms);

  TableUpdate back{
      .name = "Music", .billing_mode = BillingMode::kProvisioned, .throughput = Throughput{1, 2}};
  EXPECT_EQ(message_of(music.database->update_table(back)),
            "One or more parameter values were invalid: ProvisionedThroughput must be specified "
            "for index: Gsi");
  back.index_changes = {UpdateIndex{.name = "Gsi", .throughput = Throughput{3, 4}}};
  must(music.database->update_table(back));
  table = music.database.table("Music");
  EXPECT_EQ(table->definition.throughput, (Throughput{1, 2}));
  EXPECT_EQ(table->indexes[0].definition.throughput, (Throughput{3, 4}));
  EXPECT_EQ(table->throughput_history.on_demand_since_ms, now_ms);
  EXPECT_EQ(table->throughput_history.decreased_ms, 0);
}

// What stands in the way of nothing: an index that is going, or one that is being built.
TEST(TableUpdate, SettingsChangeWhileIndexesComeAndGo) {
  TestDatabase database;
  TableDefinition music =
      definition("Music", key_schema({"p"}), {global_index("Gsi", key_schema({"g"}))});
  database.create(music);
  must(database->update_table({.name = "Music", .index_changes = {DeleteIndex{"Gsi"}}}));
  must(database->update_table({.name = "Music",
                               .billing_mode = BillingMode::kProvisioned,
                               .throughput = Throughput{1, 2}}));
  database->wait_for_background();
  TableUpdate creates{.name = "Music", .attribute_definitions = {{"g"}}};
  creates.index_changes = {CreateIndex{global_index("Gsi", key_schema({"g"}))}};
  std::get<CreateIndex>(creates.index_changes[0]).definition.throughput = Throughput{3, 4};
  must(database->update_table(creates));
  must(database->update_table({.name = "Music", .throughput = Throughput{2, 2}}));
  database->wait_for_background();
  EXPECT_EQ(database.table("Music")->definition.throughput, (Throughput{2, 2}));
  EXPECT_EQ(database.table("Music")->indexes[0].status, IndexStatus::kActive);
}

TEST(TableUpdate, SurvivesARestart) {
  const TempDir directory;
  TestDatabase database(directory.path());
  database.create(definition("Music", key_schema({"p"})));
  TableUpdate update{.name = "Music"};
  update.on_demand_limits = ThroughputLimits{10, 20};
  update.warm_throughput = ThroughputLimits{12'001, 4001};
  update.table_class = TableClass::kStandardInfrequentAccess;
  update.deletion_protection = true;
  update.encryption = EncryptionChange{ServerSideEncryption{"KMS", "arn:key"}};
  must(database->update_table(update));
  must(database->update_table(
      {.name = "Music", .on_demand_limits = ThroughputLimits{kNoLimit, std::nullopt}}));
  database.open(directory.path());
  const TablePtr table = database.table("Music");
  EXPECT_EQ(table->definition.on_demand_limits, (ThroughputLimits{std::nullopt, 20}));
  EXPECT_EQ(table->definition.warm_throughput, (ThroughputLimits{12'001, 4001}));
  EXPECT_EQ(table->definition.table_class, TableClass::kStandardInfrequentAccess);
  EXPECT_EQ(table->throughput_history.class_changed_ms, database.clock().now_ms());
  EXPECT_TRUE(table->definition.deletion_protection);
  EXPECT_EQ(table->definition.encryption->kms_key_arn, "arn:key");
}

// A table may have 20 global indexes, and one of them may come or go at a time.
TEST(TableUpdate, KeepsTheLimitsOfIndexes) {
  TestDatabase database;
  std::vector<IndexDefinition> indexes;
  for (int i = 0; i < 19; ++i)
    indexes.push_back(global_index("Gsi" + std::to_string(i), key_schema({"g"})));
  database.create(definition("Music", key_schema({"p"}), indexes));
  const auto add = [&](const std::string& name, const std::string& attribute = "g") {
    TableUpdate update{.name = "Music", .attribute_definitions = {{attribute}}};
    update.index_changes = {CreateIndex{global_index(name, key_schema({attribute}))}};
    auto answer = database->update_table(update);
    database->wait_for_background();
    return answer;
  };
  must(add("Gsi19"));
  EXPECT_EQ(message_of(add("Gsi20")),
            "One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the "
            "per-table limit of 20");
  must(database->update_table({.name = "Music", .index_changes = {DeleteIndex{"Gsi19"}}}));
  database->wait_for_background();
  must(add("Again", "other"));
  EXPECT_EQ(database.table("Music")->definition.attribute_definitions.size(), 3u);
}

}  // namespace
}  // namespace dynolith::test
