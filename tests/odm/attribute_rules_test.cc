// Rules of attributes through every way of writing: what is given once, what is made by the
// program's own function, what the mapper keeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/dynamic/dynamic_entity.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm {
namespace {

struct Seat {
  std::string number;
  int price = 0;
  std::optional<std::string> note;
};
struct Ticket {
  std::string show, id;
  std::string origin;  // Given once.
  std::optional<std::string> batch;
  Seat seat;
  std::vector<Seat> others;
  std::string code;  // Made by a function.
  int64_t serial = 0;
  std::optional<std::string> check_in;
  std::string label;
  Timestamp created{}, updated{};
  std::optional<Timestamp> expires;
  int64_t version = 0;
  int writes = 0;
  std::optional<int> visits;
};

int64_t g_serial = 0;

}  // namespace

template <>
struct Model<Seat> {
  static void define(Definition<Seat>& seat) {
    seat.attribute("number", &Seat::number, read_only(), saved_as("nr"))
        .attribute("price", &Seat::price)
        .attribute("note", &Seat::note);
  }
};
template <>
struct Model<Ticket> {
  using key = Key<&Ticket::show, &Ticket::id>;
  static void define(Definition<Ticket>& ticket) {
    ticket.entity("Ticket")
        .partition_key("pk", "S#{show}")
        .sort_key("sk", "T#{id}")
        .attribute("show", &Ticket::show)
        .attribute("id", &Ticket::id, generated([] { return "id-" + std::to_string(++g_serial); }))
        .attribute("origin", &Ticket::origin, required(), read_only(), length(1, 9))
        .attribute("batch", &Ticket::batch, read_only())
        .attribute("seat", &Ticket::seat)
        .attribute("others", &Ticket::others)
        .attribute("code", &Ticket::code, odm::lower(),
                   generated([] { return "Code-" + std::to_string(g_serial); }))
        .attribute("serial", &Ticket::serial, generated([] { return g_serial; }), at_least(1))
        .attribute("checkIn", &Ticket::check_in)
        .derived(
            "label", &Ticket::label,
            [](const Ticket& t) { return "<" + t.check_in.value_or("") + ">"; }, &Ticket::check_in)
        .created_at("createdAt", &Ticket::created)
        .updated_at("updatedAt", &Ticket::updated)
        .expires_at("ttl", &Ticket::expires, std::chrono::hours(1))
        .version("v", &Ticket::version)
        .attribute("writes", &Ticket::writes, counter(1))
        .attribute("visits", &Ticket::visits);
  }
};

namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class AttributeRulesTest : public test::EntityTest {
 protected:
  AttributeRulesTest() { g_serial = 50; }

  Entity<Ticket> tickets() const { return app().entity<Ticket>(); }
  Ticket created(std::string id = "1") const {
    Ticket ticket;
    ticket.show = "opera";
    ticket.id = std::move(id);
    ticket.origin = "web";
    ticket.seat = {"A1", 50, {}};
    ticket.others = {{"B1", 10, {}}};
    return tickets().create(ticket).value();
  }
};

// --- Read-only.

TEST_F(AttributeRulesTest, SavesMayNotChangeWhatIsReadOnly) {
  const Ticket before = created();
  Ticket after = before;
  after.origin = "desk";
  after.batch = "late";
  after.seat.number = "A2";
  after.seat.price = 60;
  connection_->clear();
  const auto saved = tickets().save(before, after);
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(saved.error().problems, UnorderedElementsAre(Problem{"origin", "is read-only"},
                                                           Problem{"batch", "is read-only"},
                                                           Problem{"seat.number", "is read-only"}));
  EXPECT_TRUE(connection_->wire().empty());

  after = before;
  after.seat.price = 60;
  after.seat.note = "aisle";
  after.others = {{"B2", 20, {}}, {"B3", 30, {}}};  // A list is a new one.
  EXPECT_EQ(tickets().save(before, after).value().seat.price, 60);
}

TEST_F(AttributeRulesTest, ModifyMayNotChangeWhatIsReadOnly) {
  created();
  const auto modified = tickets().modify([](Ticket& ticket) { ticket.origin = "x"; }, "opera", "1");
  ASSERT_FALSE(modified.ok());
  EXPECT_THAT(modified.error().problems, ElementsAre(Problem{"origin", "is read-only"}));
}

TEST_F(AttributeRulesTest, UpdatesMayNotChangeWhatIsReadOnly) {
  created();
  connection_->clear();
  const auto number = f(&Ticket::seat) / &Seat::number;
  const std::pair<Update<Ticket>, std::string> cases[] = {
      {tickets().update("opera", "1").set(&Ticket::origin, "x"), "origin"},
      {tickets().update("opera", "1").set_if_absent(&Ticket::batch, "x"), "batch"},
      {tickets().update("opera", "1").remove(&Ticket::batch), "batch"},
      {tickets().update("opera", "1").set(number, "A2"), "seat.number"},
      {tickets().update("opera", "1").set(f(&Ticket::others)[0] / &Seat::number, "A2"),
       "others[0].number"},
      {tickets().upsert("opera", "1").set(&Ticket::batch, "x"), "batch"},
      {tickets().upsert("opera", "1").set_if_absent(number, "A2"), "seat.number"},
      {tickets().upsert("opera", "1").set_if_absent(&Ticket::label, "x"), "label"},
      {tickets().upsert("opera", "1").set_if_absent(&Ticket::writes, 5), "writes"},
  };
  for (const auto& [update, path] : cases) {
    const auto result = update.exec();
    ASSERT_FALSE(result.ok()) << path;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalid) << path;
    ASSERT_FALSE(result.error().problems.empty()) << path;
    EXPECT_EQ(result.error().problems[0].path, path);
    EXPECT_EQ(result.error().problems[0].message,
              path == "writes" ? "is kept by the mapper" : "is read-only");
  }
  EXPECT_TRUE(connection_->wire().empty());
  const Ticket updated =
      tickets().update("opera", "1").set(f(&Ticket::seat) / &Seat::price, 70).exec().value();
  EXPECT_EQ(updated.seat.number, "A1");
  EXPECT_EQ(updated.seat.price, 70);
}

TEST_F(AttributeRulesTest, UpsertsGiveWhatIsReadOnlyToNewItems) {
  const auto incomplete = tickets().upsert("opera", "1").set(&Ticket::visits, 1).exec();
  ASSERT_FALSE(incomplete.ok());
  EXPECT_THAT(incomplete.error().problems, ElementsAre(Problem{"origin", "is required"}));
  const auto too_long =
      tickets().upsert("opera", "1").set_if_absent(&Ticket::origin, "0123456789").exec();
  ASSERT_FALSE(too_long.ok());
  EXPECT_THAT(too_long.error().problems,
              ElementsAre(Problem{"origin", "must have a length between 1 and 9"}));

  const auto upsert = [this](const char* origin) {
    return tickets()
        .upsert("opera", "1")
        .set_if_absent(&Ticket::origin, origin)
        .set_if_absent(&Ticket::batch, origin)
        .set(&Ticket::check_in, "now")
        .exec()
        .value();
  };
  const Ticket made = upsert("web");
  EXPECT_EQ(made.origin, "web");
  EXPECT_EQ(made.batch, "web");
  const Ticket kept = upsert("desk");
  EXPECT_EQ(kept.origin, "web");
  EXPECT_EQ(kept.batch, "web");
  EXPECT_EQ(kept.version, 2);
}

TEST_F(AttributeRulesTest, PutsReplaceTheWholeItem) {
  Ticket ticket = created();
  ticket.origin = "desk";
  ticket.seat.number = "Z9";
  const Ticket put = tickets().put(ticket).value();
  EXPECT_EQ(put.origin, "desk");
  EXPECT_EQ(put.seat.number, "Z9");
}

TEST_F(AttributeRulesTest, DynamicItemsHaveTheSameRules) {
  const DynamicSchema schema =
      DynamicDefinition("Ticket")
          .entity("Ticket")
          .partition_key("pk", "S#{id}")
          .sort_key("sk", "T")
          .attribute("id", DynamicType::string(), generated([] { return Value("made"); }))
          .attribute("origin", DynamicType::string(), read_only())
          .attribute("seat", DynamicType::document_of(
                                 DynamicDefinition("Seat")
                                     .attribute("number", DynamicType::string(), read_only())
                                     .attribute("price", DynamicType::integer())
                                     .build()
                                     .value()))
          .build()
          .value();
  const DynamicEntity entity = app().dynamic(schema);
  const Map made =
      entity.create({{"origin", "web"}, {"seat", Map{{"number", "A1"}, {"price", 5}}}}).value();
  EXPECT_EQ(made.at("id"), Value("made"));
  Map changed = made;
  changed["origin"] = Value("x");
  changed["seat"] = Value(Map{{"number", "A2"}, {"price", 6}});
  EXPECT_EQ(entity.save(made, changed).error().problems,
            (std::vector<Problem>{{"origin", "is read-only"}, {"seat.number", "is read-only"}}));
  EXPECT_EQ(entity.update({"made"}).set("seat.number", "x").exec().error().problems,
            (std::vector<Problem>{{"seat.number", "is read-only"}}));
  EXPECT_EQ(entity.upsert({"other"}).set_if_absent("origin", "x").exec().value().at("origin"),
            Value("x"));
}

// --- Generated by a function of the program's.

TEST_F(AttributeRulesTest, GeneratorsFillInitialMembersAtCreation) {
  Ticket ticket;
  ticket.show = "opera";
  ticket.origin = "web";
  const Ticket made = tickets().create(ticket).value();
  EXPECT_EQ(made.id, "id-51");
  EXPECT_EQ(made.code, "code-51");  // Through the setter.
  EXPECT_EQ(made.serial, 51);
  EXPECT_EQ(stored("S#opera", "T#id-51").at("code"), Value("code-51"));

  ticket.id = "mine";
  ticket.code = "MINE";
  ticket.serial = 7;
  const Ticket given = tickets().create(ticket).value();
  EXPECT_EQ(given.id, "mine");
  EXPECT_EQ(given.code, "mine");
  EXPECT_EQ(given.serial, 7);
  EXPECT_EQ(g_serial, 51);
}

TEST_F(AttributeRulesTest, GeneratorsValuesAreChecked) {
  Ticket ticket;
  ticket.show = "opera";
  ticket.id = "1";
  ticket.origin = "web";
  g_serial = 0;
  const auto refused = tickets().create(ticket);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().problems, ElementsAre(Problem{"serial", "must be at least 1"}));
}

TEST_F(AttributeRulesTest, GeneratorsLeaveUpdatesAloneAndServeUpserts) {
  g_serial = 4;
  const Ticket made = tickets()
                          .upsert("opera", "1")
                          .set_if_absent(&Ticket::origin, "web")
                          .set(&Ticket::check_in, "a")
                          .exec()
                          .value();
  EXPECT_EQ(made.code, "code-4");
  EXPECT_EQ(made.serial, 4);
  g_serial = 5;
  const Ticket again = tickets()
                           .upsert("opera", "1")
                           .set_if_absent(&Ticket::origin, "web")
                           .set(&Ticket::check_in, "b")
                           .exec()
                           .value();
  EXPECT_EQ(again.code, "code-4");
  EXPECT_EQ(tickets().update("opera", "1").set(&Ticket::visits, 1).exec().value().serial, 4);
  Ticket changed = again;
  changed.visits = 2;
  EXPECT_EQ(tickets().save(again, changed).error().code, ErrorCode::kVersionConflict);
}

// What was taken away stays away: a value is generated where an item begins.
TEST_F(AttributeRulesTest, SavesGenerateNothing) {
  const Ticket before = created();
  Ticket after = before;
  after.code.clear();
  const Ticket saved = tickets().save(before, after).value();
  EXPECT_EQ(saved.code, "");
  EXPECT_EQ(tickets().must_get("opera", "1")->code, "");
  const auto modified = tickets().modify([](Ticket& ticket) { ticket.visits = 1; }, "opera", "1");
  EXPECT_EQ(modified->code, "");
  EXPECT_NE(tickets().put(*modified)->code, "");

  const DynamicSchema schema = DynamicDefinition("Tag")
                                   .entity("Tag")
                                   .partition_key("pk", "TAG#{id}")
                                   .sort_key("sk", "TAG")
                                   .attribute<std::string>("id")
                                   .attribute<std::string>("token", uuid())
                                   .attribute<std::string>("needed", uuid(), required())
                                   .build()
                                   .value();
  const DynamicEntity tags = app().dynamic(schema);
  const Map tag = tags.create({{"id", "1"}}).value();
  Map bare = tag;
  bare.erase("token");
  EXPECT_EQ(tags.save(tag, bare)->count("token"), 0u);
  EXPECT_EQ(tags.must_get({"1"})->count("token"), 0u);
  bare.erase("needed");
  EXPECT_EQ(tags.save(tag, bare).error().code, ErrorCode::kInvalid);
}

// --- What the mapper keeps, from one call to the next.

TEST_F(AttributeRulesTest, CountersBeginAtTheirStart) {
  const auto counting = [this](int64_t start, bool has_version) {
    DynamicDefinition definition("Door" + std::to_string(start) + (has_version ? "v" : ""));
    definition.entity("Door")
        .partition_key("pk", "DOOR#{id}")
        .sort_key("sk", "DOOR")
        .attribute<std::string>("id")
        .attribute<int64_t>("uses", counter(start, 3));
    if (has_version) definition.version("v");
    return app().dynamic(std::move(definition).build().value());
  };
  for (const bool has_version : {false, true}) {
    for (const int64_t start : {0, 10}) {
      SCOPED_TRACE(std::to_string(start) + (has_version ? " with a version" : ""));
      const DynamicEntity doors = counting(start, has_version);
      const std::string id = std::to_string(start) + (has_version ? "v" : "");
      const Map first = doors.put({{"id", id}}).value();
      EXPECT_EQ(first.at("uses"), Value(start));
      EXPECT_EQ(doors.put(first)->at("uses"), Value(start + 3));
      EXPECT_EQ(doors.create({{"id", id + "c"}})->at("uses"), Value(start));
      EXPECT_EQ(doors.upsert({id + "u"}).exec()->at("uses"), Value(start));
      EXPECT_EQ(doors.put_many({{{"id", id + "m"}}})->at(0).at("uses"), Value(start));
    }
  }
  // A member that is no optional: its version tells a first write from one after it.
  Ticket ticket;
  ticket.show = "opera";
  ticket.origin = "web";
  const Ticket put = tickets().put(ticket).value();
  EXPECT_EQ(put.writes, 1);
  EXPECT_EQ(tickets().put(put)->writes, 2);
}

TEST_F(AttributeRulesTest, EveryWriteCountsAndTellsTheTime) {
  const int64_t start = clock().now_ms();
  Ticket ticket = created();
  const auto expect = [&](const Ticket& seen, int64_t version, int64_t updated_ms) {
    EXPECT_EQ(seen.created, timestamp_of_ms(start));
    EXPECT_EQ(seen.updated, timestamp_of_ms(start + updated_ms));
    EXPECT_EQ(seen.version, version);
    EXPECT_EQ(seen.writes, version);
    EXPECT_EQ(seen.expires, timestamp_of_ms(start / 1000 * 1000 + 3'600'000));
    EXPECT_EQ(tickets().get("opera", "1").value()->version, version);
  };
  expect(ticket, 1, 0);
  const auto update = [this] { return tickets().update("opera", "1"); };
  clock().advance_ms(10);
  expect(update().set(&Ticket::visits, 1).exec().value(), 2, 10);
  clock().advance_ms(10);
  expect(update().add(&Ticket::visits, 1).exec().value(), 3, 20);
  clock().advance_ms(10);
  ticket = update().remove(&Ticket::check_in).exec().value();
  expect(ticket, 4, 30);
  clock().advance_ms(10);
  expect(tickets().upsert("opera", "1").set_if_absent(&Ticket::origin, "x").exec().value(), 5, 40);
  // A save of what was read before is late; of what is there now it counts.
  Ticket changed = ticket;
  changed.visits = 9;
  EXPECT_EQ(tickets().save(ticket, changed).error().code, ErrorCode::kVersionConflict);
  clock().advance_ms(10);
  ticket = tickets().get("opera", "1").value().value();
  changed = ticket;
  changed.visits = 9;
  expect(tickets().save(ticket, changed).value(), 6, 50);
  // A refused update does not count.
  EXPECT_EQ(update().set(&Ticket::visits, 1).when(f(&Ticket::visits) == 5).exec().error().code,
            ErrorCode::kConditionFailed);
  EXPECT_EQ(update().set(&Ticket::visits, 1).expect_version(5).exec().error().code,
            ErrorCode::kVersionConflict);
  expect(tickets().get("opera", "1").value().value(), 6, 50);
}

TEST_F(AttributeRulesTest, UpdatesMayNotSetWhatTheMapperKeeps) {
  created();
  connection_->clear();
  const std::pair<Update<Ticket>, std::string> cases[] = {
      {tickets().update("opera", "1").set(&Ticket::created, timestamp_of_ms(1)), "createdAt"},
      {tickets().update("opera", "1").set(&Ticket::updated, timestamp_of_ms(1)), "updatedAt"},
      {tickets().update("opera", "1").set(&Ticket::version, 9), "v"},
      {tickets().update("opera", "1").add(&Ticket::version, 9), "v"},
      {tickets().update("opera", "1").add(&Ticket::writes, 9), "writes"},
      {tickets().update("opera", "1").set_if_absent(&Ticket::writes, 9), "writes"},
  };
  for (const auto& [update, path] : cases) {
    const auto result = update.exec();
    ASSERT_FALSE(result.ok()) << path;
    EXPECT_THAT(result.error().problems, ElementsAre(Problem{path, "is kept by the mapper"}));
  }
  EXPECT_TRUE(connection_->wire().empty());
  // When an item expires is the program's business.
  const Timestamp later = timestamp_of_ms(clock().now_ms() / 1000 * 1000 + 5'000);
  EXPECT_EQ(tickets().update("opera", "1").set(&Ticket::expires, later).exec().value().expires,
            later);
}

}  // namespace
}  // namespace dynolith::odm
