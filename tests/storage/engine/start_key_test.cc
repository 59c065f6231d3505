#include "storage/engine/start_key.h"

#include "tests/storage/engine/fixture.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

constexpr char kInvalid[] = "The provided starting key is invalid";
constexpr char kMismatch[] =
    "The provided starting key is invalid: The provided key element does not match the schema";
constexpr char kOutside[] =
    "The provided starting key is outside query boundaries based on provided conditions";
constexpr char kPredicate[] = "The provided starting key does not match the range key predicate";
constexpr char kOneRow[] = "The query can return at most one row and cannot be restarted";
constexpr char kFine[] = "no error";

struct StartKeyTest : testing::Test {
  TestDatabase database;
  TablePtr table = database.create(definition(
      "Table", key_schema({"p"}, {"s:N"}),
      {local_index("Lsi", key_schema({"p"}, {"l"})),
       global_index("Gsi", key_schema({"g"}, {"r:N"})), global_index("Plain", key_schema({"g"}))}));
  TablePtr hash_only = database.create(definition("HashOnly", key_schema({"p"})));

  std::string answer(RangeRead read, const Item& start) {
    read.exclusive_start_key = encode_item(start);
    return message_of(database->read_range(read, [](const ItemView&) {}));
  }
  KeyCondition on(const KeySchema& schema, std::vector<KeyClause> clauses) {
    return must(bind_key_condition(schema, std::move(clauses)));
  }
  std::string scan(const char* index, const Item& start) {
    return answer({.table = table, .index = index ? table->find_index(index) : nullptr}, start);
  }
  std::string query(const char* index, std::vector<KeyClause> clauses, const Item& start) {
    const Index* found = index ? table->find_index(index) : nullptr;
    const KeyCondition condition = on(found ? found->definition.key : table->key(), clauses);
    return answer({.table = table, .index = found, .key_condition = &condition}, start);
  }
};

KeyClause equal(const char* attribute, const AttributeValue& value) {
  return {attribute, KeyOperator::kEqual, encode_value(value), {}};
}
KeyClause greater(const char* attribute, const AttributeValue& value) {
  return {attribute, KeyOperator::kGreater, encode_value(value), {}};
}

struct StartCase {
  Item start;
  const char* message;
};

TEST_F(StartKeyTest, OfAScanOfTheTable) {
  const StartCase kCases[] = {
      {{{"p", "a"}, {"s", 1}}, kFine},  // The item need not exist.
      {{{"p", "a"}}, kMismatch},
      {{{"s", 1}}, kMismatch},
      {{{"p", "a"}, {"x", 1}}, kMismatch},
      {{{"p", "a"}, {"s", 1}, {"x", 1}}, kMismatch},
      {{{"p", "a"}, {"s", "1"}}, kMismatch},
      {{{"p", true}, {"s", 1}}, kMismatch},
      {{{"p", ""}, {"s", 1}},
       "The provided starting key is invalid: One or more parameter values are not valid. The "
       "AttributeValue for a key attribute cannot contain an empty string value. Key: p"},
  };
  for (const auto& [start, message] : kCases) EXPECT_EQ(scan(nullptr, start), message);
}

TEST_F(StartKeyTest, OfAScanOfAnIndex) {
  const StartCase kCases[] = {
      {{{"p", "a"}, {"s", 1}, {"g", "x"}, {"r", 1}}, kFine},
      {{{"p", "a"}, {"s", 1}, {"g", "x"}}, kInvalid},
      {{{"p", "a"}, {"g", "x"}, {"r", 1}}, kInvalid},
      {{{"g", "x"}, {"r", 1}}, kInvalid},
      {{{"p", "a"}, {"s", 1}, {"g", "x"}, {"r", 1}, {"x", 1}}, kInvalid},
      {{{"p", "a"}, {"s", 1}, {"g", "x"}, {"r", "1"}}, kMismatch},
      {{{"p", 5}, {"s", 1}, {"g", "x"}, {"r", 1}}, kMismatch},
  };
  for (const auto& [start, message] : kCases) EXPECT_EQ(scan("Gsi", start), message);
  EXPECT_EQ(scan("Lsi", {{"p", "a"}, {"s", 1}, {"l", "x"}}), kFine);
  EXPECT_EQ(scan("Lsi", {{"p", "a"}, {"s", 1}}), kInvalid);
}

TEST_F(StartKeyTest, OfAQueryOfTheTable) {
  const StartCase kWholePartition[] = {
      {{{"p", "a"}, {"s", 1}}, kFine},
      {{{"p", "b"}, {"s", 1}}, kOutside},
      {{{"p", "a"}}, kInvalid},
      {{{"p", "a"}, {"s", 1}, {"x", 1}}, kInvalid},
      {{{"p", "a"}, {"s", "1"}}, kMismatch},
  };
  for (const auto& [start, message] : kWholePartition)
    EXPECT_EQ(query(nullptr, {equal("p", "a")}, start), message);
  const StartCase kGreaterThanFive[] = {
      {{{"p", "a"}, {"s", 6}}, kFine},
      {{{"p", "a"}, {"s", 5}}, kPredicate},
      {{{"p", "b"}, {"s", 5}}, kPredicate},
      {{{"p", "b"}, {"s", 6}}, kOneRow},
  };
  for (const auto& [start, message] : kGreaterThanFive)
    EXPECT_EQ(query(nullptr, {equal("p", "a"), greater("s", 5)}, start), message);
  const StartCase kOneItem[] = {
      {{{"p", "a"}, {"s", 5}}, kOneRow},
      {{{"p", "a"}, {"s", 6}}, kOutside},
      {{{"p", "b"}, {"s", 5}}, kOneRow},
  };
  for (const auto& [start, message] : kOneItem)
    EXPECT_EQ(query(nullptr, {equal("p", "a"), equal("s", 5)}, start), message);
}

TEST_F(StartKeyTest, OfAQueryOfAGlobalIndex) {
  const auto start = [](const char* g, int r) {
    return Item{{"p", "any"}, {"s", 1}, {"g", g}, {"r", r}};
  };
  EXPECT_EQ(query("Gsi", {equal("g", "x")}, start("x", 1)), kFine);
  EXPECT_EQ(query("Gsi", {equal("g", "x")}, start("y", 1)), kOutside);
  EXPECT_EQ(query("Gsi", {equal("g", "x"), equal("r", 1)}, start("x", 1)), kFine);
  EXPECT_EQ(query("Gsi", {equal("g", "x"), equal("r", 1)}, start("x", 2)), kOutside);
  EXPECT_EQ(query("Gsi", {equal("g", "x"), equal("r", 1)}, start("y", 1)), kOneRow);
  EXPECT_EQ(query("Gsi", {equal("g", "x"), greater("r", 1)}, start("x", 1)), kPredicate);
  EXPECT_EQ(query("Gsi", {equal("g", "x"), greater("r", 1)}, start("x", 2)), kFine);
  EXPECT_EQ(query("Gsi", {equal("g", "x")}, {{"p", "a"}, {"s", 1}, {"g", "x"}}), kInvalid);
  EXPECT_EQ(query("Plain", {equal("g", "x")}, {{"p", "a"}, {"s", 1}, {"g", "x"}}), kFine);
  EXPECT_EQ(query("Plain", {equal("g", "x")}, {{"p", "a"}, {"s", 1}, {"g", "y"}}), kOutside);
}

TEST_F(StartKeyTest, OfAQueryThatCannotGoOn) {
  const KeyCondition condition = on(hash_only->key(), {equal("p", "a")});
  EXPECT_EQ(answer({.table = hash_only, .key_condition = &condition}, {{"p", "a"}}),
            "The provided exclusive start key is invalid: ExclusiveStartKey: {p=AttributeValue: "
            "{S:a}}");
  EXPECT_EQ(answer({.table = hash_only}, {{"p", "a"}}), kFine);  // A Scan can.
}

TEST_F(StartKeyTest, OfASegmentMustBeInIt) {
  const auto in_segment = [&](uint32_t segment) {
    return answer({.table = hash_only, .segment = ScanSegment{segment, 2}}, {{"p", "item"}});
  };
  const std::string refusal =
      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
      "ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: ";
  EXPECT_EQ((in_segment(0) == kFine) + (in_segment(1) == kFine), 1);
  EXPECT_EQ(in_segment(0) == kFine ? in_segment(1) : in_segment(0),
            refusal + (in_segment(0) == kFine ? "1" : "0"));
}

TEST_F(StartKeyTest, MeansTheNextGreaterItemWhereNoneStands) {
  for (const int s : {10, 20, 30}) must(database.put(table, {{"p", "a"}, {"s", s}}));
  const KeyCondition condition = on(table->key(), {equal("p", "a")});
  RangeRead read{.table = table, .key_condition = &condition};
  read.exclusive_start_key = encode_item({{"p", "a"}, {"s", 15}});
  EXPECT_EQ(column(database.read(read), "s"), (std::vector<std::string>{"20", "30"}));
  read.exclusive_start_key = encode_item({{"p", "a"}, {"s", number("20.00")}});
  EXPECT_EQ(column(database.read(read), "s"), (std::vector<std::string>{"30"}));
  read.forward = false;
  EXPECT_EQ(column(database.read(read), "s"), (std::vector<std::string>{"10"}));
}

}  // namespace
}  // namespace dynolith::test
