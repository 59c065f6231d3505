// Schemas in the words of Dynamoose.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/dynamic/dynamic_schema.h"
#include "odm/object.h"

namespace dynolith::odm {
namespace {

using testing::UnorderedElementsAre;

DynamicSchema of(const char* json) { return DynamicSchema::from_dynamoose(json).value(); }

Result<Map> created(const DynamicSchema& schema, Map object) {
  const auto ids = storage::system_id_source();
  const auto item = make_item(schema.schema(), &object, WriteKind::kCreate, {60'500, *ids});
  if (!item) return item.error();
  return storage::to_item(item->view());
}

constexpr const char* kUser = R"({
  "name": "User",
  "attributes": {
    "team": {"type": "String", "rangeKey": true, "index": {"type": "local", "name": "byTeam"}},
    "id": {"type": "String", "hashKey": true, "alias": ["userId", "uid"]},
    "age": {"type": "Number", "required": true, "enum": [1, 2, 3]},
    "mail": {"type": "String", "validate": {"regex": "@"}, "index": true},
    "level": {"type": "Number", "default": 1.5, "index": {"rangeKey": "age", "project": ["mail"]}},
    "fixed": {"type": "String", "default": "x", "forceDefault": true},
    "born": {"value": "Date", "settings": {"storage": "seconds"}},
    "woken": {"type": {"value": "Date", "settings": {"storage": "iso"}}},
    "tags": {"type": "Set", "schema": ["String"], "default": ["a"]},
    "place": {"type": "Object", "schema": {
      "city": {"type": "String", "required": true},
      "codes": {"type": "Array", "schema": [{"type": "Number"}]},
      "kind": {"type": "String", "default": "home"}}},
    "free": {"type": "Object", "schema": "ANY"},
    "state": {"type": ["String", "NULL"]},
    "what": {"type": {"value": "Constant", "settings": {"value": "user"}}},
    "both": {"type": {"value": "Combine", "settings": {"attributes": ["id", "age"], "separator": "/"}}},
    "raw": "Buffer"
  },
  "settings": {"timestamps": {"createdAt": "made", "updatedAt":
                 {"schema": {"seen": {"value": "Date", "settings": {"storage": "seconds"}}}}},
               "saveUnknown": ["extra"]},
  "expires": {"ttl": 60000, "attribute": "gone"}
})";

TEST(DynamooseSchema, CreatesItems) {
  const DynamicSchema user = of(kUser);
  EXPECT_EQ(created(user, {{"team", "red"},
                           {"userId", "u"},
                           {"age", 2},
                           {"fixed", "mine"},
                           {"born", 5},
                           {"place", Map{{"city", "Rom"}, {"color", "red"}}},
                           {"free", Map{{"a", List{1}}}},
                           {"state", Null{}},
                           {"what", "user"},
                           {"extra", 1},
                           {"color", "red"}})
                .value(),
            (Map{{"team", "red"},
                 {"id", "u"},
                 {"age", 2},
                 {"level", Number::parse("1.5").value()},
                 {"fixed", "x"},
                 {"born", 5},
                 {"tags", StringSet{{"a"}}},
                 {"place", Map{{"city", "Rom"}, {"kind", "home"}}},
                 {"free", Map{{"a", List{1}}}},
                 {"state", Null{}},
                 {"what", "user"},
                 {"both", "u/2"},
                 {"extra", 1},
                 {"made", 60'500},
                 {"seen", 60},
                 {"gone", 120}}));
}

TEST(DynamooseSchema, FindsProblems) {
  const Result<Map> item = created(of(kUser), {{"team", "red"},
                                               {"id", "u"},
                                               {"mail", "none"},
                                               {"age", 7},
                                               {"place", Map{{"codes", List{1, "2"}}}},
                                               {"state", 5},
                                               {"what", "group"}});
  ASSERT_FALSE(item.ok());
  EXPECT_THAT(item.error().problems,
              UnorderedElementsAre(Problem{"mail", "must match \"@\""},
                                   Problem{"age", "must be one of 1, 2, 3"},
                                   Problem{"place.city", "is required"},
                                   Problem{"place.codes[1]", "is S, not a number"},
                                   Problem{"state", "fits none of the types it may have"},
                                   Problem{"what", "is not the constant \"user\""}));
}

TEST(DynamooseSchema, HasItsKeysAndIndexes) {
  const DynamicSchema user = of(kUser);
  const Schema& schema = user.schema();
  EXPECT_EQ(schema.partition->attribute, "id");
  EXPECT_EQ(schema.sort->attribute, "team");
  ASSERT_EQ(schema.indexes.size(), 3u);
  EXPECT_EQ(schema.find_index("byTeam")->kind, storage::IndexKind::kLocal);
  EXPECT_EQ(schema.find_index("byTeam")->sort[0].attribute, "team");
  EXPECT_EQ(schema.find_index("mailGlobalIndex")->partition[0].attribute, "mail");
  EXPECT_EQ(schema.find_index("levelGlobalIndex")->sort[0].attribute, "age");
  EXPECT_EQ(schema.find_index("levelGlobalIndex")->projection.non_key_attributes,
            std::vector<std::string>{"mail"});
}

TEST(DynamooseSchema, ShowsTheDefaultName) {
  const DynamicSchema user = of(kUser);
  Map object;
  const Map stored{{"id", "u"}, {"team", "red"}, {"age", 1}};
  ASSERT_TRUE(read_object(user.schema(), storage::encode_item(stored).view(), &object).ok());
  EXPECT_EQ(object.at("userId"), Value("u"));
  EXPECT_EQ(object.count("id"), 0u);
}

TEST(DynamooseSchema, IsWrittenAsJsonAndReadBack) {
  const std::string once = to_json(of(kUser).schema());
  EXPECT_EQ(to_json(DynamicSchema::parse(once).value().schema()).size(),
            once.size() - std::string(R"(,"onSet":"custom")").size());
}

TEST(DynamooseSchema, KeepsUnknownAttributesOfAnyDepth) {
  const DynamicSchema all = of(R"({"attributes": {"id": "String",
    "place": {"type": "Object", "schema": {"city": "String"}}}, "settings": {"saveUnknown": true}})");
  const Map object{{"id", "a"}, {"b", 1}, {"place", Map{{"c", Map{{"d", true}}}}}};
  EXPECT_EQ(created(all, object).value(), object);
  const DynamicSchema inside = of(R"({"attributes": {"id": "String",
    "place": {"type": "Object", "schema": {"city": "String"}}},
    "settings": {"saveUnknown": ["place.**"]}})");
  EXPECT_EQ(created(inside, object).value(), (Map{{"id", "a"}, {"place", object.at("place")}}));
}

TEST(DynamooseSchema, SurvivesDamage) {
  const std::string whole = kUser;
  const char* const pieces[] = {"", "\"", "{", "]", "null", "-1", "\"id\"", "[]", "{}", "true"};
  for (size_t at = 0; at < whole.size(); at += 2) {
    for (const char* piece : pieces) {
      std::string damaged = whole;
      damaged.replace(at, 1 + at % 9, piece);
      const Result<DynamicSchema> schema = DynamicSchema::from_dynamoose(damaged);
      if (schema) (void)created(*schema, {{"team", "red"}, {"id", "u"}, {"age", 2}});
    }
  }
}

TEST(DynamooseSchema, RefusesWhatItCannotHold) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"attributes":{"a":"Text"}})", "Model.a: has no type \"Text\""},
      {R"({"attributes":{"a":{"type":"String","get":"x"}}})",
       "Model.a: functions cannot be written in JSON"},
      {R"({"attributes":{"a":{"type":"String","color":1}}})",
       "Model.a: \"color\" is not known here"},
      {R"({"attributes":{"a.b":"String"}})", "Model.a.b: a name must not hold a point"},
      {R"({"attributes":{"a":{"type":"String","default":5}}})",
       "Model.a: a value of its settings is N, not a string"},
      {R"({"attributes":{"a":"String","b":{"type":"Set","schema":["Boolean"]}}})",
       "Model.b: a Set holds strings, numbers or binary values"},
      {R"({"attributes":{"a":"String","b":{"type":{"value":"Combine","settings":{"attributes":["c"]}}}}})",
       "Model: no attribute is called \"c\" (yet)"},
      {R"({"attributes":{"a":"String"},"settings":{"timestamps":{"createdAt":["b","c"]}}})",
       "Model: timestamps: there is one attribute for each"},
      {R"({"attributes":{}})", "Model: has no attributes"},
  };
  for (const auto& [json, message] : cases) {
    const Result<DynamicSchema> schema = DynamicSchema::from_dynamoose(json);
    ASSERT_FALSE(schema.ok()) << json;
    EXPECT_EQ(schema.error().message, message);
  }
}

}  // namespace
}  // namespace dynolith::odm
