#include "storage/engine/write_capacity.h"

#include "tests/storage/engine/fixture.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

TEST(WriteCapacity, RoundsUpToWholeUnits) {
  EXPECT_EQ(write_units(0), 0);
  EXPECT_EQ(write_units(1), 1);
  EXPECT_EQ(write_units(1024), 1);
  EXPECT_EQ(write_units(1025), 2);
  EXPECT_EQ(table_write_units(0, 0), 1);
  EXPECT_EQ(table_write_units(1024, 10), 1);
  EXPECT_EQ(table_write_units(10, 1025), 2);
  EXPECT_EQ(table_write_units(400 * 1024, 1), 400);
}

// What it costs to bring the item from `before` to `after` (no attributes: absent), as
// "table index:units ...".
struct CapacityCase {
  const char* name;
  Item before, after;
  std::string cost;
};

const std::string kKilobyte(1024, 'x');

const CapacityCase kCases[] = {
    {"insert, no index key", {}, {{"x", 1}}, "1"},
    {"insert", {}, {{"g", "a"}, {"l", "b"}}, "1 Lsi:1 All:1 Keys:1 Some:1"},
    {"insert into the global ones", {}, {{"g", "a"}}, "1 All:1 Keys:1 Some:1"},
    {"nothing changes", {{"g", "a"}, {"x", 1}}, {{"g", "a"}, {"x", 1}}, "1"},
    {"an attribute that only All holds", {{"g", "a"}, {"x", 1}}, {{"g", "a"}, {"x", 2}}, "1 All:1"},
    {"an attribute that Some includes",
     {{"g", "a"}, {"i", 1}},
     {{"g", "a"}, {"i", 2}},
     "1 All:1 Some:1"},
    {"a key changes", {{"g", "a"}}, {{"g", "b"}}, "1 All:2 Keys:2 Some:2"},
    {"a key goes", {{"g", "a"}, {"x", 1}}, {{"x", 1}}, "1 All:1 Keys:1 Some:1"},
    {"a key comes", {{"x", 1}}, {{"g", "a"}, {"x", 1}}, "1 All:1 Keys:1 Some:1"},
    {"deleted", {{"g", "a"}, {"l", "b"}}, {}, "1 Lsi:1 All:1 Keys:1 Some:1"},
    {"deleted without index keys", {{"x", 1}}, {}, "1"},
    {"absent deleted", {}, {}, "1"},
    {"large insert", {}, {{"g", "a"}, {"x", kKilobyte}}, "2 All:2 Keys:1 Some:1"},
    {"large delete", {{"g", "a"}, {"i", kKilobyte}}, {}, "2 All:2 Keys:1 Some:2"},
    {"shrinks", {{"g", "a"}, {"x", kKilobyte}}, {{"g", "a"}, {"x", 1}}, "2 All:2"},
    {"grows", {{"g", "a"}, {"i", 1}}, {{"g", "a"}, {"i", kKilobyte}}, "2 All:2 Some:2"},
    {"large, its key changes",
     {{"g", "a"}, {"x", kKilobyte}},
     {{"g", "b"}, {"x", kKilobyte}},
     "2 All:4 Keys:2 Some:2"},
    {"large rewritten as it was",
     {{"g", "a"}, {"x", kKilobyte}},
     {{"g", "a"}, {"x", kKilobyte}},
     "2"},
};

std::string shown(const WriteOutcome& outcome) {
  const auto integer = [](double units) { return std::to_string(static_cast<int>(units)); };
  std::string text = integer(outcome.table_write_units);
  for (const IndexCharge& charge : outcome.index_charges)
    text += " " + charge.index->definition.name + ":" + integer(charge.write_units);
  return text;
}

TEST(WriteCapacity, ChargesTheTableAndEachIndexThatChanges) {
  TestDatabase database;
  const TablePtr table = database.create(
      definition("Table", key_schema({"p"}, {"s"}),
                 {local_index("Lsi", key_schema({"p"}, {"l"}), ProjectionType::kKeysOnly),
                  global_index("All", key_schema({"g"})),
                  global_index("Keys", key_schema({"g"}), ProjectionType::kKeysOnly),
                  global_index("Some", key_schema({"g"}), ProjectionType::kInclude, {"i"})}));
  const Item key{{"p", "p"}, {"s", "s"}};
  for (const CapacityCase& c : kCases) {
    must(database.erase(table, key));
    const auto full = [&](const Item& attributes) {
      Item item = key;
      item.insert(attributes.begin(), attributes.end());
      return item;
    };
    if (!c.before.empty()) must(database.put(table, full(c.before)));
    const auto outcome =
        c.after.empty() ? database.erase(table, key) : database.put(table, full(c.after));
    EXPECT_EQ(shown(must(outcome)), c.cost) << c.name;
  }
}

TEST(WriteCapacity, AConditionCheckCostsByTheItemItReads) {
  TestDatabase database;
  const TablePtr table = database.create(definition("Table", key_schema({"p"})));
  must(database.put(table, {{"p", "a"}, {"x", kKilobyte}}));
  const Condition present = exists("p");
  ItemWrite check = delete_write(table, {{"p", "a"}});
  check.action = ConditionCheck{};
  check.condition = &present;
  const std::vector writes{check};
  const auto outcomes = must(database->apply(writes));
  EXPECT_EQ(outcomes[0].table_write_units, 2);
  EXPECT_TRUE(database.get(table, {{"p", "a"}}));
}

}  // namespace
}  // namespace dynolith::test
