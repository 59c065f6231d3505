// Every connection: what is refused of single items, in the service's words.
#include "storage/expression/condition.h"
#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace trees;
using test::item_from;

constexpr char kSong[] = R"({artist: "Nina", title: "Blue"})";
constexpr char kOneError[] = "1 validation error detected: ";

TEST_P(ConnectionConformance, NeedsItsTable) {
  const GetRequest get{.table = "Nothing", .key = item_from("{id: 1}")};
  const auto read = connection().get(get, [](const ItemView&) {});
  EXPECT_EQ(refused(error_of(read), ErrorCode::kTableNotFound), "Requested resource not found");
  EXPECT_EQ(read.error().service_code, "ResourceNotFoundException");
  refused(error_of(connection().put({.table = "Nothing", .item = item_from("{id: 1}")})),
          ErrorCode::kTableNotFound);
  refused(error_of(connection().remove({.table = "Nothing", .key = item_from("{id: 1}")})),
          ErrorCode::kTableNotFound);
  refused(error_of(connection().read_range({.table = "Nothing"}, [](const ItemView&) {})),
          ErrorCode::kTableNotFound);
  EXPECT_EQ(refused(error_of(connection().describe_table({.table = "Nothing"})),
                    ErrorCode::kTableNotFound),
            "Requested resource not found: Table: Nothing not found");
  const auto misnamed =
      connection().get({.table = "a b", .key = item_from("{id: 1}")}, [](const ItemView&) {});
  EXPECT_EQ(refused(error_of(misnamed), ErrorCode::kBadRequest),
            "1 validation error detected: Value 'a b' at 'tableName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
}

TEST_P(ConnectionConformance, RefusesItemsWithoutAGoodKey) {
  const struct {
    const char* item;
    const char* message;
  } kCases[] = {
      {R"({artist: "x"})",
       "One or more parameter values were invalid: Missing the key title in the item"},
      {R"({artist: "x", title: 5})",
       "One or more parameter values were invalid: Type mismatch for key title expected: S actual: "
       "N"},
      {R"({artist: "x", title: ""})",
       "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
       "contain an empty string value. Key: title"},
      {R"({artist: "x", title: "y", year: "z"})",
       "One or more parameter values were invalid: Type mismatch for Index Key year Expected: N "
       "Actual: S IndexName: byYear"},
      {R"({artist: "x", title: "y", label: ""})",
       "One or more parameter values are not valid. A value specified for a secondary index key is "
       "not supported. The AttributeValue for a key attribute cannot contain an empty string "
       "value. "
       "IndexName: byLabel, IndexKey: label"},
  };
  for (const auto& [item, message] : kCases) {
    const auto reply = connection().put({.table = "Songs", .item = item_from(item)});
    EXPECT_EQ(refused(error_of(reply), ErrorCode::kBadRequest), message);
    EXPECT_EQ(reply.error().service_code, "ValidationException");
  }
}

TEST_P(ConnectionConformance, RefusesKeysThatDoNotFit) {
  for (const char* key : {R"({artist: "x"})", R"({artist: "x", title: 5})",
                          R"({artist: "x", title: "y", more: 1})"}) {
    const auto read =
        connection().get({.table = "Songs", .key = item_from(key)}, [](const ItemView&) {});
    EXPECT_EQ(refused(error_of(read), ErrorCode::kBadRequest),
              "The provided key element does not match the schema");
    const auto removed = connection().remove({.table = "Songs", .key = item_from(key)});
    EXPECT_EQ(refused(error_of(removed), ErrorCode::kBadRequest),
              "The provided key element does not match the schema");
  }
  const std::string long_key =
      "{artist: \"" + std::string(2049, 'x') + "\", title: \"" + std::string(1024, 'y') + "\"}";
  const auto read =
      connection().get({.table = "Songs", .key = item_from(long_key)}, [](const ItemView&) {});
  EXPECT_EQ(refused(error_of(read), ErrorCode::kBadRequest),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes");
}

TEST_P(ConnectionConformance, RefusesItemsThatAreTooLarge) {
  const std::string text(400 * 1024, 'x');
  const auto reply =
      connection().put({.table = "Users", .item = item_from("{id: 1, text: \"" + text + "\"}")});
  EXPECT_EQ(refused(error_of(reply), ErrorCode::kBadRequest),
            "Item size has exceeded the maximum allowed size");
  const auto updated = connection().update({.table = "Users",
                                            .key = item_from("{id: 1}"),
                                            .update = update(set("text", "\"" + text + "\""))});
  EXPECT_EQ(refused(error_of(updated), ErrorCode::kBadRequest),
            "Item size to update has exceeded the maximum allowed size");
}

TEST_P(ConnectionConformance, RefusesUpdatesThatMakeNoSense) {
  const struct {
    UpdatePtr update;
    std::string message;
  } kCases[] = {
      {update(set("artist", "\"x\"")),
       "One or more parameter values were invalid: Cannot update attribute artist. This attribute "
       "is part of the key"},
      {update(set("a", "1"), remove("a.b")),
       std::string(kOneError) +
           "Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
           "rewrite one of these paths; path one: [a], path two: [a, b]"},
      {update(set("a.b", "1"), remove("a[0]")),
       std::string(kOneError) +
           "Invalid UpdateExpression: Two document paths conflict with each other; must remove or "
           "rewrite one of these paths; path one: [a, b], path two: [a, [0]]"},
      {update(add("a", "\"x\"")),
       std::string(kOneError) +
           "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: "
           "ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {update(erase("a", "5")),
       std::string(kOneError) +
           "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: "
           "DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
      {update(set_sum("a", given("\"x\""), storage::Arithmetic::kAdd, read("b"))),
       std::string(kOneError) +
           "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or "
           "function: +, operand type: S"},
      {update(set("a", list_append(read("b"), given("5")))),
       std::string(kOneError) +
           "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or "
           "function: list_append, operand type: N"},
      {update(set("year.x", "1")),
       "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
       "allowed: "
       "IndexKey: year"},
      {update(set("a", read("b"))),
       "The provided expression refers to an attribute that does not exist in the item"},
      {update(set("a.b", "1")),
       "The document path provided in the update expression is invalid for update"},
      {update(set("year", "\"x\"")),
       "One or more parameter values were invalid: Type mismatch for Index Key year Expected: N "
       "Actual: S IndexName: byYear"},
  };
  put("Songs", kSong);
  for (const auto& [update, message] : kCases) {
    const auto reply =
        connection().update({.table = "Songs", .key = item_from(kSong), .update = update});
    EXPECT_EQ(refused(error_of(reply), ErrorCode::kBadRequest), message);
  }
  EXPECT_EQ(get("Songs", kSong), kSong);
}

TEST_P(ConnectionConformance, RefusesConditionsThatMakeNoSense) {
  storage::In many{at("a"), {}};
  for (int i = 0; i < 101; ++i) many.list.push_back(value(std::to_string(i)));
  storage::And operators;
  for (int i = 0; i < 151; ++i) operators.all.push_back(exists("a"));
  std::vector<std::pair<storage::Condition, std::string>> cases;
  cases.emplace_back(compare(at("a"), "=", at("a")),
                     "The first operand must be distinct from the remaining operands for this "
                     "operator or function; operator: =, first operand: [a]");
  cases.emplace_back(compare(at("a"), "<", value("true")),
                     "Incorrect operand type for operator or function; operator or function: <, "
                     "operand type: BOOL");
  cases.emplace_back(storage::Condition{storage::BeginsWith{at("a"), value("5")}},
                     "Incorrect operand type for operator or function; operator or function: "
                     "begins_with, operand type: N");
  cases.emplace_back(
      storage::Condition{storage::Between{at("a"), value("2"), value("1")}},
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower "
      "bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}");
  cases.emplace_back(storage::Condition{std::move(many)},
                     "The IN operator is provided with too many operands; number of operands: 101");
  cases.emplace_back(storage::Condition{std::move(operators)},
                     "The expression contains too many operators; operator count: 301");
  for (auto& [condition, message] : cases) {
    const auto reply = connection().put(
        {.table = "Songs", .item = item_from(kSong), .condition = shared(std::move(condition))});
    EXPECT_EQ(refused(error_of(reply), ErrorCode::kBadRequest),
              std::string(kOneError) + "Invalid ConditionExpression: " + message);
  }
  const auto nested = connection().remove(
      {.table = "Songs", .key = item_from(kSong), .condition = shared(exists("artist.x"))});
  EXPECT_EQ(refused(error_of(nested), ErrorCode::kBadRequest),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: Key: artist");
  EXPECT_EQ(get("Songs", kSong), "absent");
}

TEST_P(ConnectionConformance, AnUpdateThatSaysNothingMakesTheItem) {
  const auto reply = connection().update({.table = "Songs", .key = item_from(kSong)});
  ASSERT_TRUE(reply.ok()) << message_of(error_of(reply));
  EXPECT_EQ(get("Songs", kSong), kSong);
}

}  // namespace
}  // namespace dynolith::odm
