// Schemas as JSON: what is read back writes, checks and reads items as the first one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/dynamic/dynamic_schema.h"
#include "odm/object.h"

namespace dynolith::odm {
namespace {

enum class Size { kSmall, kLarge };

struct Branch {
  std::string name;
  std::vector<Branch> branches;
};
struct Tree {
  std::string park, id, kind;
  int64_t height = 0;
  Size size = Size::kSmall;
  std::optional<std::string> owner, note;
  std::variant<int, std::string> label;
  std::vector<Branch> branches;
  std::set<int> years;
  std::map<std::string, double> measures;
  Timestamp planted{}, updated{};
  int64_t version = 0, writes = 0;
  Map rest;
};

constexpr Index<&Tree::kind, &Tree::height> kByKind{"by_kind"};
constexpr Index<&Tree::park, &Tree::planted> kByAge{"by_age"};

}  // namespace

template <>
struct Model<Branch> {
  static void define(Definition<Branch>& branch) {
    branch.attribute("name", &Branch::name, required())
        .attribute("branches", &Branch::branches, length(0, 2));
  }
};
template <>
struct Model<Tree> {
  using key = Key<&Tree::park, &Tree::id>;
  static void define(Definition<Tree>& tree) {
    tree.entity("Tree", "kind_of")
        .partition_key("park", &Tree::park, required())
        .sort_key("sk", "TREE#{id}")
        .attribute("id", &Tree::id, ulid(), read_only())
        .attribute("kind", &Tree::kind, matches("^[a-z]+$"), one_of({"oak", "elm"}))
        .attribute("height", &Tree::height, range(0, 150), saved_as("h"), alias("tall"))
        .attribute("size", &Tree::size)
        .attribute("owner", &Tree::owner, nullable(), masked())
        .attribute("note", &Tree::note, default_value("none"), hidden())
        .attribute("label", &Tree::label)
        .attribute("branches", &Tree::branches)
        .attribute("years", &Tree::years)
        .attribute("measures", &Tree::measures)
        .attribute("planted", &Tree::planted, seconds())
        .updated_at("updatedAt", &Tree::updated, iso())
        .version("v", &Tree::version)
        .attribute("writes", &Tree::writes, counter(10, 2))
        .extra(&Tree::rest)
        .unique(&Tree::owner)
        .schema_version(3)
        .view("short", &Tree::id, &Tree::kind)
        .index(kByKind, keys_only())
        .index(kByAge, local(), including("kind"));
  }
};

namespace {

Tree oak() {
  Tree tree;
  tree.park = "north";
  tree.kind = "oak";
  tree.height = 20;
  tree.label = "big";
  tree.branches = {{"left", {{"leaf", {}}}}};
  tree.years = {1990, 2000};
  tree.measures = {{"girth", 2.5}};
  tree.planted = timestamp_of_ms(5'000);
  tree.rest["color"] = Value("green");
  return tree;
}

TEST(SchemaJson, ReadsBackAsItWasWritten) {
  const std::string once = to_json(schema_of<Tree>());
  const DynamicSchema schema = DynamicSchema::parse(once).value();
  EXPECT_EQ(to_json(schema.schema()), once);
}

TEST(SchemaJson, AStructsSchemaAsDataWritesTheSameItems) {
  const DynamicSchema schema = DynamicSchema::parse(to_json(schema_of<Tree>())).value();
  Tree tree = oak();
  const auto ids = storage::system_id_source();
  const EncodedItem item =
      make_item(schema_of<Tree>(), &tree, WriteKind::kCreate, {7'000, *ids}).value();

  Map object;
  ASSERT_TRUE(read_object(schema.schema(), item.view(), &object).ok());
  EXPECT_EQ(object.at("height"), Value(20));
  EXPECT_EQ(object.at("planted"), Value(5));
  EXPECT_EQ(object.at("color"), Value("green"));
  EXPECT_EQ(object.at("writes"), Value(10));
  EXPECT_EQ(object.at("note"), Value("none"));
  EXPECT_EQ(encode_object(schema.schema(), &object).value(), item);

  // From the same start.
  Map fresh = object;
  for (const char* filled : {"note", "updatedAt", "v", "writes"}) fresh.erase(filled);
  EXPECT_EQ(make_item(schema.schema(), &fresh, WriteKind::kCreate, {7'000, *ids}).value(), item);
  EXPECT_EQ(key_of(schema.schema(), &object).value(), key_of(schema_of<Tree>(), &tree).value());
}

TEST(SchemaJson, AStructsSchemaAsDataFindsTheSameProblems) {
  const DynamicSchema schema = DynamicSchema::parse(to_json(schema_of<Tree>())).value();
  Tree tree = oak();
  tree.park = "";
  tree.kind = "Fir1";
  tree.height = 151;
  tree.branches = {{"", {}}, {"b", {{"1", {}}, {"2", {}}, {"", {}}}}};
  Map object{
      {"park", ""},
      {"id", "x"},
      {"kind", "Fir1"},
      {"tall", 151},
      {"size", "kSmall"},
      {"label", "big"},
      {"branches",
       List{Map{{"name", ""}, {"branches", List{}}},
            Map{{"name", "b"},
                {"branches", List{Map{{"name", "1"}}, Map{{"name", "2"}}, Map{{"name", ""}}}}}}},
      {"measures", Map{}}};
  const auto ids = storage::system_id_source();
  const auto typed = make_item(schema_of<Tree>(), &tree, WriteKind::kPut, {1, *ids});
  const auto dynamic = make_item(schema.schema(), &object, WriteKind::kPut, {1, *ids});
  ASSERT_FALSE(typed.ok());
  ASSERT_FALSE(dynamic.ok());
  EXPECT_EQ(typed.error().problems.size(), 7u);
  EXPECT_THAT(dynamic.error().problems, testing::UnorderedElementsAreArray(typed.error().problems));
}

TEST(SchemaJson, NamesFunctionsAndLeavesThemOut) {
  const DynamicSchema schema =
      DynamicDefinition("M")
          .partition_key<std::string>("id", generated([] { return std::string("x"); }))
          .attribute<int>("n", on_set([](int n) { return n + 1; }),
                          check([](const int&) { return false; }, "is never right"))
          .before_write([](std::string_view, Map&) -> Result<void> { return {}; })
          .build()
          .value();
  const std::string json = to_json(schema.schema());
  EXPECT_EQ(json,
            R"({"model":"M","partitionKey":{"member":"id"},"key":["id"],"attributes":[)"
            R"({"name":"id","type":"string","generated":"custom"},)"
            R"({"name":"n","type":"integer","checks":[{"custom":true,"message":"is never right"}],)"
            R"("onSet":"custom"}],"hooks":["beforeWrite"]})");
  const DynamicSchema read = DynamicSchema::parse(json).value();
  Map object{{"id", "a"}, {"n", 1}};
  const auto ids = storage::system_id_source();
  EXPECT_EQ(storage::to_item(
                make_item(read.schema(), &object, WriteKind::kCreate, {1, *ids}).value().view()),
            object);
}

TEST(SchemaJson, RefusesWhatIsNone) {
  const std::pair<const char*, const char*> cases[] = {
      {"[]", "schema: is not a JSON object"},
      {"{", "schema: is not a JSON object"},
      {"{}", ": has no attributes"},
      {R"({"attributes":[{}]})", ".attributes: one has no name"},
      {R"({"attributes":[],"color":1})", "schema: \"color\" is not known here"},
      {R"({"model":"M","attributes":[{"name":"a","type":"text"}]})", "M.a: has no type \"text\""},
      {R"({"model":"M","attributes":[{"name":"a","type":{"list":"string","map":"any"}}]})",
       "M.a: needs one type"},
      {R"({"model":"M","attributes":[{"name":"a","type":{"document":"D"}}]})",
       "M.a: there is no document \"D\""},
      {R"({"model":"M","attributes":[{"name":"a","type":{"union":[]}}]})",
       "M: a is a union of no types"},
      {R"({"model":"M","attributes":[{"name":"a","type":"string","role":"version"}]})",
       "M.a: its type does not fit its role"},
      {R"({"model":"M","attributes":[],"partitionKey":{"attribute":"pk","pattern":"{a}"}})",
       "M: key pattern \"{a}\": no attribute is called \"a\""},
      {R"({"model":"M","attributes":[{"name":"a","type":"string","checks":[{"matches":"("}]}]})",
       "the pattern \"(\" is not one: missing ): ("},
      {R"({"model":"M","attributes":[],"upgrades":[{"from":1}]})",
       "M: upgrades are functions, which JSON cannot hold"},
      {R"({"model":"M","attributes":[{"name":"a","default":{"N":"x"}}]})",
       "M.a: must be a value like {\"S\": \"text\"}"},
      {R"({"model":"M","attributes":[{"name":"a"}],"version":-1})", "M: \"version\" is negative"},
  };
  for (const auto& [json, message] : cases) {
    const Result<DynamicSchema> schema = DynamicSchema::parse(json);
    ASSERT_FALSE(schema.ok()) << json;
    EXPECT_EQ(schema.error().code, ErrorCode::kBadModel);
    EXPECT_EQ(schema.error().message, message);
  }
}

// Whatever is broken in a description: an error or a schema that works, never a crash.
TEST(SchemaJson, SurvivesDamage) {
  const std::string whole = to_json(schema_of<Tree>());
  const char* const pieces[] = {"", "\"", "{", "]", "null", "-1", "\"id\"", "[]", "{}", "1e999"};
  size_t good = 0;
  const auto ids = storage::system_id_source();
  for (size_t at = 0; at < whole.size(); at += 3) {
    for (const char* piece : pieces) {
      std::string damaged = whole;
      damaged.replace(at, 1 + at % 7, piece);
      const Result<DynamicSchema> schema = DynamicSchema::parse(damaged);
      (void)DynamicSchema::from_dynamoose(damaged);
      if (!schema) continue;
      ++good;
      Map object{{"park", "a"}, {"id", "b"}, {"kind", "oak"}, {"label", 5}};
      (void)make_item(schema->schema(), &object, WriteKind::kPut, {1, *ids});
      (void)to_json(schema->schema());
    }
  }
  EXPECT_GT(good, 0u);
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"list\":";
  const Result<DynamicSchema> nested =
      DynamicSchema::parse("{\"attributes\":[{\"name\":\"a\",\"type\":" + deep);
  EXPECT_FALSE(nested.ok());
}

}  // namespace
}  // namespace dynolith::odm
