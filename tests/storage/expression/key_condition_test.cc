// Key conditions held against keys, and the stretch of keys they stand for.
#include "storage/expression/key_condition.h"

#include <gtest/gtest.h>

#include "tests/support/value_text.h"

namespace dynolith::storage {
namespace {

using test::encoded_from;

KeyClause clause(std::string attribute, KeyOperator op, std::string_view value,
                 std::string_view second = {}) {
  KeyClause made{std::move(attribute), op, encoded_from(value), std::nullopt};
  if (!second.empty()) made.second = encoded_from(second);
  return made;
}
KeyClause equal(std::string attribute, std::string_view value) {
  return clause(std::move(attribute), KeyOperator::kEqual, value);
}

constexpr AttributeType kS = AttributeType::kString;
constexpr AttributeType kN = AttributeType::kNumber;
constexpr AttributeType kB = AttributeType::kBinary;
const KeySchema kHashOnly{{{"h", kS}}, {}};
const KeySchema kHashRange{{{"h", kS}}, {{"r", kN}}};
const KeySchema kMany{{{"a", kS}, {"b", kN}}, {{"c", kS}, {"d", kN}, {"e", kB}}};

std::string bound(const KeySchema& keys, std::vector<KeyClause> clauses) {
  const auto condition = bind_key_condition(keys, std::move(clauses));
  if (!condition.ok()) {
    EXPECT_EQ(condition.error().code, ErrorCode::kValidation);
    EXPECT_EQ(condition.error().scope, ErrorScope::kTable);
    return condition.error().message;
  }
  std::string text;
  for (const auto& value : condition->partition) text += test::text_of(value.view()) + " ";
  text += "|";
  for (const auto& value : condition->sort_equals) text += " " + test::text_of(value.view());
  if (condition->sort_range) text += " ..." + condition->sort_range->attribute;
  return text;
}

TEST(KeyCondition, NeedsThePartitionKeyAndMayNameTheSortKey) {
  EXPECT_EQ(bound(kHashOnly, {equal("h", "\"x\"")}), "\"x\" |");
  EXPECT_EQ(bound(kHashRange, {equal("h", "\"x\"")}), "\"x\" |");
  EXPECT_EQ(bound(kHashRange, {equal("r", "1"), equal("h", "\"x\"")}), "\"x\" | 1");
  EXPECT_EQ(bound(kHashRange, {equal("h", "\"x\""), clause("r", KeyOperator::kLess, "1")}),
            "\"x\" | ...r");
  for (const auto& clauses : {std::vector{equal("r", "1")}, std::vector{equal("plain", "1")},
                              std::vector{equal("plain", "1"), equal("r", "1")}}) {
    EXPECT_EQ(bound(kHashRange, clauses), "Query condition missed key schema element: h");
  }
  EXPECT_EQ(bound(kHashRange, {equal("h", "\"x\""), equal("plain", "1")}),
            "Query condition missed key schema element: r");
  for (const auto op : {KeyOperator::kLess, KeyOperator::kLessOrEqual, KeyOperator::kGreater,
                        KeyOperator::kGreaterOrEqual, KeyOperator::kBeginsWith}) {
    EXPECT_EQ(bound(kHashRange, {clause("h", op, "\"x\"")}), "Query key condition not supported");
  }
  EXPECT_EQ(bound(kHashOnly, {clause("h", KeyOperator::kBetween, "\"x\"", "\"y\"")}),
            "Query key condition not supported");
}

TEST(KeyCondition, HasNoMoreConditionsThanThereAreKeys) {
  EXPECT_EQ(
      bound(kHashOnly, {equal("h", "\"x\""), equal("r", "1")}),
      "The number of query conditions (2) exceeds the number of key attributes defined in the "
      "schema (1)");
  EXPECT_EQ(
      bound(kHashRange, {equal("h", "\"x\""), equal("r", "1"), equal("s", "1")}),
      "The number of query conditions (3) exceeds the number of key attributes defined in the "
      "schema (2)");
}

TEST(KeyCondition, ValuesHaveTheTypesOfTheKeys) {
  constexpr std::string_view kMismatch =
      "One or more parameter values were invalid: Condition parameter type does not match schema "
      "type";
  EXPECT_EQ(bound(kHashRange, {equal("h", "1")}), kMismatch);
  EXPECT_EQ(bound(kHashRange, {equal("h", "true")}), kMismatch);
  EXPECT_EQ(bound(kHashRange, {equal("h", "\"x\""), equal("r", "\"1\"")}), kMismatch);
  EXPECT_EQ(
      bound(kHashRange, {equal("h", "\"x\""), clause("r", KeyOperator::kBeginsWith, "\"1\"")}),
      kMismatch);
  EXPECT_EQ(
      bound(kHashRange, {equal("h", "\"x\""), clause("r", KeyOperator::kBetween, "1", "\"1\"")}),
      kMismatch);
}

TEST(KeyCondition, ValuesAreNotEmptyNorTooLong) {
  const KeySchema keys{{{"h", kS}}, {{"r", kB}}};
  constexpr std::string_view kEmpty =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
      "contain an empty ";
  EXPECT_EQ(bound(keys, {equal("h", "\"\"")}), std::string(kEmpty) + "string value. Key: h");
  EXPECT_EQ(bound(keys, {equal("h", "\"x\""), clause("r", KeyOperator::kGreater, "b\"\"")}),
            std::string(kEmpty) + "binary value. Key: r");
  EXPECT_EQ(
      bound(keys, {equal("h", "\"x\""), clause("r", KeyOperator::kBetween, "b\"a\"", "b\"\"")}),
      std::string(kEmpty) + "binary value. Key: r");
  const auto text = [](size_t size) { return "\"" + std::string(size, 'x') + "\""; };
  EXPECT_EQ(bound(keys, {equal("h", text(2048))}), text(2048) + " |");
  EXPECT_EQ(bound(keys, {equal("h", text(2049))}),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes");
  EXPECT_EQ(bound(keys, {equal("h", "\"x\""), equal("r", "b" + text(1024))}),
            "\"x\" | b" + text(1024));
  constexpr std::string_view kSortTooLong =
      "One or more parameter values were invalid: Aggregated size of all range keys has exceeded "
      "the size limit of 1024 bytes";
  EXPECT_EQ(bound(keys, {equal("h", "\"x\""), equal("r", "b" + text(1025))}), kSortTooLong);
  EXPECT_EQ(bound(keys, {equal("h", "\"x\""),
                         clause("r", KeyOperator::kBetween, "b\"a\"", "b" + text(1025))}),
            kSortTooLong);
}

TEST(KeyCondition, OfSeveralAttributesNeedsEveryPartitionAttribute) {
  const auto missing = [](std::string_view names) {
    return "HASH key attributes " + std::string(names) +
           " must have equality conditions specified in the query";
  };
  EXPECT_EQ(bound(kMany, {equal("a", "\"x\""), equal("b", "1")}), "\"x\" 1 |");
  EXPECT_EQ(bound(kMany, {equal("b", "1"), equal("a", "\"x\"")}), "\"x\" 1 |");
  EXPECT_EQ(bound(kMany, {equal("a", "\"x\"")}), missing("b"));
  EXPECT_EQ(bound(kMany, {equal("c", "\"x\"")}), missing("a, b"));
  EXPECT_EQ(bound(kMany, {equal("a", "\"x\""), clause("b", KeyOperator::kLess, "1")}),
            missing("b"));
  EXPECT_EQ(bound(kMany, {clause("a", KeyOperator::kBeginsWith, "\"x\""), equal("b", "1")}),
            missing("a"));
  EXPECT_EQ(bound(kMany, {equal("a", "\"x\""), clause("b", KeyOperator::kBetween, "1", "2")}),
            missing("b"));
}

TEST(KeyCondition, OfSeveralAttributesTakesSortAttributesFromTheLeft) {
  const auto with = [](std::vector<KeyClause> clauses) {
    clauses.push_back(equal("b", "1"));
    clauses.push_back(equal("a", "\"x\""));
    return bound(kMany, std::move(clauses));
  };
  const auto missing = [](std::string_view names, std::string_view last) {
    return "RANGE key attributes " + std::string(names) +
           " must have equality conditions specified in the query because a condition is present "
           "on "
           "key attribute " +
           std::string(last);
  };
  EXPECT_EQ(with({equal("c", "\"y\"")}), "\"x\" 1 | \"y\"");
  EXPECT_EQ(with({clause("c", KeyOperator::kBeginsWith, "\"y\"")}), "\"x\" 1 | ...c");
  EXPECT_EQ(with({clause("d", KeyOperator::kLess, "2"), equal("c", "\"y\"")}),
            "\"x\" 1 | \"y\" ...d");
  EXPECT_EQ(with({equal("e", "b\"z\""), equal("d", "2"), equal("c", "\"y\"")}),
            "\"x\" 1 | \"y\" 2 b\"z\"");
  EXPECT_EQ(with({equal("d", "2")}), missing("c", "d"));
  EXPECT_EQ(with({equal("e", "b\"z\"")}), missing("c, d", "e"));
  EXPECT_EQ(with({equal("c", "\"y\""), equal("e", "b\"z\"")}), missing("d", "e"));
  EXPECT_EQ(with({clause("c", KeyOperator::kLess, "\"y\""), equal("d", "2")}), missing("c", "d"));
  EXPECT_EQ(with({equal("plain", "2")}), "Query condition missed key schema element: c");
  EXPECT_EQ(with({equal("c", "\"y\""), equal("plain", "2")}),
            "Query condition missed key schema element: d");
}

template <class Less>
bool by_operator(KeyOperator op, bool begins, Less less) {
  switch (op) {
    case KeyOperator::kEqual:
      return !less(0, 1) && !less(1, 0);
    case KeyOperator::kLess:
      return less(0, 1);
    case KeyOperator::kLessOrEqual:
      return !less(1, 0);
    case KeyOperator::kGreater:
      return less(1, 0);
    case KeyOperator::kGreaterOrEqual:
      return !less(0, 1);
    case KeyOperator::kBetween:
      return !less(0, 1) && !less(2, 0);
    case KeyOperator::kBeginsWith:
      return begins;
  }
  return false;
}

bool expected(KeyOperator op, const AttributeValue& sort, const KeyClause& clause) {
  const AttributeValue first = to_attribute_value(clause.value.view());
  const AttributeValue second =
      clause.second ? to_attribute_value(clause.second->view()) : AttributeValue();
  const auto value = [&](int i) -> const AttributeValue& {
    return i == 0 ? sort : i == 1 ? first : second;
  };
  if (sort.type() == kN) {
    return by_operator(op, false, [&](int a, int b) {
      return *value(a).get_if<Number>() < *value(b).get_if<Number>();
    });
  }
  const auto bytes = [&](int i) -> const std::string& {
    const auto* binary = value(i).get_if<Binary>();
    return binary != nullptr ? binary->bytes : *value(i).get_if<std::string>();
  };
  return by_operator(op, bytes(0).starts_with(bytes(1)),
                     [&](int a, int b) { return bytes(a) < bytes(b); });
}

constexpr KeyOperator kOperators[] = {KeyOperator::kEqual,          KeyOperator::kLess,
                                      KeyOperator::kLessOrEqual,    KeyOperator::kGreater,
                                      KeyOperator::kGreaterOrEqual, KeyOperator::kBetween,
                                      KeyOperator::kBeginsWith};

std::vector<AttributeValue> sort_values(AttributeType type) {
  std::vector<AttributeValue> values;
  if (type == kN) {
    for (const char* text : {"-1e100", "-12.5", "-12", "-1", "0", "1e-130", "0.5", "1", "1.01",
                             "10", "12345678901234567890", "9e125"}) {
      values.emplace_back(*Number::parse(text));
    }
    return values;
  }
  using std::string_literals::operator""s;
  for (const std::string& text : {"\0"s, "\0\0"s, "\0\1"s, "\1"s, "a"s, "a\0"s, "a\0\0"s, "a\0\1"s,
                                  "a\1"s, "aa"s, "ab"s, "b"s, "~"s}) {
    values.push_back(type == kS ? AttributeValue(text) : AttributeValue(Binary{text}));
  }
  if (type == kB) {
    for (const std::string& bytes : {"\xff"s, "\xff\xff"s, "\xff\0"s, "a\xff"s}) {
      values.emplace_back(Binary{bytes});
    }
  }
  return values;
}

TEST(KeyRangeOf, HoldsExactlyTheKeysThatSatisfyTheCondition) {
  for (const AttributeType type : {kS, kN, kB}) {
    const KeySchema keys{{{"h", kS}}, {{"r", type}}};
    const auto values = sort_values(type);
    for (const KeyOperator op : kOperators) {
      if (op == KeyOperator::kBeginsWith && type == kN) continue;
      for (const AttributeValue& first : values) {
        for (const AttributeValue& second : values) {
          const bool has_second = op == KeyOperator::kBetween;
          if (!has_second && !(second == values.front())) break;
          KeyClause sort{"r", op, encode_value(first), std::nullopt};
          if (has_second) sort.second = encode_value(second);
          const auto condition = bind_key_condition(keys, {equal("h", "\"x\""), sort});
          ASSERT_TRUE(condition.ok()) << condition.error().message;
          const KeyRange range = key_range(*condition, 7, 0);
          EXPECT_LE(range.begin, range.end);
          for (const AttributeValue& value : values) {
            const EncodedItem item = encode_item({{"h", "x"}, {"r", value}});
            const EncodedKey key = encode_table_key(7, keys, item.view());
            const bool is_in = range.begin <= key.bytes && key.bytes < range.end;
            const bool wanted = expected(op, value, sort);
            EXPECT_EQ(is_in, wanted);
            EXPECT_EQ(satisfies_sort(*condition, keys, item.view()), wanted);
            // Another collection is never touched.
            const EncodedItem other = encode_item({{"h", "x\1"}, {"r", value}});
            const EncodedKey other_key = encode_table_key(7, keys, other.view());
            EXPECT_FALSE(range.begin <= other_key.bytes && other_key.bytes < range.end);
          }
        }
      }
    }
  }
}

TEST(KeyRangeOf, AnIndexOfSeveralAttributesGoesByTheFirstOnesEqual) {
  const KeySchema table{{{"id", kS}}, {}};
  std::vector<EncodedItem> items;
  for (const char* c : {"\"y\"", "\"yy\""}) {
    for (const char* d : {"-1", "2", "3"}) {
      for (const char* e : {"b\"a\"", "b\"b\""}) {
        items.push_back(test::item_from("{id: \"i\", a: \"x\", b: 1, c: " + std::string(c) +
                                        ", d: " + d + ", e: " + e + "}"));
      }
    }
  }
  const auto count = [&](std::vector<KeyClause> clauses) {
    clauses.push_back(equal("a", "\"x\""));
    clauses.push_back(equal("b", "1"));
    const auto condition = bind_key_condition(kMany, std::move(clauses));
    if (!condition.ok()) return -1;
    const KeyRange range = key_range(*condition, 3, 2);
    int found = 0;
    for (const EncodedItem& item : items) {
      const auto key = encode_index_key(3, 2, kMany, table, item.view());
      const bool is_in = range.begin <= key->bytes && key->bytes < range.end;
      EXPECT_EQ(is_in, satisfies_sort(*condition, kMany, item.view()));
      found += is_in ? 1 : 0;
    }
    return found;
  };
  EXPECT_EQ(count({}), 12);
  EXPECT_EQ(count({equal("c", "\"y\"")}), 6);
  EXPECT_EQ(count({clause("c", KeyOperator::kBeginsWith, "\"y\"")}), 12);
  EXPECT_EQ(count({equal("c", "\"y\""), clause("d", KeyOperator::kGreaterOrEqual, "2")}), 4);
  EXPECT_EQ(
      count({equal("c", "\"y\""), equal("d", "2"), clause("e", KeyOperator::kLess, "b\"b\"")}), 1);
  EXPECT_EQ(count({equal("c", "\"z\"")}), 0);
}

TEST(KeyRangeOf, BoundsTheWrongWayRoundHoldNothing) {
  const auto condition = bind_key_condition(
      kHashRange, {equal("h", "\"x\""), clause("r", KeyOperator::kBetween, "5", "1")});
  ASSERT_TRUE(condition.ok());
  const KeyRange range = key_range(*condition, 1, 0);
  EXPECT_EQ(range.begin, range.end);
}

}  // namespace
}  // namespace dynolith::storage
