#include "storage/engine/range_reader.h"

#include <set>

#include "tests/storage/engine/fixture.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;
using Texts = std::vector<std::string>;

KeyClause clause(std::string attribute, KeyOperator op, const AttributeValue& value) {
  return {std::move(attribute), op, encode_value(value), {}};
}

KeyCondition condition_on(const KeySchema& schema, std::vector<KeyClause> clauses) {
  return must(bind_key_condition(schema, std::move(clauses)));
}

struct RangeReaderTest : testing::Test {
  TestDatabase database;
  TablePtr table = database.create(
      definition("Table", key_schema({"p"}, {"s:N"}),
                 {local_index("Keys", key_schema({"p"}, {"l"}), ProjectionType::kKeysOnly),
                  local_index("Some", key_schema({"p"}, {"l"}), ProjectionType::kInclude, {"i"}),
                  global_index("Gsi", key_schema({"g"}, {"r:N"})),
                  global_index("Plain", key_schema({"g"}), ProjectionType::kKeysOnly)}));
  const KeyCondition in_a = condition_on(table->key(), {clause("p", KeyOperator::kEqual, "a")});

  const Index* index(const char* name) { return table->find_index(name); }
  void put(const char* partition, int sort, Item more = {}) {
    more["p"] = partition;
    more["s"] = sort;
    must(database.put(table, more));
  }
  void put_ten() {
    for (const int sort : {3, 10, -5, 0, 7, 1, 2, 9, 8, 100}) put("a", sort);
  }
  RangeRead query() { return {.table = table, .key_condition = &in_a}; }
};

const Texts kTen{"-5", "0", "1", "2", "3", "7", "8", "9", "10", "100"};

Texts reversed(Texts texts) {
  std::reverse(texts.begin(), texts.end());
  return texts;
}

TEST_F(RangeReaderTest, AQueryGivesItsPartitionInOrderBothWays) {
  put_ten();
  put("b", 5);
  RangeRead read = query();
  EXPECT_EQ(column(database.read(read), "s"), kTen);
  read.forward = false;
  EXPECT_EQ(column(database.read(read), "s"), reversed(kTen));
}

TEST_F(RangeReaderTest, ASortConditionNarrowsIt) {
  put_ten();
  const auto sorts = [&](KeyOperator op, int value) {
    const KeyCondition condition =
        condition_on(table->key(), {clause("p", KeyOperator::kEqual, "a"), clause("s", op, value)});
    return column(database.read({.table = table, .key_condition = &condition}), "s");
  };
  EXPECT_EQ(sorts(KeyOperator::kEqual, 7), Texts{"7"});
  EXPECT_EQ(sorts(KeyOperator::kLess, 1), (Texts{"-5", "0"}));
  EXPECT_EQ(sorts(KeyOperator::kLessOrEqual, 1), (Texts{"-5", "0", "1"}));
  EXPECT_EQ(sorts(KeyOperator::kGreater, 9), (Texts{"10", "100"}));
  EXPECT_EQ(sorts(KeyOperator::kGreaterOrEqual, 9), (Texts{"9", "10", "100"}));
  EXPECT_EQ(sorts(KeyOperator::kGreater, 100), Texts{});
}

TEST_F(RangeReaderTest, EveryLimitGivesTheSameItemsInPages) {
  put_ten();
  for (const bool forward : {true, false}) {
    for (uint32_t limit = 1; limit <= 12; ++limit) {
      RangeRead read = query();
      read.forward = forward;
      read.limit = limit;
      EXPECT_EQ(column(database.read_all(read), "s"), forward ? kTen : reversed(kTen)) << limit;
    }
  }
}

TEST_F(RangeReaderTest, APageThatEndsByItsLimitSaysWhereItEnded) {
  put_ten();
  RangeRead read = query();
  RangePage page;
  read.limit = 4;
  database.read(read, &page);
  EXPECT_EQ(page.count, 4u);
  EXPECT_EQ(page.scanned_count, 4u);
  EXPECT_EQ(to_item(page.last_evaluated_key.view()), (Item{{"p", "a"}, {"s", 2}}));
  read.limit = 10;  // Nothing follows, but the page does not know.
  database.read(read, &page);
  EXPECT_TRUE(page.last_evaluated_key.exists());
  read.exclusive_start_key = page.last_evaluated_key;
  EXPECT_TRUE(database.read(read, &page).empty());
  EXPECT_FALSE(page.last_evaluated_key.exists());
  read.limit = 11;
  read.exclusive_start_key = {};
  database.read(read, &page);
  EXPECT_FALSE(page.last_evaluated_key.exists());
}

TEST_F(RangeReaderTest, APageOfAnIndexEndsWithTableAndIndexKeys) {
  put("a", 1, {{"g", "x"}, {"r", 5}, {"more", 1}});
  RangePage page;
  database.read({.table = table, .index = index("Gsi"), .limit = 1}, &page);
  EXPECT_EQ(to_item(page.last_evaluated_key.view()),
            (Item{{"p", "a"}, {"s", 1}, {"g", "x"}, {"r", 5}}));
  database.read({.table = table, .index = index("Plain"), .limit = 1}, &page);
  EXPECT_EQ(to_item(page.last_evaluated_key.view()), (Item{{"p", "a"}, {"s", 1}, {"g", "x"}}));
}

TEST_F(RangeReaderTest, APageEndsWithTheItemThatReachesAMegabyte) {
  for (int i = 0; i < 8; ++i) put("a", i, {{"x", std::string(300'000, 'x')}});
  RangePage page;
  RangeRead read = query();
  EXPECT_EQ(column(database.read(read, &page), "s"), (Texts{"0", "1", "2", "3"}));
  EXPECT_GT(page.evaluated_bytes, 1'200'000u);
  read.forward = false;
  EXPECT_EQ(column(database.read(read, &page), "s"), (Texts{"7", "6", "5", "4"}));
  EXPECT_EQ(column(database.read_all(read), "s").size(), 8u);
}

TEST_F(RangeReaderTest, ThePageBoundIsExact) {
  put("a", 1, {{"x", "12345"}});  // p a, s 1 (2 bytes), x 12345: 2 + 3 + 6 bytes.
  put("a", 2);
  RangePage page;
  RangeRead read = query();
  read.page_bytes_max = 11;
  EXPECT_EQ(database.read(read, &page).size(), 1u);
  EXPECT_EQ(page.evaluated_bytes, 11u);
  read.page_bytes_max = 12;
  EXPECT_EQ(database.read(read, &page).size(), 2u);
}

TEST_F(RangeReaderTest, AFilterDropsWhatTheLimitHasCounted) {
  for (int i = 0; i < 6; ++i) put("a", i, {{"even", i % 2 == 0}});
  const Condition even = equals("even", true);
  RangePage page;
  RangeRead read = query();
  read.filter = &even;
  read.limit = 3;
  EXPECT_EQ(column(database.read(read, &page), "s"), (Texts{"0", "2"}));
  EXPECT_EQ(page.count, 2u);
  EXPECT_EQ(page.scanned_count, 3u);
  const Condition none = equals("even", "no");
  read.filter = &none;
  EXPECT_TRUE(database.read(read, &page).empty());
  EXPECT_EQ(page.scanned_count, 3u);
  EXPECT_EQ(to_item(page.last_evaluated_key.view()), (Item{{"p", "a"}, {"s", 2}}));
}

TEST_F(RangeReaderTest, AProjectionIsAppliedAfterTheFilter) {
  put("a", 1, {{"x", 1}, {"y", 2}});
  put("a", 2, {{"x", 1}});
  const Condition one = equals("x", 1);
  const Projection projection{{DocumentPath{{"y"}}}};
  RangeRead read = query();
  read.filter = &one;
  read.projection = &projection;
  EXPECT_EQ(database.read(read), (std::vector<Item>{{{"y", 2}}, {}}));
}

TEST_F(RangeReaderTest, CountingCallsNobody) {
  put_ten();
  RangeRead read = query();
  read.count_only = true;
  RangePage page;
  EXPECT_TRUE(database.read(read, &page).empty());
  EXPECT_EQ(page.count, 10u);
}

TEST_F(RangeReaderTest, IndexEntriesHoldWhatIsProjected) {
  const Item whole{{"p", "a"}, {"s", 1}, {"l", "l"}, {"g", "g"}, {"r", 2}, {"i", 3}, {"x", 4}};
  must(database.put(table, whole));
  const auto entry = [&](const char* name) {
    return database.read({.table = table, .index = index(name)})[0];
  };
  EXPECT_EQ(entry("Keys"), (Item{{"p", "a"}, {"s", 1}, {"l", "l"}}));
  EXPECT_EQ(entry("Some"), (Item{{"p", "a"}, {"s", 1}, {"l", "l"}, {"i", 3}}));
  EXPECT_EQ(entry("Gsi"), whole);
  EXPECT_EQ(entry("Plain"), (Item{{"p", "a"}, {"s", 1}, {"g", "g"}}));
}

TEST_F(RangeReaderTest, AnItemWithoutAllOfAnIndexsKeysIsNotInIt) {
  put("a", 1, {{"g", "x"}, {"r", 1}});
  put("a", 2, {{"g", "x"}});
  put("a", 3, {{"r", 1}});
  put("a", 4);
  EXPECT_EQ(column(database.read({.table = table, .index = index("Gsi")}), "s"), Texts{"1"});
  EXPECT_EQ(database.read({.table = table, .index = index("Plain")}).size(), 2u);
  EXPECT_TRUE(database.read({.table = table, .index = index("Keys")}).empty());
}

TEST_F(RangeReaderTest, EntriesWithEqualIndexKeysAreAllThereInAnyPages) {
  for (int i = 0; i < 9; ++i) put(i % 2 ? "a" : "b", i, {{"g", "x"}, {"r", i / 3}});
  const KeyCondition condition =
      condition_on(index("Gsi")->definition.key, {clause("g", KeyOperator::kEqual, "x")});
  RangeRead read{.table = table, .index = index("Gsi"), .key_condition = &condition};
  const Texts all = column(database.read(read), "s");
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 9u);
  EXPECT_EQ(column(database.read(read), "r"), (Texts{"0", "0", "0", "1", "1", "1", "2", "2", "2"}));
  for (const bool forward : {true, false}) {
    for (uint32_t limit = 1; limit <= 10; ++limit) {
      read.forward = forward;
      read.limit = limit;
      EXPECT_EQ(column(database.read_all(read), "s"), forward ? all : reversed(all));
    }
  }
}

struct FetchTest : RangeReaderTest {
  const KeyCondition of_a =
      condition_on(index("Keys")->definition.key, {clause("p", KeyOperator::kEqual, "a")});
  RangeRead fetching() {
    return {
        .table = table, .index = index("Keys"), .key_condition = &of_a, .fetch_base_items = true};
  }
};

TEST_F(FetchTest, GivesWholeItemsInTheIndexsOrder) {
  for (int i = 0; i < 40; ++i)
    put("a", i, {{"l", std::string(1, static_cast<char>('z' - i % 20))}, {"x", i}});
  RangePage page;
  RangeRead read = fetching();
  const auto items = database.read(read, &page);
  ASSERT_EQ(items.size(), 40u);
  for (const Item& item : items) EXPECT_EQ(item.at("x"), item.at("s"));
  EXPECT_TRUE(std::is_sorted(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return text_of(a.at("l")) < text_of(b.at("l"));
  }));
  EXPECT_EQ(page.base_read_units, 20.0);
  const Texts all = column(items, "s");
  for (const uint32_t limit : {1u, 2u, 15u, 16u, 17u, 31u, 32u, 33u, 40u, 41u}) {
    read.limit = limit;
    EXPECT_EQ(column(database.read_all(read), "s"), all) << limit;
    database.read(read, &page);
    EXPECT_EQ(page.scanned_count, std::min(limit, 40u));
    EXPECT_EQ(page.base_read_units, std::min(limit, 40u) * 0.5);
  }
}

TEST_F(FetchTest, FiltersByTheWholeItemAndCountsEntries) {
  put("a", 1, {{"l", "a"}, {"x", 1}});
  put("a", 2, {{"l", "b"}, {"x", 2}});
  const Condition two = equals("x", 2);
  RangeRead read = fetching();
  read.filter = &two;
  RangePage page;
  EXPECT_EQ(column(database.read(read, &page), "s"), Texts{"2"});
  EXPECT_EQ(page.scanned_count, 2u);
  EXPECT_EQ(page.evaluated_bytes, 2u * (2 + 3 + 2));
}

TEST_F(FetchTest, AFetchOfLargeItemsCostsByTheItemAndEndsAtAMegabyte) {
  for (int i = 0; i < 8; ++i) put("a", i, {{"l", "l"}, {"x", std::string(300'000, 'x')}});
  RangePage page;
  EXPECT_EQ(database.read(fetching(), &page).size(), 4u);
  EXPECT_EQ(page.base_read_units, 4 * 0.5 * 74);
  EXPECT_EQ(database.read_all(fetching()).size(), 8u);
}

TEST_F(RangeReaderTest, SegmentsAreDisjointAndComplete) {
  for (int i = 0; i < 60; ++i)
    must(database.put(
        table,
        {{"p", "part" + std::to_string(i)}, {"s", i}, {"g", std::to_string(i % 9)}, {"r", i}}));
  for (const Index* which : {static_cast<const Index*>(nullptr), index("Gsi")}) {
    for (const uint32_t total : {1u, 2u, 3u, 7u, 1000u}) {
      std::multiset<std::string> seen;
      for (uint32_t segment = 0; segment < total; ++segment) {
        RangeRead read{.table = table, .index = which, .segment = ScanSegment{segment, total}};
        read.limit = 7;
        for (const auto& s : column(database.read_all(read), "s")) seen.insert(s);
      }
      EXPECT_EQ(seen.size(), 60u) << total;
      EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 60u) << total;
    }
  }
}

TEST_F(RangeReaderTest, ASegmentBeyondTheTotalIsRefused) {
  RangeRead read{.table = table, .segment = ScanSegment{2, 2}};
  EXPECT_EQ(message_of(database->read_range(read, [](const ItemView&) {})),
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            "Segment: 2 is not less than TotalSegments: 2");
}

TEST_F(RangeReaderTest, AScanIsOfOneMoment) {
  for (int i = 0; i < 20; ++i) put("a", i, {{"g", "x"}, {"r", i}});
  int seen = 0;
  must(database->read_range({.table = table}, [&](const ItemView&) {
    put("a", 100 + seen++);  // The scan does not see it, nor does it stop it.
  }));
  EXPECT_EQ(seen, 20);
}

struct MultiKeyTest : testing::Test {
  TestDatabase database;
  TablePtr table = database.create(
      definition("Table", key_schema({"id"}),
                 {global_index("Gsi", key_schema({"a", "b:N"}, {"c", "d:N", "e"}))}));
  const Index* gsi = &table->indexes[0];

  void SetUp() override {
    int id = 0;
    for (const char* c : {"x", "y"})
      for (const int d : {-1, 2, 10})
        for (const char* e : {"m", "n"})
          must(database.put(
              table,
              {{"id", std::to_string(id++)}, {"a", "a"}, {"b", 1}, {"c", c}, {"d", d}, {"e", e}}));
    must(database.put(table,
                      {{"id", "other"}, {"a", "a"}, {"b", 2}, {"c", "x"}, {"d", 2}, {"e", "m"}}));
    must(database.put(table, {{"id", "sparse"}, {"a", "a"}, {"b", 1}, {"c", "x"}, {"d", 2}}));
  }
  Texts ids(std::vector<KeyClause> more, uint32_t limit = 100, bool forward = true) {
    std::vector<KeyClause> clauses{clause("a", KeyOperator::kEqual, "a"),
                                   clause("b", KeyOperator::kEqual, 1)};
    clauses.insert(clauses.end(), more.begin(), more.end());
    const KeyCondition condition = condition_on(gsi->definition.key, clauses);
    return column(database.read_all({.table = table,
                                     .index = gsi,
                                     .key_condition = &condition,
                                     .forward = forward,
                                     .limit = limit}),
                  "id");
  }
};

TEST_F(MultiKeyTest, SortsByItsAttributesInTheirOrder) {
  const Texts all{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"};
  EXPECT_EQ(ids({}), all);
  EXPECT_EQ(ids({}, 100, false), reversed(all));
  for (uint32_t limit = 1; limit <= 13; ++limit) EXPECT_EQ(ids({}, limit), all);
}

TEST_F(MultiKeyTest, TakesConditionsFromLeftToRight) {
  const KeyClause y = clause("c", KeyOperator::kEqual, "y");
  EXPECT_EQ(ids({y}), (Texts{"6", "7", "8", "9", "10", "11"}));
  EXPECT_EQ(ids({clause("c", KeyOperator::kGreater, "x")}),
            (Texts{"6", "7", "8", "9", "10", "11"}));
  EXPECT_EQ(ids({y, clause("d", KeyOperator::kGreaterOrEqual, 2)}), (Texts{"8", "9", "10", "11"}));
  EXPECT_EQ(ids({y, clause("d", KeyOperator::kEqual, 2), clause("e", KeyOperator::kEqual, "n")}),
            (Texts{"9"}));
  EXPECT_EQ(ids({y, clause("d", KeyOperator::kEqual, 2), clause("e", KeyOperator::kLess, "n")}, 1),
            (Texts{"8"}));
}

}  // namespace
}  // namespace dynolith::test
