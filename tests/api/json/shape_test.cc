#include "api/json/shape.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "api/json/input_shapes.h"
#include "tests/api/json/parsed.h"

namespace dynolith::api {
namespace {

using test::Parsed;

template <class Input>
std::string type_error(const std::string& body) {
  const Parsed request(body);
  const auto members = read_request<Input>(*request);
  if (members) return "";
  EXPECT_EQ(members.error().code, ErrorCode::kSerialization);
  return members.error().message;
}

struct TypeCase {
  std::string body, message;
};

constexpr std::string_view kStart = "Start of structure or map found where not expected";
constexpr std::string_view kValueMapArray =
    "Unrecognized collection type java.util.Map<java.lang.String, "
    "com.amazonaws.dynamodb.v20120810.AttributeValue>";

TEST(Shape, PutItemTypeErrors) {
  const TypeCase cases[] = {
      // A string is wanted.
      {R"({"TableName": true})", "TRUE_VALUE cannot be converted to String"},
      {R"({"TableName": false})", "FALSE_VALUE cannot be converted to String"},
      {R"({"TableName": 23})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"TableName": -2147483648})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"TableName": 18446744073709551615})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"TableName": 3.25})", "DECIMAL_VALUE cannot be converted to String"},
      {R"({"TableName": []})", "Unrecognized collection type class java.lang.String"},
      {R"({"TableName": {}})", std::string(kStart)},
      {R"({"TableName": null})", ""},
      {R"({"TableName": "t"})", ""},
      {R"({"Nonsense": {"a": [1, 2.5, null]}})", ""},
      // A map of attribute values.
      {R"({"Item": "x"})", "Unexpected field type"},
      {R"({"Item": 1})", "Unexpected field type"},
      {R"({"Item": true})", "Unexpected field type"},
      {R"({"Item": []})", std::string(kValueMapArray)},
      {R"({"Item": {}})", ""},
      {R"({"Item": null})", ""},
      {R"({"Item": {"a": null}})", ""},
      {R"({"Item": {"a": 1}})", "Unexpected value type in payload"},
      {R"({"Item": {"a": "x"}})", "Unexpected value type in payload"},
      {R"({"Item": {"a": []}})",
       "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"},
      // Inside attribute values, to the bottom.
      {R"({"Item": {"a": {"S": 1}}})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"Item": {"a": {"N": 123}}})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"Item": {"a": {"N": 1.5}}})", "DECIMAL_VALUE cannot be converted to String"},
      {R"({"Item": {"a": {"S": {}}}})", std::string(kStart)},
      {R"({"Item": {"a": {"dog": 1}}})", ""},
      {R"({"Item": {"a": {"S": null}}})", ""},
      {R"({"Item": {"a": {"BOOL": 1}}})", "NUMBER_VALUE cannot be converted to Boolean"},
      {R"({"Item": {"a": {"BOOL": 1.5}}})", "DECIMAL_VALUE cannot be converted to Boolean"},
      {R"({"Item": {"a": {"BOOL": "maybe"}}})", "Unexpected token received from parser"},
      {R"({"Item": {"a": {"BOOL": ""}}})", "Unexpected token received from parser"},
      {R"({"Item": {"a": {"BOOL": "TRUE"}}})", ""},
      {R"({"Item": {"a": {"NULL": "no"}}})", ""},
      {R"({"Item": {"a": {"BOOL": []}}})", "Unrecognized collection type class java.lang.Boolean"},
      {R"({"Item": {"a": {"BOOL": {}}}})", std::string(kStart)},
      {R"({"Item": {"a": {"B": 1}}})", "only base-64-encoded strings are convertible to bytes"},
      {R"({"Item": {"a": {"B": true}}})", "only base-64-encoded strings are convertible to bytes"},
      {R"({"Item": {"a": {"B": []}}})", "Unrecognized collection type class java.nio.ByteBuffer"},
      {R"({"Item": {"a": {"B": {}}}})", std::string(kStart)},
      {R"({"Item": {"a": {"B": "YWJ"}}})",
       "Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
      {R"({"Item": {"a": {"B": "YW=="}}})", "Invalid last non-pad Base64 character dectected"},
      {R"({"Item": {"a": {"B": "Y!=="}}})", "Invalid last non-pad Base64 character dectected"},
      {R"({"Item": {"a": {"B": ""}}})", ""},
      {R"({"Item": {"a": {"SS": "x"}}})", "Unexpected field type"},
      {R"({"Item": {"a": {"SS": {}}}})", std::string(kStart)},
      {R"({"Item": {"a": {"SS": [1]}}})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"Item": {"a": {"NS": [true]}}})", "TRUE_VALUE cannot be converted to String"},
      {R"({"Item": {"a": {"BS": ["abc"]}}})",
       "Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
      {R"({"Item": {"a": {"L": {}}}})", std::string(kStart)},
      {R"({"Item": {"a": {"L": "x"}}})", "Unexpected field type"},
      {R"({"Item": {"a": {"L": ["x"]}}})", "Unexpected value type in payload"},
      {R"({"Item": {"a": {"L": [{"N": 1}]}}})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"Item": {"a": {"M": []}}})", std::string(kValueMapArray)},
      {R"({"Item": {"a": {"M": 1}}})", "Unexpected field type"},
      {R"({"Item": {"a": {"M": {"b": {"L": [{"M": {"c": {"N": 1}}}]}}}}})",
       "NUMBER_VALUE cannot be converted to String"},
      // A map of structures, and of strings.
      {R"({"Expected": {"a": []}})",
       "Unrecognized collection type class "
       "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue"},
      {R"({"Expected": {"a": "x"}})", "Unexpected value type in payload"},
      {R"({"Expected": {"a": {"Value": "x"}}})", "Unexpected field type"},
      {R"({"Expected": {"a": {"Exists": "maybe"}}})", "Unexpected token received from parser"},
      {R"({"ExpressionAttributeNames": []})",
       "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>"},
      {R"({"ExpressionAttributeNames": {"#x": 7}})", "NUMBER_VALUE cannot be converted to String"},
      // The first in the document is told.
      {R"({"Item": {"a": {"S": true}}, "TableName": 1})",
       "TRUE_VALUE cannot be converted to String"},
  };
  for (const auto& [body, message] : cases)
    EXPECT_EQ(type_error<PutItemInput>(body), message) << body;
}

TEST(Shape, TypeErrorsOfOtherRequests) {
  EXPECT_EQ(type_error<QueryInput>(R"({"Limit": "1"})"),
            "STRING_VALUE cannot be converted to Integer");
  EXPECT_EQ(type_error<QueryInput>(R"({"Limit": true})"),
            "TRUE_VALUE cannot be converted to Integer");
  EXPECT_EQ(type_error<QueryInput>(R"({"Limit": []})"),
            "Unrecognized collection type class java.lang.Integer");
  EXPECT_EQ(type_error<QueryInput>(R"({"Limit": {}})"), kStart);
  EXPECT_EQ(type_error<QueryInput>(R"({"Limit": 1.9})"), "");
  EXPECT_EQ(type_error<QueryInput>(R"({"ScanIndexForward": "abc"})"),
            "Unexpected token received from parser");
  EXPECT_EQ(type_error<QueryInput>(R"({"AttributesToGet": {}})"), kStart);
  EXPECT_EQ(type_error<QueryInput>(R"({"AttributesToGet": "a"})"), "Unexpected field type");
  EXPECT_EQ(type_error<CreateTableInput>(R"({"ProvisionedThroughput": "x"})"),
            "Unexpected field type");
  EXPECT_EQ(
      type_error<CreateTableInput>(R"({"ProvisionedThroughput": []})"),
      "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ProvisionedThroughput");
  EXPECT_EQ(
      type_error<CreateTableInput>(R"({"ProvisionedThroughput": {"ReadCapacityUnits": "x"}})"),
      "STRING_VALUE cannot be converted to Long");
  EXPECT_EQ(type_error<CreateTableInput>(R"({"KeySchema": ["x"]})"),
            "Unexpected value type in payload");
  EXPECT_EQ(type_error<CreateTableInput>(
                R"({"GlobalSecondaryIndexes": [{"Projection": {"NonKeyAttributes": [1]}}]})"),
            "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(
      type_error<BatchWriteItemInput>(R"({"RequestItems": "x"})"),
      "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
      "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
      "java.lang.Class are in module java.base of loader 'bootstrap')");
  EXPECT_EQ(type_error<BatchWriteItemInput>(R"({"RequestItems": {"t": [{"PutRequest": {"Item":
            {"a": {"N": 1}}}}]}})"),
            "NUMBER_VALUE cannot be converted to String");
}

TEST(Shape, SlotsHoldTheMembersInAnyOrder) {
  const Parsed request(R"({"ExpressionAttributeValues": {}, "Unknown": 1, "TableName": "first",
      "ReturnValues": null, "TableName": "last"})");
  const auto members = read_request<PutItemInput>(*request);
  ASSERT_TRUE(members.ok());
  EXPECT_EQ((*members)[PutItemInput::kTableName].text(), "last");
  EXPECT_TRUE((*members)[PutItemInput::kExpressionAttributeValues].present());
  EXPECT_FALSE((*members)[PutItemInput::kReturnValues].present());
  EXPECT_EQ((*members)[PutItemInput::kReturnValues].text(), std::nullopt);
  EXPECT_FALSE((*members)[PutItemInput::kItem].present());
}

TEST(Shape, ScalarsConvertAsTheServiceConvertsThem) {
  const struct {
    std::string json;
    int64_t value;
  } kIntegers[] = {
      {"0", 0},
      {"-0", 0},
      {"1.999", 1},
      {"-1.5", -2},
      {"1e3", 1000},
      {"18446744073709551615", std::numeric_limits<int64_t>::max()},
      {"1e300", std::numeric_limits<int64_t>::max()},
      {"-1e300", std::numeric_limits<int64_t>::min()},
  };
  for (const auto& [json, value] : kIntegers) {
    const Parsed request(R"({"Limit": )" + json + "}");
    EXPECT_EQ((*read_request<QueryInput>(*request))[QueryInput::kLimit].integer(), value) << json;
  }
  const struct {
    std::string json;
    bool value;
  } kBooleans[] = {{"true", true},        {"false", false},   {R"("true")", true},
                   {R"("False")", false}, {R"("YES")", true}, {R"("no")", false},
                   {R"("1")", true},      {R"("0")", false}};
  for (const auto& [json, value] : kBooleans) {
    const Parsed request(R"({"ConsistentRead": )" + json + "}");
    EXPECT_EQ((*read_request<QueryInput>(*request))[QueryInput::kConsistentRead].boolean(), value)
        << json;
  }
  EXPECT_TRUE(Slot().boolean_or(true));
}

TEST(Shape, StructuresAreReadWithoutChecks) {
  const Parsed element(R"({"KeyType": "HASH", "AttributeName": "a", "Other": 1})");
  const auto members = read_structure<KeySchemaElementShape>(*element);
  EXPECT_EQ(members[KeySchemaElementShape::kAttributeName].text(), "a");
  EXPECT_EQ(members[KeySchemaElementShape::kKeyType].text(), "HASH");
}

}  // namespace
}  // namespace dynolith::api
