// Thousands of random writes against a std::map that does the same; then everything that can be
// read must be what the map says: items, index entries, tallies, and pages of every length both
// ways.
#include <algorithm>
#include <map>
#include <random>

#include "tests/storage/engine/fixture.h"
#include "tests/support/temp_dir.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

using ModelKey = std::pair<std::string, int>;

struct Model {
  std::map<ModelKey, Item> items;

  // What an index should hold of an item, if anything.
  static std::optional<Item> entry(const Table& table, const Index& index, const Item& item) {
    std::vector<std::string> names;
    for (const auto* schema : {&index.definition.key, &table.key()}) {
      for (const auto* role : {&schema->partition, &schema->sort})
        for (const KeyAttribute& attribute : *role) names.push_back(attribute.name);
    }
    for (const std::string& name : names)
      if (!item.contains(name)) return std::nullopt;
    if (index.definition.projection.type == ProjectionType::kAll) return item;
    const auto& more = index.definition.projection.non_key_attributes;
    names.insert(names.end(), more.begin(), more.end());
    Item projected;
    for (const std::string& name : names)
      if (const auto found = item.find(name); found != item.end()) projected.insert(*found);
    return projected;
  }

  std::vector<Item> entries(const Table& table, const Index& index) const {
    std::vector<Item> all;
    for (const auto& [key, item] : items)
      if (auto projected = entry(table, index, item)) all.push_back(*std::move(projected));
    return all;
  }

  std::vector<Item> all() const {
    std::vector<Item> all;
    for (const auto& [key, item] : items) all.push_back(item);
    return all;
  }
};

// Bytes that tell items apart, to compare collections without an order.
std::vector<std::string> sorted_bytes(const std::vector<Item>& items) {
  std::vector<std::string> bytes;
  for (const Item& item : items) bytes.push_back(encode_item(item).bytes);
  std::sort(bytes.begin(), bytes.end());
  return bytes;
}

int64_t item_bytes(const std::vector<Item>& items) {
  int64_t bytes = 0;
  for (const Item& item : items) bytes += encode_item(item).view().item_bytes();
  return bytes;
}

class ModelTest : public testing::TestWithParam<unsigned> {
 protected:
  void open(const std::string& directory) {
    database.open(directory);
    table = database.create(definition(
        "Table", key_schema({"p"}, {"s:N"}),
        {local_index("LocalKeys", key_schema({"p"}, {"l"}), ProjectionType::kKeysOnly),
         local_index("LocalAll", key_schema({"p"}, {"n:N"})),
         global_index("All", key_schema({"g"}, {"n:N"})),
         global_index("Keys", key_schema({"g"}), ProjectionType::kKeysOnly),
         global_index("Some", key_schema({"l"}, {"g"}), ProjectionType::kInclude, {"x", "p"}),
         global_index("Multi", key_schema({"g", "l"}, {"n:N", "b:B"})),
         global_index("Reverse", key_schema({"s:N"}, {"p"}), ProjectionType::kInclude, {"y"})}));
  }

  int below(int bound) { return static_cast<int>(random() % static_cast<unsigned>(bound)); }
  bool chance(int percent) { return below(100) < percent; }
  AttributeValue value(const std::string& name) {
    if (name == "n") return number(std::to_string(below(5) - 2));
    if (name == "b") return Binary{std::string(static_cast<size_t>(below(3) + 1), '\0')};
    if (name == "g" || name == "l") return std::string(static_cast<size_t>(below(3) + 1), 'g');
    if (chance(20)) return List{below(3), "in a list"};
    return std::string(static_cast<size_t>(below(20)), 'x');
  }
  ModelKey random_key() { return {std::string(1, static_cast<char>('a' + below(4))), below(12)}; }
  static Item key_item(const ModelKey& key) { return {{"p", key.first}, {"s", key.second}}; }
  Item random_item(const ModelKey& key) {
    Item item = key_item(key);
    for (const char* name : {"g", "l", "n", "b", "x", "y"})
      if (chance(70)) item[name] = value(name);
    return item;
  }

  void random_write() {
    const ModelKey key = random_key();
    if (chance(20)) return erase(key);
    if (chance(50)) return put(key);
    if (chance(10)) return transaction();
    update(key);
  }
  void put(const ModelKey& key) {
    Item item = random_item(key);
    const bool conditional = chance(20);
    const Condition absent = not_exists("p");
    const auto outcome = database.put(table, item, conditional ? &absent : nullptr);
    ASSERT_EQ(outcome.ok(), !conditional || !model.items.contains(key));
    if (outcome) model.items[key] = std::move(item);
  }
  void erase(const ModelKey& key) {
    const auto outcome = must(database.erase(table, key_item(key)));
    ASSERT_EQ(outcome.old_item.exists(), model.items.erase(key) == 1);
  }
  void update(const ModelKey& key) {
    const char* const kNames[] = {"g", "l", "n", "b", "x", "y"};
    const std::string name = kNames[below(6)];
    if (chance(30)) {
      must(database.update(table, key_item(key), remove(name)));
      if (const auto found = model.items.find(key); found != model.items.end())
        found->second.erase(name);
      return;
    }
    const AttributeValue assigned = value(name);
    must(database.update(table, key_item(key), set(name, assigned)));
    model.items.try_emplace(key, key_item(key)).first->second[name] = assigned;
  }
  void transaction() {
    std::map<ModelKey, std::optional<Item>> changes;
    for (int i = below(4) + 1; i > 0; --i) {
      const ModelKey key = random_key();
      changes[key] = chance(30) ? std::nullopt : std::optional(random_item(key));
    }
    std::vector<ItemWrite> writes;
    for (const auto& [key, item] : changes)
      writes.push_back(item ? put_write(table, *item) : delete_write(table, key_item(key)));
    must(database->apply(writes));
    for (const auto& [key, item] : changes) {
      if (item)
        model.items[key] = *item;
      else
        model.items.erase(key);
    }
  }

  void expect_same(const Index* index) {
    const auto expected = index ? model.entries(*table, *index) : model.all();
    const auto stored = database.read_all({.table = table, .index = index});
    ASSERT_EQ(sorted_bytes(stored), sorted_bytes(expected));
    const auto position = static_cast<size_t>(index - table->indexes.data());
    const auto tally = index ? database.index_tally(table, position) : database.tally(table);
    EXPECT_EQ(tally.count, static_cast<int64_t>(expected.size()));
    EXPECT_EQ(tally.bytes, item_bytes(expected));
    RangeRead read{.table = table, .index = index, .forward = false};
    auto backward = database.read_all(read);
    std::reverse(backward.begin(), backward.end());
    EXPECT_EQ(backward, stored);
  }
  void expect_everything_same() {
    expect_same(nullptr);
    for (const Index& index : table->indexes) expect_same(&index);
  }

  // Every partition, both ways, in pages of every length.
  void expect_pages_same(const Index* index) {
    const KeySchema& schema = index ? index->definition.key : table->key();
    std::map<std::string, std::vector<KeyClause>> partitions;
    for (const Item& item : database.read_all({.table = table, .index = index})) {
      std::string id;
      std::vector<KeyClause> clauses;
      for (const KeyAttribute& attribute : schema.partition) {
        clauses.push_back(
            {attribute.name, KeyOperator::kEqual, encode_value(item.at(attribute.name)), {}});
        id += clauses.back().value.bytes + '|';
      }
      partitions[id] = std::move(clauses);
    }
    for (const auto& [id, clauses] : partitions) {
      const KeyCondition condition = must(bind_key_condition(schema, clauses));
      RangeRead read{.table = table, .index = index, .key_condition = &condition};
      const auto whole = database.read(read);
      expect_sorted(schema, whole);
      for (uint32_t limit = 1; limit <= whole.size() + 1; ++limit) {
        read.limit = limit;
        read.forward = true;
        ASSERT_EQ(database.read_all(read), whole);
        read.forward = false;
        auto backward = database.read_all(read);
        std::reverse(backward.begin(), backward.end());
        ASSERT_EQ(backward, whole);
      }
    }
  }
  static void expect_sorted(const KeySchema& schema, const std::vector<Item>& items) {
    EXPECT_TRUE(std::is_sorted(items.begin(), items.end(), [&](const Item& a, const Item& b) {
      for (const KeyAttribute& attribute : schema.sort) {
        const AttributeValue &left = a.at(attribute.name), &right = b.at(attribute.name);
        if (left == right) continue;
        if (attribute.type == AttributeType::kNumber)
          return *left.get_if<Number>() < *right.get_if<Number>();
        return text_of(left) < text_of(right);
      }
      return false;
    }));
  }

  std::mt19937 random{GetParam()};
  TestDatabase database;
  TablePtr table;
  Model model;
};

TEST_P(ModelTest, RandomWritesLeaveWhatTheModelSays) {
  open("");
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 200; ++i) random_write();
    expect_everything_same();
  }
  expect_pages_same(nullptr);
  for (const Index& index : table->indexes) expect_pages_same(&index);
}

TEST_P(ModelTest, RestartsChangeNothing) {
  const TempDir directory;
  open(directory.path());
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) random_write();
    database.close();
    database.open(directory.path());
    table = database.table("Table");
    expect_everything_same();
  }
}

TEST_P(ModelTest, DeletingEverythingLeavesNothing) {
  open("");
  for (int i = 0; i < 300; ++i) random_write();
  while (!model.items.empty()) erase(model.items.begin()->first);
  expect_everything_same();
  EXPECT_EQ(database.tally(table).bytes, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, testing::Values(1u, 2u, 3u));

}  // namespace
}  // namespace dynolith::test
