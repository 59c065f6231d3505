// Declarations that contradict themselves: found at first use, named in the message.
#include "odm/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "odm/object.h"

namespace dynolith::odm {
namespace {

struct Thing {
  std::string a, b;
  int n = 0;
  uint8_t small = 0;
  bool flag = false;
  Timestamp time{}, other{};
  std::optional<int> maybe;
  std::vector<int> list;
  std::variant<int, std::string> number_or_text;
  std::variant<int, int64_t> short_or_long;
  Map rest, more;
  int64_t version = 0, second = 0;
};
struct Wrong {
  std::string id;
};
struct Shared {
  std::string id;
  std::vector<Shared> inner;
};
constexpr Index<&Thing::a> kByA{"by_a"};
constexpr Index<&Thing::a, &Thing::b> kByBoth{"by_both"};
constexpr Index<&Thing::list> kByList{"by_list"};

}  // namespace

template <>
struct Model<Thing> {
  static void define(Definition<Thing>&) {}
};
template <>
struct Model<Wrong> {
  using key = Key<&Wrong::id>;
  static void define(Definition<Wrong>& wrong) { wrong.attribute("id", &Wrong::id); }
};
template <>
struct Model<Shared> {
  using key = Key<&Shared::id>;
  static void define(Definition<Shared>& shared) {
    shared.entity("Shared")
        .partition_key("pk", "S#{id}")
        .attribute("id", &Shared::id)
        .attribute("inner", &Shared::inner);
  }
};

namespace {

using Define = void (*)(Definition<Thing>&);

// A schema as model.h builds it, from another declaration each time.
Schema built(Define define) {
  Schema schema;
  schema.model = "Thing";
  Definition<Thing> definition(schema);
  define(definition);
  schema.finish();
  return schema;
}

using D = Definition<Thing>;

void expect_bad(Define define, std::string_view why) {
  const Schema schema = built(define);
  ASSERT_TRUE(schema.error) << why;
  EXPECT_EQ(schema.error->code, ErrorCode::kBadModel);
  EXPECT_THAT(schema.error->message, testing::StartsWith("Thing"));
  EXPECT_THAT(schema.error->message, testing::HasSubstr(std::string(why)));
  // Every call answers it.
  Thing thing;
  const auto ids = storage::system_id_source();
  const auto item = make_item(schema, &thing, WriteKind::kPut, {1, *ids});
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error().message, schema.error->message);
  const Result<void> read = read_object(schema, storage::encode_item({}).view(), &thing);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kBadModel);
  EXPECT_EQ(key_of(schema, &thing).error().code, ErrorCode::kBadModel);
}

TEST(Model, NamesMustBeTold) {
  const std::pair<Define, std::string_view> cases[] = {
      {[](D& d) { d.attribute("a", &Thing::a).attribute("a", &Thing::b); },
       "two attributes are stored as \"a\""},
      {[](D& d) { d.attribute("a", &Thing::a).attribute("b", &Thing::b, saved_as("a")); },
       "two attributes are stored as \"a\""},
      {[](D& d) {
         d.attribute("a", &Thing::a, saved_as("x")).attribute("a", &Thing::b, saved_as("y"));
       },
       "two attributes are called \"a\""},
      {[](D& d) { d.attribute("a", &Thing::a).attribute("b", &Thing::b, alias("a")); },
       "two attributes are called \"a\""},
      {[](D& d) { d.attribute("a", &Thing::a).attribute("b", &Thing::a); },
       "the member of \"b\" is an attribute already"},
      {[](D& d) { d.attribute("", &Thing::a); }, "an attribute has no name"},
      {[](D& d) { d.attribute("a", &Thing::a, saved_as("")); }, "an attribute has no name"},
      {[](D& d) { d.attribute(std::string(70'000, 'n'), &Thing::a); }, "name is too long"},
      {[](D& d) { d.entity("T").attribute("_et", &Thing::a); },
       "stored as \"_et\", the place of the entity"},
      {[](D& d) { d.schema_version(1).attribute("_v", &Thing::n); },
       "stored as \"_v\", the place of the schema's version"},
      {[](D& d) { d.entity("T", "x").schema_version(1, "x"); },
       "the entity and the schema's version are both stored as \"x\""},
  };
  for (const auto& [define, why] : cases) expect_bad(define, why);
}

TEST(Model, RolesStandOnce) {
  const std::pair<Define, std::string_view> cases[] = {
      {[](D& d) { d.created_at("t", &Thing::time).created_at("o", &Thing::other); },
       "more than one created_at"},
      {[](D& d) { d.updated_at("t", &Thing::time).updated_at("o", &Thing::other); },
       "more than one updated_at"},
      {[](D& d) { d.expires_at("t", &Thing::time).expires_at("o", &Thing::other); },
       "more than one expires_at"},
      {[](D& d) { d.version("v", &Thing::version).version("s", &Thing::second); },
       "more than one version"},
      {[](D& d) { d.extra(&Thing::rest).extra(&Thing::more); }, "more than one extra"},
  };
  for (const auto& [define, why] : cases) expect_bad(define, why);
}

TEST(Model, KeysAreMadeOfAttributes) {
  const std::pair<Define, std::string_view> cases[] = {
      {[](D& d) { d.partition_key("pk", "T#{nope}"); }, "no attribute is called \"nope\""},
      {[](D& d) { d.partition_key("pk", "{n:99}").attribute("n", &Thing::n); }, "after ':' stands"},
      {[](D& d) {
         d.partition_key("pk", "{a}")
             .sort_key("sk", "{n}")
             .attribute("a", &Thing::a)
             .attribute("n", &Thing::n);
       },
       "the number \"n\" needs a width, like {n:08}"},
      {[](D& d) { d.partition_key("pk", "{list}").attribute("list", &Thing::list); },
       "\"list\" is neither text nor a number"},
      {[](D& d) { d.partition_key("pk", "T#{a:04}").attribute("a", &Thing::a); },
       "key pattern \"T#{a:04}\": \"a\" is no number: only numbers are padded, for the texts "
       "\"7\" and \"007\" would make one key"},
      {[](D& d) { d.partition_key("pk", "{flag:04}").attribute("flag", &Thing::flag); },
       "\"flag\" is no number"},
      {[](D& d) { d.partition_key("pk", "{t:038}").attribute("t", &Thing::time, iso()); },
       "\"t\" is no number"},
      {[](D& d) { d.partition_key("pk", "{v}").attribute("v", &Thing::number_or_text); },
       "\"v\" may be of several types, and a text and a number like \"7\" and 7 would make one "
       "key"},
      {[](D& d) { d.partition_key("pk", "{v:08}").attribute("v", &Thing::number_or_text); },
       "\"v\" may be of several types"},
      {[](D& d) {
         d.attribute("a", &Thing::a)
             .attribute("b", &Thing::b)
             .index(kByBoth, partition_key("x", "{a}"), sort_key("y", "{b:08}"));
       },
       "\"b\" is no number"},
      {[](D& d) { d.partition_key("flag", &Thing::flag); },
       "\"flag\" is a key but no string, number or binary"},
      {[](D& d) { d.partition_key("a", "{a}").attribute("a", &Thing::a); },
       "stored as \"a\", which a pattern composes"},
      {[](D& d) { d.partition_key("pk", "").attribute("a", &Thing::a); }, "is empty"},
      {[](D& d) { d.partition_key("", "X"); }, "a key attribute has no name"},
      {[](D& d) { d.entity("T").partition_key("_et", "X"); }, "which the mapper writes itself"},
      {[](D& d) { d.partition_key("pk", "X").partition_key("pk", "Y"); },
       "a key is declared twice"},
      {[](D& d) { d.partition_key("a", &Thing::a).partition_key("b", &Thing::b); },
       "a key is declared twice"},
      {[](D& d) { d.sort_key("sk", "X"); }, "a sort key without a partition key"},
      {[](D& d) { d.partition_key("pk", "X").sort_key("pk", "X"); },
       "partition and sort key are one attribute"},
      {[](D& d) { d.partition_key("pk", "X").sort_key("pk", "Y"); }, "two patterns compose \"pk\""},
  };
  for (const auto& [define, why] : cases) expect_bad(define, why);
}

TEST(Model, KeysMayBeMadeOfNumbersOfSeveralSizes) {
  const Schema schema =
      built([](D& d) { d.partition_key("pk", "T#{v:08}").attribute("v", &Thing::short_or_long); });
  EXPECT_FALSE(schema.error) << schema.error->message;
}

TEST(Model, IndexesHaveKeysAndNames) {
  const std::pair<Define, std::string_view> cases[] = {
      {[](D& d) { d.index(kByA); }, "a member is named that is not (yet) an attribute"},
      {[](D& d) { d.attribute("a", &Thing::a).index(kByA).index(kByA); },
       "two indexes are called \"by_a\""},
      {[](D& d) {
         d.attribute("a", &Thing::a)
             .attribute("b", &Thing::b)
             .index(kByA, partition_key("x", "{a}#{b}"));
       },
       "index \"by_a\" does not name \"b\", which its key needs"},
      {[](D& d) { d.attribute("a", &Thing::a).index(kByA, sort_key("x", "{a}")); },
       "index \"by_a\" has no partition key"},
      {[](D& d) { d.index(Index<>{"none"}); }, "index \"none\" has no partition key"},
      {[](D& d) { d.index(Index<>{"none"}, partition_key("x", "{nope}")); },
       "no attribute is called \"nope\""},
      {[](D& d) { d.attribute("list", &Thing::list).index(kByList); },
       "\"list\" is a key but no string, number or binary"},
      {[](D& d) { d.partition_key("a", &Thing::a).index(kByA, local()); }, "has no sort key"},
      {[](D& d) {
         d.partition_key("pk", "P#{a}")
             .attribute("a", &Thing::a)
             .index(kByA, partition_key("pk", "Q#{a}"));
       },
       "two patterns compose \"pk\": \"P#{a}\" and \"Q#{a}\""},
  };
  for (const auto& [define, why] : cases) expect_bad(define, why);
}

TEST(Model, AnIndexMayTurnTheTablesKeyAround) {
  const Schema schema = built([](D& d) {
    d.partition_key("pk", "A#{a}").sort_key("sk", "B#{b}");
    d.attribute("a", &Thing::a).attribute("b", &Thing::b);
    d.index(kByBoth, partition_key("sk", "B#{b}"), sort_key("pk", "A#{a}"));
  });
  ASSERT_FALSE(schema.error) << schema.error->message;
  Thing thing;
  thing.a = "1";
  thing.b = "2";
  EXPECT_EQ(storage::to_item(encode_object(schema, &thing).value().view()),
            (Map{{"pk", "A#1"}, {"sk", "B#2"}, {"a", "1"}, {"b", "2"}}));
}

TEST(Model, UniqueValuesAndUpgradesNeedTheirPlace) {
  const std::pair<Define, std::string_view> cases[] = {
      {[](D& d) { d.attribute("a", &Thing::a).unique(&Thing::a); },
       "unique() needs a table whose keys are strings"},
      {[](D& d) { d.partition_key("n", &Thing::n).attribute("a", &Thing::a).unique(&Thing::a); },
       "unique() needs a table whose keys are strings"},
      {[](D& d) { d.unique(&Thing::a); }, "a member is named that is not (yet) an attribute"},
      {[](D& d) {
         d.partition_key("pk", "T#{a}").attribute("a", &Thing::a);
         d.unique(&Thing::a).unique(&Thing::a);
       },
       "\"a\" is said to be unique twice"},
      {[](D& d) { d.upgrade(1, [](Map&) {}); }, "starts at version 1, which is not before 0"},
      {[](D& d) { d.schema_version(2).upgrade(2, [](Map&) {}); }, "which is not before 2"},
      {[](D& d) { d.schema_version(2).upgrade(-1, [](Map&) {}); }, "the first version is 0"},
  };
  for (const auto& [define, why] : cases) expect_bad(define, why);
}

TEST(Model, OptionsFitTheirMembers) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const std::pair<Define, std::string_view> cases[] = {
      {[](D& d) { d.attribute("a", &Thing::a, matches("(")); }, "the pattern \"(\" is not one"},
      {[](D& d) { d.attribute("a", &Thing::a, default_value("\xff")); }, "is not UTF-8"},
      {[](D& d) { d.attribute("s", &Thing::small, default_value(300)); },
       "does not fit the member"},
      {[](D& d) { d.attribute("s", &Thing::small, default_value(-1)); }, "does not fit the member"},
      {[](D& d) { d.attribute("n", &Thing::n, default_value(1.5)); }, "does not fit the member"},
      {[](D& d) {
         d.attribute("s", &Thing::small, one_of({1, 256}));
       },
       "does not fit the member"},
      {[](D& d) { d.attribute("n", &Thing::n, range(2, 1)); }, "its range holds nothing"},
      {[](D& d) { d.attribute("n", &Thing::n, at_most(1e300)); }, "a bound is no number"},
      {[](D& d) { d.attribute("n", &Thing::n, at_least(kInfinite)); }, "a bound is no number"},
      {[](D& d) { d.attribute("a", &Thing::a, length(3, 2)); }, "no length is within its limits"},
      {[](D& d) { d.attribute("t", &Thing::time, default_value(timestamp_of_ms(1)), iso()); },
       "say its form before options with values"},
  };
  for (const auto& [define, why] : cases) expect_bad(define, why);
}

TEST(Model, ValidateFindsTheFirstBadOne) {
  EXPECT_TRUE((validate_models<Shared, Thing>().ok()));
  const Result<void> result = validate_models<Shared, Wrong>();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "Wrong: a key is named but no partition_key is declared");
}

struct Late {
  std::string id;
  std::vector<Late> inner;
};

}  // namespace

template <>
struct Model<Late> {
  static void define(Definition<Late>& late) {
    late.attribute("id", &Late::id, required()).attribute("inner", &Late::inner);
  }
};

namespace {

TEST(Model, FirstUseMayBeInSeveralThreads) {
  std::vector<const Schema*> seen(8);
  std::vector<std::thread> threads;
  for (const Schema*& each : seen) threads.emplace_back([&each] { each = &schema_of<Late>(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(seen, testing::Each(&schema_of<Late>()));
  EXPECT_EQ(seen[0]->attributes.size(), 2u);
}

}  // namespace
}  // namespace dynolith::odm
