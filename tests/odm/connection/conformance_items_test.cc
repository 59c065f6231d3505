// Every connection: one item at a time.
#include "storage/expression/condition.h"
#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace trees;
using test::item_from;
using test::text_of;

constexpr char kSong[] = R"({artist: "Nina", title: "Blue"})";

TEST_P(ConnectionConformance, GivesBackWhatWasPut) {
  constexpr char kEveryType[] =
      R"({artist: "Nina", b: b"00ff", bool: true, list: [1, "x", [null]], map: {inner: {n: -1.5}}, )"
      R"(n: 12345678901234567890123456789012345678, null: null, sb: <b"a", b"b">, sn: <1, 2.5>, )"
      R"(ss: <"a", "b">, title: "Blue"})";
  put("Songs", kEveryType);
  EXPECT_EQ(get("Songs", kSong), text_of(item_from(kEveryType).view()));
}

TEST_P(ConnectionConformance, GetsTheAbsentItem) {
  EXPECT_EQ(get("Songs", kSong), "absent");
  EXPECT_EQ(get("Songs", kSong, only({"year"})), "absent");
}

TEST_P(ConnectionConformance, ProjectsWhatItGets) {
  put("Songs", R"({artist: "Nina", title: "Blue", a: {b: [1, 2, 3], c: 4}, d: 5})");
  EXPECT_EQ(get("Songs", kSong, only({"a.b[2]", "a.b[0]", "d"})), R"({a: {b: [1, 3]}, d: 5})");
  EXPECT_EQ(get("Songs", kSong, only({"nothing"})), "{}");
}

TEST_P(ConnectionConformance, PutReplacesAndReturnsTheOldItem) {
  put("Songs", R"({artist: "Nina", title: "Blue", year: 1})");
  const PutRequest request{.table = "Songs", .item = item_from(kSong), .return_old = true};
  const auto first = connection().put(request);
  ASSERT_TRUE(first.ok()) << message_of(error_of(first));
  EXPECT_EQ(text_of(first->item.view()), R"({artist: "Nina", title: "Blue", year: 1})");
  EXPECT_EQ(get("Songs", kSong), kSong);
  const auto absent = connection().put({.table = "Songs",
                                        .item = item_from(R"({artist: "New", title: "New"})"),
                                        .return_old = true});
  ASSERT_TRUE(absent.ok());
  EXPECT_FALSE(absent->item.exists());
}

TEST_P(ConnectionConformance, ConditionsDecideWhetherAPutIsDone) {
  PutRequest create{.table = "Songs",
                    .item = item_from(R"({artist: "Nina", title: "Blue", year: 1})"),
                    .condition = shared(not_exists("artist"))};
  EXPECT_TRUE(connection().put(create).ok());
  const auto again = connection().put(create);
  EXPECT_EQ(refused(error_of(again), ErrorCode::kConditionFailed),
            "The conditional request failed");
  EXPECT_EQ(again.error().service_code, "ConditionalCheckFailedException");
  EXPECT_FALSE(again.error().item.exists());

  create.return_old_on_failure = true;
  const auto shown = connection().put(create);
  refused(error_of(shown), ErrorCode::kConditionFailed);
  EXPECT_EQ(text_of(shown.error().item.view()), R"({artist: "Nina", title: "Blue", year: 1})");
}

TEST_P(ConnectionConformance, EvaluatesEveryKindOfCondition) {
  put("Songs", R"({artist: "Nina", title: "Blue", n: 5, s: "abc", l: [1, 2], m: {k: "v"},
                   set: <"x", "y">, t: true})");
  struct Case {
    const char* text;
    storage::Condition condition;
    bool holds;
  };
  std::vector<Case> cases;
  const auto add = [&](const char* text, storage::Condition condition, bool holds) {
    cases.push_back({text, std::move(condition), holds});
  };
  add("n = 5", equals("n", "5"), true);
  add("n <> 5", compare(at("n"), "<>", value("5")), false);
  add("n < 6", compare(at("n"), "<", value("6")), true);
  add("n >= 6", compare(at("n"), ">=", value("6")), false);
  add("between", {storage::Between{at("n"), value("1"), value("5")}}, true);
  add("in", {storage::In{at("s"), {value("\"x\""), value("\"abc\"")}}}, true);
  add("exists", exists("m.k"), true);
  add("not exists", not_exists("l[1]"), false);
  add("type", {storage::AttributeTypeIs{at("t"), storage::AttributeType::kBoolean}}, true);
  add("begins", {storage::BeginsWith{at("s"), value("\"ab\"")}}, true);
  add("contains", {storage::Contains{at("set"), value("\"z\"")}}, false);
  add("list", {storage::Contains{at("l"), value("2")}}, true);
  add("size", compare(size_of("l"), "=", value("2")), true);
  add("not", negated(equals("n", "5")), false);
  add("and", both(equals("n", "5"), equals("s", "\"x\"")), false);
  add("or", either(equals("n", "1"), equals("m.k", "\"v\"")), true);
  for (Case& each : cases) {
    const auto reply = connection().update({.table = "Songs",
                                            .key = item_from(kSong),
                                            .update = update(set("seen", "1")),
                                            .condition = shared(std::move(each.condition))});
    EXPECT_EQ(reply.ok(), each.holds) << each.text << message_of(error_of(reply));
    if (!reply.ok()) refused(&reply.error(), ErrorCode::kConditionFailed);
  }
}

TEST_P(ConnectionConformance, UpdatesCreateAndChange) {
  const auto apply = [&](UpdatePtr update) {
    const auto reply =
        connection().update({.table = "Songs", .key = item_from(kSong), .update = update});
    EXPECT_TRUE(reply.ok()) << message_of(error_of(reply));
    return get("Songs", kSong);
  };
  EXPECT_EQ(apply(update(set("n", "1"), set("l", "[1]"))),
            R"({artist: "Nina", l: [1], n: 1, title: "Blue"})");
  EXPECT_EQ(apply(update(set_sum("n", read("n"), storage::Arithmetic::kAdd, given("2")),
                         set("l", list_append(read("l"), given("[2]"))),
                         set("first", if_not_exists("first", given("\"now\""))))),
            R"({artist: "Nina", first: "now", l: [1, 2], n: 3, title: "Blue"})");
  EXPECT_EQ(apply(update(remove("l[0]"), add("tags", R"(<"a", "b">)"), add("n", "-1"),
                         set("first", if_not_exists("first", given("\"later\""))))),
            R"({artist: "Nina", first: "now", l: [2], n: 2, tags: <"a", "b">, title: "Blue"})");
  EXPECT_EQ(apply(update(erase("tags", R"(<"a">)"), remove("first"), remove("l"),
                         set_sum("n", read("n"), storage::Arithmetic::kSubtract, given("5")))),
            R"({artist: "Nina", n: -3, tags: <"b">, title: "Blue"})");
}

TEST_P(ConnectionConformance, UpdatesReturnTheOldOrNewItem) {
  put("Songs", R"({artist: "Nina", title: "Blue", n: 1})");
  const auto returned = [&](UpdateRequest::Return returns) {
    const auto reply = connection().update({.table = "Songs",
                                            .key = item_from(kSong),
                                            .update = update(add("n", "1")),
                                            .returns = returns});
    EXPECT_TRUE(reply.ok()) << message_of(error_of(reply));
    return reply.ok() && reply->item.exists() ? text_of(reply->item.view()) : "absent";
  };
  EXPECT_EQ(returned(UpdateRequest::Return::kNone), "absent");
  EXPECT_EQ(returned(UpdateRequest::Return::kAllOld), R"({artist: "Nina", n: 2, title: "Blue"})");
  EXPECT_EQ(returned(UpdateRequest::Return::kAllNew), R"({artist: "Nina", n: 4, title: "Blue"})");
}

TEST_P(ConnectionConformance, UpdatesWithAConditionShowWhatWasThere) {
  put("Songs", R"({artist: "Nina", title: "Blue", n: 1})");
  const auto reply = connection().update({.table = "Songs",
                                          .key = item_from(kSong),
                                          .update = update(set("n", "2")),
                                          .condition = shared(equals("n", "7")),
                                          .return_old_on_failure = true});
  refused(error_of(reply), ErrorCode::kConditionFailed);
  EXPECT_EQ(text_of(reply.error().item.view()), R"({artist: "Nina", n: 1, title: "Blue"})");
}

TEST_P(ConnectionConformance, RemovesAndReturnsTheOldItem) {
  put("Songs", kSong);
  DeleteRequest request{.table = "Songs", .key = item_from(kSong), .return_old = true};
  request.condition = shared(exists("nothing"));
  request.return_old_on_failure = true;
  const auto refusal = connection().remove(request);
  refused(error_of(refusal), ErrorCode::kConditionFailed);
  EXPECT_EQ(text_of(refusal.error().item.view()), kSong);

  request.condition = shared(exists("title"));
  const auto removed = connection().remove(request);
  ASSERT_TRUE(removed.ok()) << message_of(error_of(removed));
  EXPECT_EQ(text_of(removed->item.view()), kSong);
  EXPECT_EQ(get("Songs", kSong), "absent");
  request.condition = {};
  const auto again = connection().remove(request);
  ASSERT_TRUE(again.ok()) << message_of(error_of(again));
  EXPECT_FALSE(again->item.exists());
}

TEST_P(ConnectionConformance, KeysMayBeNumbersOfManyForms) {
  put("Users", "{id: 1.50, name: \"a\"}");
  EXPECT_EQ(get("Users", "{id: 1.5}"), "{id: 1.5, name: \"a\"}");
}

}  // namespace
}  // namespace dynolith::odm
