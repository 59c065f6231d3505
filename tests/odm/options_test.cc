// What options of attributes do to objects that are written and items that are read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/model.h"
#include "odm/object.h"

namespace dynolith::odm {
namespace {

struct Part {
  std::string name, id;
  std::optional<int> count;
};
struct Base {
  std::string owner;
};
struct Thing : Base {
  std::string id, text, code;
  int number = 0;
  std::optional<std::string> note, kept, call;
  std::optional<int> rank;
  std::vector<int> list;
  std::vector<std::byte> bytes;
  std::vector<Part> parts;
  std::variant<int, Part> either;
  Timestamp ms{}, seconds{}, iso{};
  std::string label;
};
struct Roles {
  Timestamp created{}, updated{};
  std::optional<Timestamp> expires;
  int8_t version = 0;
  int64_t writes = 0;
};
struct Versioned {
  std::string text;
};

}  // namespace

template <>
struct Model<Part> {
  static void define(Definition<Part>& part) {
    part.attribute("name", &Part::name, required(), trimmed())
        .attribute("id", &Part::id, uuid())
        .attribute("count", &Part::count, default_value(1), at_least(1));
  }
};
template <>
struct Model<Thing> {
  static void define(Definition<Thing>& thing) {
    const auto append = [](const char* end) {
      return [end](std::string text) { return text + end; };
    };
    thing.attribute("owner", &Thing::owner, default_value("nobody"))
        .attribute("id", &Thing::id, ulid())
        .attribute("text", &Thing::text, trimmed(), odm::lower(), on_set(append("1")),
                   on_set(append("2")), on_get(append("3")), on_get(append("4")))
        .attribute("code", &Thing::code, length(0, 3), one_of({"", "aé€", "xyz", "long"}))
        .attribute("number", &Thing::number, range(-5, 5),
                   check([](int n) { return n != 3; }, "is three"))
        .attribute("note", &Thing::note, nullable(), matches("^n"))
        .attribute("kept", &Thing::kept, default_value("literal"), saved_as("k"))
        .attribute("call", &Thing::call, default_value([] { return std::string("made"); }))
        .attribute("rank", &Thing::rank, at_most(9),
                   check([](int rank) { return rank % 2 == 0; }, "is odd"))
        .attribute("list", &Thing::list, length(0, 2))
        .attribute("bytes", &Thing::bytes, length(0, 2))
        .attribute("parts", &Thing::parts)
        .attribute("either", &Thing::either)
        .attribute("ms", &Thing::ms, milliseconds())
        .attribute("seconds", &Thing::seconds, odm::seconds())
        .attribute("iso", &Thing::iso, odm::iso())
        .derived("label", &Thing::label, [](const Thing& t) { return t.owner + "/" + t.text; })
        .check([](const Thing& t) { return t.number != 5 || t.rank; }, "five needs a rank");
  }
};
template <>
struct Model<Roles> {
  static void define(Definition<Roles>& roles) {
    roles.created_at("created", &Roles::created)
        .updated_at("updated", &Roles::updated)
        .expires_at("expires", &Roles::expires, std::chrono::seconds(10))
        .version("version", &Roles::version)
        .attribute("writes", &Roles::writes, counter(10, 5));
  }
};
template <>
struct Model<Versioned> {
  static void define(Definition<Versioned>& versioned) {
    const auto add = [](const char* end) {
      return [end](Map& item) { item["text"] = *item["text"].get_if<std::string>() + end; };
    };
    versioned.attribute("text", &Versioned::text, masked())
        .schema_version(20'261'121)
        .upgrade(2, add("c"))
        .upgrade(0, add("a"))
        .upgrade(1,
                 [](Map& item) -> Result<void> {
                   if (item.contains("broken"))
                     return make_error(ErrorCode::kTypeMismatch, "cannot be upgraded");
                   return {};
                 })
        .upgrade(1, add("b"))
        .strict()
        .before_write([](std::string_view operation, Versioned& object) -> Result<void> {
          if (object.text == "refuse") return make_error(ErrorCode::kInvalid, "refused");
          object.text += operation;
          return {};
        })
        .after_read([](Versioned& object) { object.text += "!"; });
  }
};

namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

template <class T>
Result<EncodedItem> made(T& object, WriteKind kind = WriteKind::kPut, int64_t now_ms = 1'000'000) {
  const auto ids = storage::system_id_source();
  return make_item(schema_of<T>(), &object, kind, {now_ms, *ids});
}
template <class T>
Map stored(T object, WriteKind kind = WriteKind::kPut) {
  return storage::to_item(made(object, kind).value().view());
}
template <class T>
std::vector<Problem> problems_of(T object) {
  const Result<EncodedItem> item = made(object);
  return item ? std::vector<Problem>() : item.error().problems;
}
template <class T>
Result<T> read(const Map& item) {
  T object;
  Result<void> done = read_object(schema_of<T>(), storage::encode_item(item).view(), &object);
  if (!done) return std::move(done).error();
  return object;
}

TEST(Options, SettersRunInOrderAndGettersWhenRead) {
  Thing thing;
  thing.text = "  ABC ";
  const Map item = stored(thing);
  EXPECT_EQ(item.at("text"), Value("abc12"));
  EXPECT_EQ(item.at("label"), Value("/abc12"));
  EXPECT_EQ(read<Thing>(item)->text, "abc1234");
}

TEST(Options, DefaultsFillWhatIsAbsent) {
  const Map item = stored(Thing());
  EXPECT_EQ(item.at("k"), Value("literal"));
  EXPECT_EQ(item.at("call"), Value("made"));
  EXPECT_EQ(item.at("owner"), Value(""));  // A string is never absent.
  EXPECT_EQ(item.at("note"), Value(Null{}));
  EXPECT_FALSE(item.contains("rank"));
  const Thing back = read<Thing>({{"note", Null{}}}).value();
  EXPECT_EQ(back.kept, "literal");
  EXPECT_EQ(back.call, "made");
  EXPECT_EQ(back.owner, "nobody");
  EXPECT_EQ(back.note, std::nullopt);
}

TEST(Options, IdentifiersAreMadeOnlyIfThereIsNone) {
  Thing thing;
  thing.parts.resize(1);
  thing.parts[0].name = " p ";
  thing.either = Part{"q", "", {}};
  ASSERT_TRUE(made(thing).ok());
  EXPECT_EQ(thing.id.size(), 26u);
  EXPECT_EQ(thing.parts[0].id.size(), 36u);
  EXPECT_EQ(thing.parts[0].name, "p");
  EXPECT_EQ(thing.parts[0].count, 1);
  EXPECT_EQ(std::get<Part>(thing.either).id.size(), 36u);  // Also in variants.
  const std::string first = thing.id;
  ASSERT_TRUE(made(thing).ok());
  EXPECT_EQ(thing.id, first);
  Thing later;
  ASSERT_TRUE(made(later, WriteKind::kPut, 1'000'001).ok());
  EXPECT_LT(first, later.id);
}

TEST(Options, ChecksHoldInEveryPlace) {
  const std::pair<void (*)(Thing&), std::vector<Problem>> cases[] = {
      {[](Thing& t) { t.code = "aé€"; }, {}},  // Three characters.
      {[](Thing& t) { t.code = "long"; }, {{"code", "must have a length between 0 and 3"}}},
      {[](Thing& t) { t.code = "b"; },
       {{"code", "must be one of \"\", \"aé€\", \"xyz\", \"long\""}}},
      {[](Thing& t) { t.number = -5; }, {}},
      {[](Thing& t) { t.number = 6; }, {{"number", "must be between -5 and 5"}}},
      {[](Thing& t) { t.number = 3; }, {{"number", "is three"}}},
      {[](Thing& t) { t.number = 5; }, {{"", "five needs a rank"}}},
      {[](Thing& t) { t.rank = 7; }, {{"rank", "is odd"}}},
      {[](Thing& t) { t.rank = 10; }, {{"rank", "must be at most 9"}}},
      {[](Thing& t) { t.note = "x"; }, {{"note", "must match \"^n\""}}},
      {[](Thing& t) {
         t.list = {1, 2, 3};
       },
       {{"list", "must have a length between 0 and 2"}}},
      {[](Thing& t) { t.bytes.resize(3); }, {{"bytes", "must have a length between 0 and 2"}}},
      {[](Thing& t) { t.parts.resize(1); }, {{"parts[0].name", "is required"}}},
      {[](Thing& t) {
         t.parts = {{"a", "", 0}};
       },
       {{"parts[0].count", "must be at least 1"}}},
      {[](Thing& t) {
         t.either = Part{"a", "", 0};
       },
       {{"either.count", "must be at least 1"}}},
  };
  for (const auto& [change, problems] : cases) {
    Thing thing;
    change(thing);
    EXPECT_EQ(problems_of(thing), problems);
  }
}

TEST(Options, TimesAreStoredInTheirForm) {
  for (const int64_t ms : {int64_t{-1}, int64_t{0}, int64_t{1999}, int64_t{253'402'300'799'999}}) {
    Thing thing;
    thing.ms = thing.seconds = thing.iso = timestamp_of_ms(ms);
    const Map item = stored(thing);
    const int64_t floored = ms < 0 ? -1 : ms / 1000;
    EXPECT_EQ(item.at("ms"), Value(ms));
    EXPECT_EQ(item.at("seconds"), Value(floored));
    EXPECT_EQ(item.at("iso"), Value(to_iso_text(timestamp_of_ms(ms))));
    const Thing back = read<Thing>(item).value();
    EXPECT_EQ(back.ms, thing.ms);
    EXPECT_EQ(back.seconds, timestamp_of_ms(floored * 1000));
    EXPECT_EQ(back.iso, thing.iso);
  }
  const Result<Thing> bad =
      read<Thing>({{"iso", "soon"}, {"ms", "x"}, {"seconds", Number::parse("1e30").value()}});
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(
      bad.error().problems,
      UnorderedElementsAre(Problem{"iso", "is not a time in ISO 8601 text"},
                           Problem{"ms", "is S, not a number"},
                           Problem{"seconds", "1000000000000000000000000000000 is no time"}));
}

TEST(Options, RolesCountAndTellTheTime) {
  Roles roles;
  ASSERT_TRUE(made(roles, WriteKind::kCreate).ok());
  EXPECT_EQ(roles.created, timestamp_of_ms(1'000'000));
  EXPECT_EQ(roles.updated, timestamp_of_ms(1'000'000));
  EXPECT_EQ(roles.expires, timestamp_of_ms(1'010'000));
  EXPECT_EQ(roles.version, 1);
  EXPECT_EQ(roles.writes, 10);
  ASSERT_TRUE(made(roles, WriteKind::kSave, 2'000'000).ok());
  EXPECT_EQ(roles.created, timestamp_of_ms(1'000'000));
  EXPECT_EQ(roles.updated, timestamp_of_ms(2'000'000));
  EXPECT_EQ(roles.expires, timestamp_of_ms(1'010'000));
  EXPECT_EQ(roles.version, 2);
  EXPECT_EQ(roles.writes, 15);
  // What cannot be counted is said: a lock that stands still is none.
  roles.version = 127;
  roles.writes = std::numeric_limits<int64_t>::max();
  EXPECT_THAT(problems_of(roles),
              UnorderedElementsAre(Problem{"version", "128 does not fit the member"},
                                   Problem{"writes", "cannot be counted any further"}));
}

TEST(Options, UpgradesRunInTheirOrder) {
  EXPECT_EQ(read<Versioned>({{"text", "-"}})->text, "-abc!");
  EXPECT_EQ(read<Versioned>({{"text", "-"}, {"_v", 1}})->text, "-bc!");
  EXPECT_EQ(read<Versioned>({{"text", "-"}, {"_v", 3}})->text, "-!");
  EXPECT_EQ(read<Versioned>({{"text", "-"}, {"_v", 30'000'000}})->text, "-!");
  EXPECT_EQ(read<Versioned>({{"text", "-"}, {"_v", std::numeric_limits<int64_t>::min()}})->text,
            "-abc!");
  const Result<Versioned> failed = read<Versioned>({{"text", "-"}, {"broken", true}});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message, "cannot be upgraded");
}

TEST(Options, StrictModelsHooksAndMasks) {
  const Result<Versioned> unknown = read<Versioned>({{"text", "-"}, {"_v", 20'261'121}, {"x", 1}});
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().problems,
              ElementsAre(Problem{"x", "is not an attribute of Versioned"}));
  Versioned object{"t"};
  ASSERT_TRUE(made(object, WriteKind::kCreate).ok());
  EXPECT_EQ(object.text, "tcreate");
  Versioned refused{"refuse"};
  EXPECT_EQ(made(refused).error().message, "refused");
  const Result<Versioned> masked = read<Versioned>({{"text", 12345}, {"_v", 20'261'121}});
  ASSERT_FALSE(masked.ok());
  EXPECT_THAT(masked.error().problems, ElementsAre(Problem{"text", "does not fit: ***"}));
}

}  // namespace
}  // namespace dynolith::odm
