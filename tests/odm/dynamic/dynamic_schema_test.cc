// Schemas known at run time: their items are written, checked and read as a struct's.
#include "odm/dynamic/dynamic_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/object.h"

namespace dynolith::odm {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

DynamicSchema address() {
  return DynamicDefinition("Address")
      .attribute<std::string>("city", required())
      .attribute<int>("zip", range(1, 99999))
      .attribute<std::string>("country", default_value("CH"))
      .build()
      .value();
}

DynamicSchema event() {
  return DynamicDefinition("Event")
      .entity("Event")
      .partition_key("pk", "EVENT#{id}")
      .sort_key("sk", "LEVEL#{level:02}")
      .attribute<std::string>("id", uuid())
      .attribute<std::string>("kind", required(), matches("^[a-z]+$"), lower())
      .attribute<int>("level", range(0, 90), default_value(1))
      .attribute("place", DynamicType::document_of(address()), saved_as("p"), alias("where"))
      .attribute("parts", DynamicType::list(DynamicType::document_of(address())))
      .attribute("mark", DynamicType::string().or_null())
      .attribute("payload", DynamicType::any())
      .attribute("due", DynamicType::date(TimeForm::kIso))
      .attribute<std::set<std::string>>("tags")
      .created_at("createdAt")
      .updated_at("updatedAt", TimeForm::kSeconds)
      .expires_at("ttl", std::chrono::minutes(1))
      .version("v")
      .derived("label", DynamicType::string(),
               [](const Map& item) {
                 return Value(*item.at("kind").get_if<std::string>() + "/" +
                              item.at("level").get_if<Number>()->to_text());
               },
               {"kind", "level"})
      .check([](const Map& item) { return item.count("payload") == 0 || item.count("due") > 0; },
             "a payload needs a due date")
      .index("by_kind", {"kind"}, partition_key("gsi1pk", "KIND#{kind}"))
      .keep_unknown()
      .build()
      .value();
}

Result<Map> written(const DynamicSchema& schema, Map& object, WriteKind kind = WriteKind::kCreate) {
  const auto ids = storage::system_id_source();
  Result<EncodedItem> item = make_item(schema.schema(), &object, kind, {1'000'999, *ids});
  if (!item) return item.error();
  return storage::to_item(item->view());
}

std::vector<Problem> problems(const DynamicSchema& schema, Map object) {
  const Result<Map> item = written(schema, object);
  return item ? std::vector<Problem>() : item.error().problems;
}

Result<Map> read(const DynamicSchema& schema, const Map& stored) {
  Map object;
  const Result<void> result =
      read_object(schema.schema(), storage::encode_item(stored).view(), &object);
  if (!result) return result.error();
  return object;
}

TEST(DynamicSchema, FillsInWritesAndReadsBack) {
  Map object{{"kind", "ALARM"},
             {"where", Map{{"city", "Bern"}}},
             {"mark", Null{}},
             {"due", "2026-11-21T10:44:37+01:00"},
             {"color", "red"}};
  const Map stored = written(event(), object).value();
  const std::string id = *stored.at("id").get_if<std::string>();
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(stored.at("pk"), Value("EVENT#" + id));
  EXPECT_EQ(stored.at("sk"), Value("LEVEL#01"));
  EXPECT_EQ(stored.at("gsi1pk"), Value("KIND#alarm"));
  EXPECT_EQ(stored.at("label"), Value("alarm/1"));
  EXPECT_EQ(stored.at("p"), Value(Map{{"city", "Bern"}, {"country", "CH"}}));
  EXPECT_EQ(stored.at("mark"), Value(Null{}));
  EXPECT_EQ(stored.at("due"), Value("2026-11-21T09:44:37.000Z"));
  EXPECT_EQ(stored.at("createdAt"), Value(1'000'999));
  EXPECT_EQ(stored.at("updatedAt"), Value(1000));
  EXPECT_EQ(stored.at("ttl"), Value(1060));
  EXPECT_EQ(stored.at("v"), Value(1));
  EXPECT_EQ(stored.at("_et"), Value("Event"));
  EXPECT_EQ(stored.at("color"), Value("red"));
  EXPECT_EQ(stored.count("tags"), 0u);

  Map expected = stored;
  for (const char* own : {"pk", "sk", "gsi1pk", "_et"}) expected.erase(own);
  expected["place"] = expected["p"];
  expected.erase("p");
  EXPECT_EQ(read(event(), stored).value(), expected);
}

TEST(DynamicSchema, SaysAllThatIsWrong) {
  EXPECT_THAT(problems(event(), {{"kind", "no digits 1"},
                                 {"level", 91},
                                 {"place", Map{{"city", 5}, {"zip", 0}}},
                                 {"parts", List{Map{{"zip", 5}}, "x"}},
                                 {"mark", 7},
                                 {"payload", 1},
                                 {"tags", "x"}}),
              UnorderedElementsAre(Problem{"kind", "must match \"^[a-z]+$\""},
                                   Problem{"level", "must be between 0 and 90"},
                                   Problem{"place.city", "is N, not a string"},
                                   Problem{"place.zip", "must be between 1 and 99999"},
                                   Problem{"parts[0].city", "is required"},
                                   Problem{"parts[1]", "is S, not a map"},
                                   Problem{"mark", "fits none of the types it may have"},
                                   Problem{"tags", "is S, not a set of strings"},
                                   Problem{"", "a payload needs a due date"}));
}

TEST(DynamicSchema, NamesWhatDoesNotFitWhenRead) {
  const Result<Map> result =
      read(event(),
           {{"id", "a"}, {"kind", "b"}, {"level", "old"}, {"due", "soon"}, {"p", Map{{"zip", 5}}}});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kTypeMismatch);
  EXPECT_THAT(result.error().problems,
              UnorderedElementsAre(Problem{"level", "is S, not a number"},
                                   Problem{"due", "is not a time in ISO 8601 text"},
                                   Problem{"place.city", "is missing"}));
}

struct TypeCase {
  const char* name;
  DynamicType type;
  Value good;
  Value bad;
};

TEST(DynamicType, TakesItsOwnValuesOnly) {
  const DynamicSchema place = address();
  const Number exact = Number::parse("0.12345678901234567890123456789012345678").value();
  const TypeCase cases[] = {
      {"string", DynamicType::string(), "", 5},
      {"number", DynamicType::number(), exact, "5"},
      {"integer", DynamicType::integer(), Number::parse("1e40").value(), exact},
      {"boolean", DynamicType::boolean(), true, 1},
      {"binary", DynamicType::binary(), Binary{"x"}, "x"},
      {"milliseconds", DynamicType::date(), 5, "5"},
      {"seconds", DynamicType::date(TimeForm::kSeconds), -5, exact},
      {"iso", DynamicType::date(TimeForm::kIso), "2026-01-01T00:00:00.000Z", "tomorrow"},
      {"null", DynamicType::null(), Null{}, 5},
      {"constant", DynamicType::constant_of("x"), "x", "y"},
      {"enumeration", DynamicType::enumeration({"a", "b"}), "b", "c"},
      {"list", DynamicType::list(DynamicType::number()), List{1, 2}, List{1, "2"}},
      {"list without NULL", DynamicType::list(DynamicType::string()), List{}, List{Null{}}},
      {"map", DynamicType::map(DynamicType::string()), Map{{"a", "b"}}, Map{{"a", 1}}},
      {"document", DynamicType::document_of(place), Map{{"city", "Rom"}, {"country", "IT"}},
       Map{{"zip", 1}}},
      {"string set", DynamicType::string_set(), StringSet{{"a"}}, List{"a"}},
      {"number set", DynamicType::number_set(), NumberSet{{Number(1)}}, StringSet{{"1"}}},
      {"binary set", DynamicType::binary_set(), BinarySet{{"a"}}, Binary{"a"}},
      {"union", DynamicType::union_of({DynamicType::number(), DynamicType::document_of(place)}),
       Map{{"city", "Rom"}, {"country", "IT"}}, Map{{"city", 1}}},
      {"union of lists",
       DynamicType::union_of(
           {DynamicType::list(DynamicType::string()), DynamicType::list(DynamicType::number())}),
       List{1}, List{true}},
      {"any", DynamicType::any(), List{Null{}, Map{{"a", BinarySet{{"x"}}}}},
       Value(List{StringSet{}})},
  };
  for (const TypeCase& one : cases) {
    SCOPED_TRACE(one.name);
    const DynamicSchema schema = DynamicDefinition("Model")
                                     .partition_key<std::string>("id")
                                     .attribute("it", one.type)
                                     .build()
                                     .value();
    Map object{{"id", "a"}, {"it", one.good}};
    const Result<Map> stored = written(schema, object);
    ASSERT_TRUE(stored.ok()) << stored.error().to_text();
    EXPECT_EQ(read(schema, *stored).value().at("it"), one.good);
    EXPECT_FALSE(problems(schema, {{"id", "a"}, {"it", one.bad}}).empty());
    // No item holds an empty set.
    if (one.type.kind == DynamicType::Kind::kAny) continue;
    EXPECT_FALSE(read(schema, {{"id", "a"}, {"it", one.bad}}).ok());
  }
}

// Of a union of documents, what is filled in is that of the one which the value is.
TEST(DynamicType, UnionsFillInTheirOwnAlternative) {
  const auto shape = [](const char* kind) {
    DynamicDefinition definition(kind);
    definition.attribute("kind", DynamicType::constant_of(kind), required());
    return definition;
  };
  const DynamicSchema circle =
      shape("circle").attribute<std::string>("id", uuid(), required()).build().value();
  const DynamicSchema square = shape("square")
                                   .attribute<int>("side", default_value(2), required())
                                   .attribute<std::string>("name", lower())
                                   .build()
                                   .value();
  const DynamicSchema line = DynamicDefinition("line")
                                 .attribute<std::string>("mark", uuid(), required())
                                 .attribute<int>("width", required())
                                 .build()
                                 .value();
  const DynamicType any_shape =
      DynamicType::union_of({DynamicType::document_of(circle), DynamicType::document_of(square),
                             DynamicType::document_of(line)});
  const DynamicSchema schema = DynamicDefinition("Drawing")
                                   .partition_key<std::string>("id")
                                   .attribute("it", any_shape)
                                   .attribute("all", DynamicType::list(any_shape))
                                   .build()
                                   .value();
  const Map drawn_square{{"kind", "square"}, {"name", "BIG"}};
  Map object{{"id", "a"},
             {"it", drawn_square},
             {"all", List{Map{{"kind", "circle"}}, drawn_square, Map{{"width", 1}}}}};
  const Result<Map> stored = written(schema, object);
  ASSERT_TRUE(stored.ok()) << stored.error().to_text();
  const Map filled{{"kind", "square"}, {"name", "big"}, {"side", 2}};
  EXPECT_EQ(stored->at("it"), Value(filled));
  const List& all = *stored->at("all").get_if<List>();
  EXPECT_EQ(all[0].get_if<Map>()->at("id").get_if<std::string>()->size(), 36u);
  EXPECT_EQ(all[1], Value(filled));
  EXPECT_EQ(all[2].get_if<Map>()->at("mark").get_if<std::string>()->size(), 36u);
  EXPECT_EQ(all[2].get_if<Map>()->at("width"), Value(1));
  EXPECT_EQ(problems(schema, {{"id", "a"}, {"it", Map{{"kind", "oval"}}}}).size(), 1u);
}

TEST(DynamicType, NullAndEmptySetsAreAbsent) {
  const auto schema = [](bool is_required) {
    DynamicDefinition definition("Model");
    definition.partition_key<std::string>("id");
    if (is_required)
      definition.attribute("it", DynamicType::string(), required());
    else
      definition.attribute("it", DynamicType::string(), default_value(Value("x")));
    definition.attribute("set", DynamicType::string_set());
    return std::move(definition).build().value();
  };
  Map object{{"id", "a"}, {"it", Null{}}, {"set", StringSet{}}};
  EXPECT_EQ(written(schema(false), object).value(), (Map{{"id", "a"}, {"it", "x"}}));
  EXPECT_THAT(problems(schema(true), {{"id", "a"}, {"it", Null{}}}),
              ElementsAre(Problem{"it", "is required"}));
  // An empty text is there.
  EXPECT_TRUE(problems(schema(true), {{"id", "a"}, {"it", ""}}).empty());
}

TEST(DynamicSchema, RefusesOrForgetsWhatItDoesNotKnow) {
  const auto with = [](DynamicDefinition&& definition) {
    return std::move(definition.partition_key<std::string>("id")).build().value();
  };
  Map object{{"id", "a"}, {"b", 1}};
  EXPECT_EQ(written(with(DynamicDefinition("Model")), object).value(), (Map{{"id", "a"}}));
  EXPECT_THAT(problems(with(std::move(DynamicDefinition("Model").strict())), object),
              ElementsAre(Problem{"b", "is not an attribute of Model"}));
}

TEST(DynamicSchema, NeedsItsKey) {
  const DynamicSchema schema = DynamicDefinition("Model")
                                   .partition_key<std::string>("id")
                                   .sort_key<int>("n", required())
                                   .build()
                                   .value();
  EXPECT_THAT(problems(schema, {}), UnorderedElementsAre(Problem{"id", "is needed for the key"},
                                                         Problem{"n", "is required"}));
}

TEST(DynamicDefinition, FunctionsSeeCppValues) {
  std::string seen;
  const DynamicSchema schema =
      DynamicDefinition("Model")
          .partition_key<std::string>("id", generated([] { return std::string("made"); }))
          .attribute<int>("n", on_set([](int n) { return n + 1; }),
                          on_get([](int n) { return n * 10; }),
                          check([](const int& n) { return n % 2 == 0; }, "must be even"))
          .attribute<std::optional<Timestamp>>(
              "at", seconds(),
              check([](const Timestamp& at) { return at > timestamp_of_ms(0); }, "is too early"))
          .before_write([&seen](std::string_view operation, Map&) -> Result<void> {
            seen = operation;
            return {};
          })
          .build()
          .value();
  Map object{{"n", 3}, {"at", 5}};
  EXPECT_EQ(written(schema, object).value(), (Map{{"id", "made"}, {"n", 4}, {"at", 5}}));
  EXPECT_EQ(seen, "create");
  EXPECT_EQ(read(schema, {{"id", "made"}, {"n", 4}}).value().at("n"), Value(40));
  EXPECT_THAT(problems(schema, {{"n", 2}, {"at", -1}}),
              ElementsAre(Problem{"n", "must be even"}, Problem{"at", "is too early"}));
}

TEST(DynamicDefinition, ContradictionsAreErrors) {
  const auto message = [](DynamicDefinition&& definition) {
    const Result<DynamicSchema> schema = std::move(definition).build();
    return schema ? std::string() : schema.error().message;
  };
  EXPECT_EQ(message(std::move(DynamicDefinition("M").partition_key("pk", "A#{id}"))),
            "M: key pattern \"A#{id}\": no attribute is called \"id\"");
  EXPECT_EQ(message(std::move(DynamicDefinition("M").attribute<int>("a").attribute<int>("a"))),
            "M: two attributes are stored as \"a\"");
  EXPECT_EQ(message(std::move(DynamicDefinition("M").unique("b"))),
            "M: no attribute is called \"b\" (yet)");
  EXPECT_EQ(message(std::move(DynamicDefinition("M")
                                  .attribute("a", DynamicType::string())
                                  .partition_key("pk", "A#{a:04}"))),
            "M: key pattern \"A#{a:04}\": \"a\" is no number: only numbers are padded, for the "
            "texts \"7\" and \"007\" would make one key");
  const auto keyed_by = [&message](DynamicType type) {
    return message(std::move(
        DynamicDefinition("M").attribute("a", std::move(type)).partition_key("pk", "A#{a}")));
  };
  EXPECT_EQ(keyed_by(DynamicType::union_of({DynamicType::string(), DynamicType::integer()})),
            "M: key pattern \"A#{a}\": \"a\" may be of several types, and a text and a number like "
            "\"7\" and 7 would make one key");
  EXPECT_EQ(keyed_by(DynamicType::any()),
            "M: key pattern \"A#{a}\": \"a\" is neither text nor a number");
  EXPECT_EQ(keyed_by(DynamicType::string().or_null()), "");
  EXPECT_EQ(keyed_by(DynamicType::union_of({DynamicType::integer(), DynamicType::number()})), "");
  EXPECT_EQ(message(std::move(DynamicDefinition("M").attribute<std::string>("a", matches("(")))),
            "M: a: the pattern \"(\" is not one: missing ): (");
}

}  // namespace
}  // namespace dynolith::odm
