// Every connection: tables and their settings.
#include <chrono>
#include <thread>

#include "storage/engine/table_update.h"
#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/storage/engine/fixture.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using storage::TableStatus;
using test::definition;
using test::global_index;
using test::item_from;
using test::key_schema;

bool is_there(Connection& connection, const std::string& table) {
  const auto state = connection.describe_table({.table = table});
  return state.ok() && state->status != TableStatus::kDeleting;
}

TEST_P(ConnectionConformance, DescribesATable) {
  const auto described = connection().describe_table({.table = "Songs"});
  ASSERT_TRUE(described.ok()) << message_of(error_of(described));
  const storage::TableDefinition& table = described->definition;
  EXPECT_EQ(table.name, "Songs");
  EXPECT_EQ(described->status, TableStatus::kActive);
  EXPECT_EQ(table.key, key_schema({"artist"}, {"title"}));
  EXPECT_EQ(table.billing_mode, storage::BillingMode::kPayPerRequest);
  EXPECT_FALSE(table.stream_view_type);
  EXPECT_FALSE(table.deletion_protection);
  EXPECT_EQ(described->time_to_live_attribute, "");
  std::vector<std::string> names;
  for (const auto& index : table.indexes) {
    names.push_back(index.name);
    if (index.name == "byYear") {
      EXPECT_EQ(index.kind, storage::IndexKind::kLocal);
      EXPECT_EQ(index.key, key_schema({"artist"}, {"year:N"}));
      EXPECT_EQ(index.projection.type, storage::ProjectionType::kKeysOnly);
    } else if (index.name == "byPlace") {
      EXPECT_EQ(index.kind, storage::IndexKind::kGlobal);
      EXPECT_EQ(index.key, key_schema({"country", "city"}, {"year:N", "title"}));
      EXPECT_EQ(index.projection.type, storage::ProjectionType::kAll);
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"byYear", "byGenre", "byLabel", "byPlace"}));
  ASSERT_EQ(described->indexes.size(), 4u);
  for (const IndexState& index : described->indexes)
    EXPECT_EQ(index.status, storage::IndexStatus::kActive) << index.name;
}

TEST_P(ConnectionConformance, CreatesATableOnce) {
  const auto table = definition("Things", key_schema({"id:B"}));
  ASSERT_TRUE(connection().create_table({table}).ok());
  const auto again = connection().create_table({table});
  EXPECT_EQ(refused(error_of(again), ErrorCode::kTableInUse), "Table already exists: Things");
  EXPECT_EQ(again.error().service_code, "ResourceInUseException");
  put("Things", "{id: b\"00ff\"}");
  EXPECT_EQ(get("Things", "{id: b\"00ff\"}"), "{id: b\"00ff\"}");
}

TEST_P(ConnectionConformance, CreatesATableWithAllItsSettings) {
  auto table = definition(
      "Things", key_schema({"id"}),
      {global_index("byName", key_schema({"name"}), storage::ProjectionType::kInclude, {"age"})});
  table.billing_mode = storage::BillingMode::kProvisioned;
  table.throughput = {5, 6};
  table.indexes[0].throughput = storage::Throughput{7, 8};
  table.stream_view_type = storage::StreamViewType::kNewAndOldImages;
  table.deletion_protection = true;
  const auto created = connection().create_table({table});
  ASSERT_TRUE(created.ok()) << message_of(error_of(created));
  const auto described = connection().describe_table({.table = "Things"});
  ASSERT_TRUE(described.ok()) << message_of(error_of(described));
  EXPECT_EQ(described->definition.throughput, table.throughput);
  EXPECT_EQ(described->definition.stream_view_type, table.stream_view_type);
  EXPECT_TRUE(described->definition.deletion_protection);
  ASSERT_EQ(described->definition.indexes.size(), 1u);
  EXPECT_EQ(described->definition.indexes[0].projection, table.indexes[0].projection);
  EXPECT_EQ(described->definition.indexes[0].throughput, table.indexes[0].throughput);

  refused(error_of(connection().delete_table({.table = "Things"})), ErrorCode::kBadRequest);
  EXPECT_TRUE(is_there(connection(), "Things"));
}

TEST_P(ConnectionConformance, RefusesTablesThatMakeNoSense) {
  auto table = definition("Things", key_schema({"id"}));
  table.attribute_definitions.push_back({"other", storage::AttributeType::kString});
  EXPECT_EQ(refused(error_of(connection().create_table({table})), ErrorCode::kBadRequest),
            "One or more parameter values were invalid: Number of attributes in KeySchema does not "
            "exactly match number of attributes defined in AttributeDefinitions");
  auto nameless = definition("a b", key_schema({"id"}));
  refused(error_of(connection().create_table({nameless})), ErrorCode::kBadRequest);
  EXPECT_FALSE(is_there(connection(), "Things"));
}

TEST_P(ConnectionConformance, UpdatesATablesSettings) {
  storage::TableUpdate update{.name = "Users"};
  update.billing_mode = storage::BillingMode::kProvisioned;
  update.throughput = storage::Throughput{3, 4};
  const auto updated = connection().update_table({update});
  ASSERT_TRUE(updated.ok()) << message_of(error_of(updated));
  const auto described = connection().describe_table({.table = "Users"});
  ASSERT_TRUE(described.ok());
  EXPECT_EQ(described->definition.billing_mode, storage::BillingMode::kProvisioned);
  EXPECT_EQ(described->definition.throughput, (storage::Throughput{3, 4}));
  refused(error_of(connection().update_table({{.name = "Users"}})), ErrorCode::kBadRequest);
}

// An index is filled in the background, in real time, whatever the connection's clock says.
bool becomes_active(Connection& connection, const std::string& table) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    const auto described = connection.describe_table({.table = table});
    if (!described.ok() || described->indexes.size() != 1) return false;
    if (described->indexes[0].status == storage::IndexStatus::kActive &&
        described->status == TableStatus::kActive)
      return true;
    std::this_thread::yield();
  }
  return false;
}

TEST_P(ConnectionConformance, AddsAndRemovesAnIndex) {
  put("Users", R"({id: 1, name: "a", title: "A"})");
  storage::TableUpdate update{.name = "Users"};
  update.attribute_definitions = {{"id", storage::AttributeType::kNumber},
                                  {"name", storage::AttributeType::kString}};
  update.index_changes.emplace_back(
      storage::CreateIndex{global_index("byName", key_schema({"name"}))});
  const auto created = connection().update_table({update});
  ASSERT_TRUE(created.ok()) << message_of(error_of(created));
  ASSERT_TRUE(becomes_active(connection(), "Users"));
  RangeRequest by_name{.table = "Users", .index = "byName"};
  by_name.key_clauses.push_back(trees::clause("name", "=", "\"a\""));
  EXPECT_EQ(read_page(by_name).titles, (std::vector<std::string>{"A"}));

  storage::TableUpdate removal{.name = "Users"};
  removal.index_changes.emplace_back(storage::DeleteIndex{"byName"});
  const auto removed = connection().update_table({removal});
  ASSERT_TRUE(removed.ok()) << message_of(error_of(removed));
  refused(error_of(connection().read_range(by_name, [](const ItemView&) {})),
          ErrorCode::kBadRequest);
}

TEST_P(ConnectionConformance, DeletesATableWithItsItems) {
  put("Users", "{id: 1}");
  const auto deleted = connection().delete_table({.table = "Users"});
  ASSERT_TRUE(deleted.ok()) << message_of(error_of(deleted));
  EXPECT_FALSE(is_there(connection(), "Users"));
  refused(error_of(connection().delete_table({.table = "Users"})), ErrorCode::kTableNotFound);
  refused(error_of(connection().put({.table = "Users", .item = item_from("{id: 1}")})),
          ErrorCode::kTableNotFound);
  ASSERT_TRUE(connection().create_table({definition("Users", key_schema({"id:N"}))}).ok());
  EXPECT_EQ(get("Users", "{id: 1}"), "absent");
}

TEST_P(ConnectionConformance, TurnsTimeToLiveOnAndOff) {
  const TimeToLiveRequest on{.table = "Users", .attribute = "expires"};
  const auto turned_on = connection().set_time_to_live(on);
  ASSERT_TRUE(turned_on.ok()) << message_of(error_of(turned_on));
  EXPECT_EQ(connection().describe_table({.table = "Users"})->time_to_live_attribute, "expires");
  EXPECT_EQ(refused(error_of(connection().set_time_to_live(on)), ErrorCode::kBadRequest),
            "TimeToLive is already enabled");
  const TimeToLiveRequest off{.table = "Users", .attribute = "expires", .enabled = false};
  const auto turned_off = connection().set_time_to_live(off);
  ASSERT_TRUE(turned_off.ok()) << message_of(error_of(turned_off));
  EXPECT_EQ(connection().describe_table({.table = "Users"})->time_to_live_attribute, "");
  refused(error_of(connection().set_time_to_live({.table = "Users"})), ErrorCode::kBadRequest);
}

}  // namespace
}  // namespace dynolith::odm
