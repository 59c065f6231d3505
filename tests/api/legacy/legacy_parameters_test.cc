// Expected, AttributeUpdates, KeyConditions, QueryFilter and ScanFilter: their meaning and words.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

const std::string kInvalid = "ValidationException: ";
const std::string kOne = "ValidationException: 1 validation error detected: ";
const std::string kValues = "One or more parameter values were invalid: ";
const std::string kFailed = "ConditionalCheckFailedException: The conditional request failed";

class LegacyParameters : public ApiFixture {
 protected:
  LegacyParameters() {
    create_plain_tables();
    call("PutItem",
         "{'TableName':'tab','Item':{'p':{'S':'a'},'n':{'N':'5'},'t':{'S':'text'},'ss':{'SS':['x',"
         "'y']},'nul':{'NULL':true},'l':{'L':[{'S':'x'}]}}}");
  }
  // The items of a Scan with this filter: "1" or "0", or the error.
  std::string scan(const std::string& filter, const std::string& more = "") {
    const std::string reply = call(
        "Scan", "{'TableName':'tab','Select':'COUNT','ScanFilter':{" + filter + "}" + more + "}");
    if (!reply.starts_with(json("{'Count':"))) return reply;
    return reply.substr(9, 1);
  }
  static std::string condition(const std::string& name, const std::string& op,
                               const std::string& values) {
    return "'" + name + "':{'ComparisonOperator':'" + op + "','AttributeValueList':[" + values +
           "]}";
  }
  std::string expect_state(const std::string& expected, const std::string& more = "") {
    return call("DeleteItem", "{'TableName':'tab','Key':{'p':{'S':'zz'}},'Expected':{" + expected +
                                  "}" + more + "}");
  }
};

TEST_F(LegacyParameters, FilterAsTheirOperatorsSay) {
  const struct {
    const char *name, *op, *values, *found;
  } kCases[] = {
      {"n", "EQ", "{'N':'5.0'}", "1"},
      {"n", "EQ", "{'S':'5'}", "0"},
      {"n", "NE", "{'N':'5'}", "0"},
      {"zz", "NE", "{'N':'5'}", "1"},
      {"n", "LE", "{'N':'5'}", "1"},
      {"n", "LT", "{'N':'5'}", "0"},
      {"n", "GE", "{'N':'5'}", "1"},
      {"n", "GT", "{'N':'4'}", "1"},
      {"nul", "NOT_NULL", "", "1"},
      {"nul", "NULL", "", "0"},
      {"zz", "NULL", "", "1"},
      {"t", "CONTAINS", "{'S':'ex'}", "1"},
      {"ss", "CONTAINS", "{'S':'x'}", "1"},
      {"l", "CONTAINS", "{'S':'x'}", "1"},
      {"ss", "NOT_CONTAINS", "{'S':'z'}", "1"},
      {"zz", "NOT_CONTAINS", "{'S':'z'}", "0"},
      {"t", "BEGINS_WITH", "{'S':'te'}", "1"},
      {"n", "IN", "{'N':'4'},{'N':'5'}", "1"},
      {"n", "BETWEEN", "{'N':'5'},{'N':'6'}", "1"},
      {"n", "BETWEEN", "{'N':'6'},{'N':'7'}", "0"},
      {"ss", "EQ", "{'SS':['y','x']}", "1"},
  };
  for (const auto& [name, op, values, found] : kCases) {
    EXPECT_EQ(scan(condition(name, op, values)), found) << name << ' ' << op << ' ' << values;
  }
}

TEST_F(LegacyParameters, RefuseWhatFitsNoOperator) {
  const struct {
    const char *op, *values;
    std::string message;
  } kCases[] = {
      {"EQ", "", "Invalid number of argument(s) for the EQ ComparisonOperator"},
      {"EQ", "{'N':'1'},{'N':'2'}", "Invalid number of argument(s) for the EQ ComparisonOperator"},
      {"NULL", "{'N':'1'}", "Invalid number of argument(s) for the NULL ComparisonOperator"},
      {"IN", "", "Invalid number of argument(s) for the IN ComparisonOperator"},
      {"BETWEEN", "{'N':'1'}", "Invalid number of argument(s) for the BETWEEN ComparisonOperator"},
      {"LT", "{'BOOL':true}", "ComparisonOperator LT is not valid for BOOL AttributeValue type"},
      {"CONTAINS", "{'L':[]}",
       "ComparisonOperator CONTAINS is not valid for L AttributeValue type"},
      {"BEGINS_WITH", "{'N':'1'}",
       "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type"},
      {"IN", "{'N':'1'},{'S':'1'}",
       "AttributeValues inside AttributeValueList must be of same type"},
  };
  for (const auto& [op, values, message] : kCases) {
    EXPECT_EQ(scan(condition("n", op, values)), kInvalid + kValues + message) << op << values;
  }
  EXPECT_EQ(scan(condition("n", "BETWEEN", "{'N':'10'},{'N':'9'}")),
            kInvalid +
                "The BETWEEN condition was provided a range where the lower bound is greater than "
                "the upper bound");
  EXPECT_EQ(scan("'n':{}"),
            kOne +
                "Value null at 'scanFilter.n.member.comparisonOperator' failed to satisfy "
                "constraint: Member must not be null");
  EXPECT_EQ(scan(condition("", "NULL", "")), kInvalid + "Empty attribute name");
}

TEST_F(LegacyParameters, JoinConditionsAsTheOperatorSays) {
  const std::string both =
      condition("n", "EQ", "{'N':'5'}") + "," + condition("zz", "NOT_NULL", "");
  EXPECT_EQ(scan(both), "0");
  EXPECT_EQ(scan(both, ",'ConditionalOperator':'AND'"), "0");
  EXPECT_EQ(scan(both, ",'ConditionalOperator':'OR'"), "1");
  EXPECT_EQ(scan(""), "1");
  EXPECT_EQ(scan("", ",'ConditionalOperator':'OR'"),
            kInvalid + "ConditionalOperator cannot be used without Filter or Expected");
  EXPECT_EQ(scan(condition("n", "EQ", "{'N':'5'}"), ",'ConditionalOperator':'OR'"),
            kInvalid +
                "ConditionalOperator can only be used when Filter or Expected has two or more "
                "elements");
  EXPECT_EQ(scan(both, ",'ConditionalOperator':'or'"),
            kOne +
                "Value 'or' at 'conditionalOperator' failed to satisfy constraint: Member must "
                "satisfy enum value set: [OR, AND]");
}

TEST_F(LegacyParameters, ExpectValuesOrTheirAbsence) {
  EXPECT_EQ(expect_state("'p':{'Exists':false}"), "{}");
  EXPECT_EQ(expect_state("'p':{'Value':{'S':'zz'}}"), kFailed);
  EXPECT_EQ(expect_state("'p':{'Value':{'S':'zz'},'Exists':true}"), kFailed);
  EXPECT_EQ(expect_state("'p':{'ComparisonOperator':'NULL'}"), "{}");
  EXPECT_EQ(expect_state("'p':{'ComparisonOperator':'NE','Value':{'S':'zz'}}"), "{}");
  EXPECT_EQ(expect_state("'p':{'ComparisonOperator':'EQ','Value':{'S':'zz'}},'q':{'Exists':false}",
                         ",'ConditionalOperator':'OR'"),
            "{}");
  EXPECT_EQ(expect_state(""), "{}");
}

TEST_F(LegacyParameters, ExpectNothingImpossible) {
  const std::string start = kOne + kValues;
  const struct {
    std::string expected, message;
  } kCases[] = {
      {"'a':{'Value':{'S':'x'},'AttributeValueList':[{'S':'x'}]}",
       "Value and AttributeValueList cannot be used together for Attribute: a"},
      {"'a':{'ComparisonOperator':'EQ','Exists':true}",
       "Exists and ComparisonOperator cannot be used together for Attribute: a"},
      {"'a':{'ComparisonOperator':'EQ'}",
       "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a"},
      {"'a':{'AttributeValueList':[{'S':'x'}]}",
       "AttributeValueList can only be used with a ComparisonOperator for Attribute: a"},
      {"'a':{'Exists':true}", "Value must be provided when Exists is true for Attribute: a"},
      {"'a':{}", "Value must be provided when Exists is null for Attribute: a"},
      {"'a':{'Exists':false,'Value':{'S':'x'}}",
       "Value cannot be used when Exists is false for Attribute: a"},
  };
  for (const auto& [expected, message] : kCases) {
    EXPECT_EQ(expect_state(expected), start + message) << expected;
  }
}

TEST_F(LegacyParameters, UpdateByAction) {
  const auto updated = [&](const std::string& updates) {
    return call("UpdateItem", "{'TableName':'tab','Key':{'p':{'S':'u'}},'AttributeUpdates':{" +
                                  updates + "},'ReturnValues':'ALL_NEW'}");
  };
  EXPECT_EQ(updated("'gone':{'Action':'DELETE'}"), "{}");
  EXPECT_EQ(updated("'n':{'Action':'ADD','Value':{'N':'1'}},'a.b':{'Value':{'S':'x'}}"),
            json("{'Attributes':{'a.b':{'S':'x'},'n':{'N':'1'},'p':{'S':'u'}}}"));
  EXPECT_EQ(
      updated("'n':{'Action':'ADD','Value':{'N':'2'}},'a.b':{'Action':'DELETE'},'l':{'Action':"
              "'ADD','Value':{'L':[{'S':'x'}]}}"),
      json("{'Attributes':{'l':{'L':[{'S':'x'}]},'n':{'N':'3'},'p':{'S':'u'}}}"));
  EXPECT_EQ(updated("'l':{'Action':'ADD','Value':{'L':[{'N':'1'}]}},'n':{'Action':'PUT','Value':{"
                    "'SS':['a','b']}}"),
            json("{'Attributes':{'l':{'L':[{'S':'x'},{'N':'1'}]},'n':{'SS':['a','b']},'p':{'S':'u'}"
                 "}}"));
  EXPECT_EQ(
      updated("'n':{'Action':'DELETE','Value':{'SS':['a']}}"),
      json("{'Attributes':{'l':{'L':[{'S':'x'},{'N':'1'}]},'n':{'SS':['b']},'p':{'S':'u'}}}"));
  EXPECT_EQ(updated("'n':{'Action':'ADD','Value':{'N':'1'}}"),
            kInvalid + "Type mismatch for attribute to update");
  const struct {
    std::string updates, message;
  } kCases[] = {
      {"'a':{}", "Only DELETE action is allowed when no attribute value is specified"},
      {"'a':{'Action':'ADD'}",
       "Only DELETE action is allowed when no attribute value is specified"},
      {"'a':{'Action':'ADD','Value':{'S':'x'}}", "ADD action is not supported for the type STRING"},
      {"'a':{'Action':'DELETE','Value':{'N':'1'}}",
       "DELETE action with value is not supported for the type NUMBER"},
  };
  for (const auto& [updates, message] : kCases) {
    EXPECT_EQ(updated(updates), kOne + kValues + message) << updates;
  }
  EXPECT_EQ(updated("'p':{'Value':{'S':'x'}}"),
            kInvalid + kValues + "Cannot update attribute p. This attribute is part of the key");
}

TEST_F(LegacyParameters, QueryByKeyConditions) {
  for (const char* s : {"1", "2", "3"}) {
    call("PutItem",
         std::string("{'TableName':'rng','Item':{'p':{'S':'a'},'s':{'N':'") + s + "'}}}");
  }
  const auto query = [&](const std::string& conditions, const std::string& more = "") {
    return call("Query", "{'TableName':'rng','AttributesToGet':['s'],'KeyConditions':{" +
                             conditions + "}" + more + "}");
  };
  const std::string p = condition("p", "EQ", "{'S':'a'}");
  EXPECT_EQ(query(p + "," + condition("s", "BETWEEN", "{'N':'2'},{'N':'9'}")),
            json("{'Items':[{'s':{'N':'2'}},{'s':{'N':'3'}}],'Count':2,'ScannedCount':2}"));
  EXPECT_EQ(query(p, ",'QueryFilter':{'zz':{'ComparisonOperator':'NOT_NULL'}}"),
            json("{'Items':[],'Count':0,'ScannedCount':3}"));
  EXPECT_EQ(
      query(p, ",'QueryFilter':{'s':{'ComparisonOperator':'NOT_NULL'}}"),
      kInvalid +
          "QueryFilter can only contain non-primary key attributes: Primary key attribute: s");
  EXPECT_EQ(query(""), kInvalid + "Conditions can be of length 1 or 2 only");
  EXPECT_EQ(query(p + "," + condition("s", "NE", "{'N':'2'}")),
            kInvalid + "Attempted conditional constraint is not an indexable operation");
  EXPECT_EQ(query(condition("p", "GT", "{'S':'a'}")),
            kInvalid + "Query key condition not supported");
  EXPECT_EQ(query(condition("p", "EQ", "{'SS':['a']}")),
            kInvalid + kValues + "Condition parameter type does not match schema type");
}

}  // namespace
}  // namespace dynolith::test
