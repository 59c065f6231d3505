// Batches of models with unique attributes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/dynamic/dynamic_entity.h"
#include "odm/observer.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm {
namespace {

struct Seat {
  std::string hall, number, guest;
  std::optional<std::string> ticket;
  int64_t version = 0;
};

std::vector<std::string> g_written;  // What hooks saw.

}  // namespace

template <>
struct Model<Seat> {
  using key = Key<&Seat::hall, &Seat::number>;
  static void define(Definition<Seat>& seat) {
    seat.entity("Seat")
        .partition_key("pk", "HALL#{hall}")
        .sort_key("sk", "SEAT#{number}")
        .attribute("hall", &Seat::hall)
        .attribute("number", &Seat::number)
        .attribute("guest", &Seat::guest, required())
        .attribute("ticket", &Seat::ticket)
        .version("version", &Seat::version)
        .unique(&Seat::guest)
        .unique(&Seat::ticket)
        .after_write(
            [](std::string_view, const Seat& written) { g_written.push_back(written.guest); });
  }
};

namespace {

using testing::ElementsAre;

class UniqueBatchTest : public test::EntityTest {
 protected:
  Entity<Seat> seats() const { return app().entity<Seat>(); }
  bool is_held(const std::string& what) const {
    return !stored("UNIQUE#Seat#" + what, "UNIQUE#Seat#" + what).empty();
  }
  std::string guest_of(const std::string& number) const {
    const auto seat = seats().get("a", number).value();
    return seat ? seat->guest : "nobody";
  }
  static std::vector<Seat> row(int count, const std::string& prefix) {
    std::vector<Seat> all;
    for (int i = 0; i < count; ++i)
      all.push_back({"a", std::to_string(1000 + i), prefix + std::to_string(i)});
    return all;
  }
  size_t calls(std::string_view operation) const {
    size_t count = 0;
    for (const WireRequest& wire : connection_->wire()) count += wire.operation == operation;
    return count;
  }
  // What became of each member of a batch.
  template <class R>
  static std::vector<std::string> outcomes(const R& result) {
    std::vector<std::string> all;
    if (result.ok()) return all;
    for (const OperationFailure& each : result.error().operations)
      all.push_back(each.reason == "None" ? "done" : std::string(to_text(each.code)));
    return all;
  }
  // The app, with somebody who acts after each read.
  Table watched(std::function<void()> act) const {
    return Table(observe(connection_,
                         [act = std::move(act)](const CallEvent& event) {
                           if (event.operation == "BatchGetItem" || event.operation == "GetItem")
                             act();
                         }),
                 "app");
  }
};

TEST_F(UniqueBatchTest, WritesAndRemovesInTransactions) {
  const auto put = seats().put_many(row(120, "guest"));
  ASSERT_TRUE(put.ok()) << put.error().to_text();
  ASSERT_EQ(put->size(), 120u);
  EXPECT_EQ(put->at(119).guest, "guest119");
  EXPECT_EQ(put->at(119).version, 1);
  // Two actions for each: the item, and what holds its guest.
  EXPECT_EQ(calls("TransactWriteItems"), 3u);
  EXPECT_EQ(calls("BatchGetItem"), 2u);
  EXPECT_EQ(calls("BatchWriteItem"), 0u);
  EXPECT_TRUE(is_held("guest#guest119"));
  EXPECT_EQ(seats().create({"b", "1", "guest7"}).error().code, ErrorCode::kUniqueViolation);

  // Others come: three actions for each.
  connection_->clear();
  ASSERT_TRUE(seats().put_many(row(40, "other")).ok());
  EXPECT_EQ(calls("TransactWriteItems"), 2u);
  EXPECT_FALSE(is_held("guest#guest7"));
  EXPECT_TRUE(is_held("guest#other7"));

  std::vector<KeyOf<Seat>> keys;
  for (int i = 0; i < 130; ++i) keys.push_back({"a", std::to_string(1000 + i)});
  ASSERT_TRUE(seats().remove_many(keys).ok());
  EXPECT_FALSE(seats().query("a").first().value().has_value());
  EXPECT_FALSE(is_held("guest#other7"));
  EXPECT_FALSE(is_held("guest#guest119"));
  connection_->clear();
  ASSERT_TRUE(seats().remove_many(keys).ok());
  EXPECT_EQ(calls("TransactWriteItems"), 0u);
}

TEST_F(UniqueBatchTest, OneThatIsInTheWayDoesNotHinderTheOthers) {
  ASSERT_TRUE(seats().create({"b", "1", "ann", "t1"}).ok());
  store({{"pk", "HALL#a"}, {"sk", "SEAT#4"}, {"_et", "Robot"}});
  const auto put = seats().put_many({{"a", "1", "bob"},
                                     {"a", "2", "ann"},
                                     {"a", "3", "eve", "t1"},
                                     {"a", "4", "kim"},
                                     {"a", "5", "zoe"},
                                     {"a", "6", "bob"}});
  ASSERT_FALSE(put.ok());
  EXPECT_THAT(outcomes(put), ElementsAre("done", "unique_violation", "unique_violation",
                                         "other_entity", "done", "unique_violation"));
  EXPECT_EQ(put.error().code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(put.error().message, "Seat: 4 of 6 items were not written");
  ASSERT_EQ(put.error().problems.size(), 4u);
  EXPECT_EQ(put.error().problems[0], (Problem{"[1]", "another Seat has this guest"}));
  EXPECT_EQ(put.error().problems[1], (Problem{"[2]", "another Seat has this ticket"}));
  EXPECT_EQ(put.error().problems[2], (Problem{"[3]", "the key holds an item that is no Seat"}));
  EXPECT_EQ(guest_of("1"), "bob");
  EXPECT_EQ(guest_of("5"), "zoe");
  for (const char* not_there : {"2", "3", "6"}) EXPECT_EQ(guest_of(not_there), "nobody");
  EXPECT_FALSE(is_held("guest#eve"));
  EXPECT_FALSE(is_held("guest#kim"));
  EXPECT_EQ(stored("HALL#a", "SEAT#4").at("_et"), Value("Robot"));

  const auto removed = seats().remove_many({{"a", "1"}, {"a", "4"}, {"a", "5"}, {"a", "9"}});
  EXPECT_THAT(outcomes(removed), ElementsAre("done", "other_entity", "done", "done"));
  EXPECT_EQ(removed.error().message, "Seat: 1 of 4 items were not removed");
  EXPECT_FALSE(is_held("guest#bob"));
}

TEST_F(UniqueBatchTest, ValuesChangeHands) {
  ASSERT_TRUE(seats().put_many({{"a", "1", "ann"}, {"a", "2", "bob"}, {"a", "3", "eve"}}).ok());
  const auto moved = seats().put_many(
      {{"a", "1", "bob"}, {"a", "2", "ann"}, {"a", "3", "kim"}, {"a", "4", "eve"}});
  ASSERT_TRUE(moved.ok()) << moved.error().to_text();
  EXPECT_EQ(guest_of("1"), "bob");
  EXPECT_EQ(guest_of("2"), "ann");
  EXPECT_EQ(guest_of("4"), "eve");
  for (const char* taken : {"ann", "bob", "eve", "kim"})
    EXPECT_EQ(seats().create({"b", "1", taken}).error().code, ErrorCode::kUniqueViolation);
  // What nobody gives up after all cannot be taken.
  ASSERT_TRUE(seats().create({"b", "1", "zoe"}).ok());
  const auto failed = seats().put_many({{"a", "1", "zoe"}, {"a", "5", "bob"}, {"a", "6", "lea"}});
  EXPECT_THAT(outcomes(failed), ElementsAre("unique_violation", "unique_violation", "done"));
  EXPECT_EQ(guest_of("1"), "bob");
}

TEST_F(UniqueBatchTest, ItemsThatOthersChangeAreReadAgain) {
  ASSERT_TRUE(seats().put_many({{"a", "1", "ann"}, {"a", "2", "bob"}}).ok());
  bool is_changed = false;
  const Table racing = watched([&] {
    if (is_changed) return;
    is_changed = true;
    EXPECT_TRUE(seats().update("a", "2").set(&Seat::guest, "meanwhile").exec().ok());
  });
  const auto put = racing.entity<Seat>().put_many({{"a", "1", "kim"}, {"a", "2", "zoe"}});
  ASSERT_TRUE(put.ok()) << put.error().to_text();
  EXPECT_EQ(guest_of("2"), "zoe");
  for (const char* free : {"ann", "bob", "meanwhile"})
    EXPECT_FALSE(is_held(std::string("guest#") + free)) << free;
}

TEST_F(UniqueBatchTest, LosingEveryRaceIsTheOutcomeOfThatItemAlone) {
  ASSERT_TRUE(seats().put_many({{"a", "1", "ann"}, {"a", "2", "bob"}}).ok());
  int changes = 0;
  bool is_acting = false;
  const Table racing = watched([&] {
    if (is_acting) return;
    is_acting = true;
    const std::string name = "m" + std::to_string(++changes);
    EXPECT_TRUE(seats().update("a", "2").set(&Seat::guest, name).exec().ok());
    is_acting = false;
  });
  const auto put = racing.entity<Seat>().put_many({{"a", "1", "kim"}, {"a", "2", "zoe"}});
  EXPECT_THAT(outcomes(put), ElementsAre("done", "version_conflict"));
  EXPECT_EQ(guest_of("1"), "kim");
  EXPECT_EQ(guest_of("2"), "m" + std::to_string(changes));
}

TEST_F(UniqueBatchTest, SaysWhatWasDoneBeforeACallFailed) {
  Error denied = make_error(ErrorCode::kAccessDenied, "not allowed");
  denied.service_code = "AccessDeniedException";
  int reads = 0;
  const Table failing = watched([&] {
    if (++reads == 2) connection_->fail_next(denied);
  });
  const auto put = failing.entity<Seat>().put_many(row(150, "guest"));
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().code, ErrorCode::kAccessDenied);
  EXPECT_EQ(put.error().message, "Seat: 50 of 150 items were not written: not allowed");
  ASSERT_EQ(put.error().operations.size(), 150u);
  EXPECT_EQ(put.error().operations[99].reason, "None");
  EXPECT_EQ(put.error().operations[100].reason, "AccessDeniedException");
  EXPECT_EQ(guest_of("1099"), "guest99");
  EXPECT_EQ(guest_of("1100"), "nobody");

  connection_->fail_next(denied);
  const auto none = seats().put_many(row(150, "other"));
  EXPECT_EQ(none.error().operations[0].reason, "NotSent");
}

TEST_F(UniqueBatchTest, ThrottledWritesAreSentAgainAfterGrowingWaits) {
  Error throttled = make_error(ErrorCode::kTransactionCanceled, "cancelled");
  throttled.operations.resize(4);
  throttled.operations[2].reason = "ThrottlingError";
  throttled.operations[2].code = ErrorCode::kThrottled;
  const auto put = [&](size_t times) {
    bool is_read = false;
    const Table busy = Table(watched([&] {
                               if (!is_read) connection_->fail_next(throttled, times);
                               is_read = true;
                             })
                                 .core()
                                 ->connection,
                             "app", {.batch_attempts_max = 3});
    return busy.entity<Seat>().put_many({{"a", "1", "ann"}, {"a", "2", "bob"}});
  };
  EXPECT_THAT(outcomes(put(3)), ElementsAre("done", "throttled"));
  EXPECT_EQ(guest_of("2"), "nobody");
  EXPECT_EQ(connection_->waits().size(), 2u);
  EXPECT_GE(connection_->waits().at(1), 50);
  EXPECT_TRUE(put(2).ok());
  EXPECT_EQ(guest_of("2"), "bob");
}

TEST_F(UniqueBatchTest, NothingIsSentIfAMemberIsWrong) {
  const auto invalid = seats().put_many({{"a", "1", "ann"}, {"a", "2", ""}});
  ASSERT_FALSE(invalid.ok());
  EXPECT_THAT(invalid.error().problems, ElementsAre(Problem{"[1].guest", "is required"}));
  const auto twice = seats().put_many({{"a", "1", "ann"}, {"a", "1", "bob"}});
  EXPECT_EQ(twice.error().message, "Seat: members 0 and 1 of a batch have the same key");
  EXPECT_TRUE(seats().put_many({})->empty());
  EXPECT_TRUE(seats().remove_many({}).ok());
  EXPECT_TRUE(connection_->requests().empty());
  const auto too_long = seats().put_many({{"a", "1", std::string(2000, 'x')}, {"a", "2", "ann"}});
  EXPECT_THAT(outcomes(too_long), ElementsAre("invalid", "done"));
  EXPECT_EQ(too_long.error().problems[0].message, "\"guest\" is too long to be unique");
}

TEST_F(UniqueBatchTest, HooksSeeWhatWasWritten) {
  ASSERT_TRUE(seats().create({"b", "1", "ann"}).ok());
  g_written.clear();
  EXPECT_FALSE(seats().put_many({{"a", "1", "ann"}, {"a", "2", "bob"}}).ok());
  EXPECT_THAT(g_written, ElementsAre("bob"));
}

TEST_F(UniqueBatchTest, DryRunsShowTheTransactions) {
  ASSERT_TRUE(seats().put_many({{"a", "1000", "ann"}}).ok());
  connection_->clear();
  const auto shown = seats().dry_run().put_many(row(60, "guest"));
  ASSERT_TRUE(shown.ok()) << shown.error().to_text();
  ASSERT_EQ(shown->size(), 2u);
  EXPECT_EQ(calls("TransactWriteItems"), 0u);
  EXPECT_EQ(guest_of("1000"), "ann");
  connection_->clear();
  ASSERT_TRUE(seats().put_many(row(60, "guest")).ok());
  const auto sent = connection_->wire();
  ASSERT_EQ(sent.size(), 3u);  // The read is first.
  EXPECT_EQ(to_wire(shown->at(0)).body, sent[1].body);
  EXPECT_EQ(to_wire(shown->at(1)).body, sent[2].body);

  EXPECT_EQ(seats().dry_run().remove_many({{"a", "1000"}, {"a", "9"}})->size(), 1u);
  EXPECT_TRUE(seats().dry_run().remove_many({{"a", "9"}})->empty());
  EXPECT_EQ(seats().dry_run().put_many({{"a", "1", std::string(2000, 'x')}}).error().code,
            ErrorCode::kInvalid);
}

TEST_F(UniqueBatchTest, OfDynamicSchemas) {
  const DynamicSchema schema = DynamicDefinition("Task")
                                   .entity("Task")
                                   .partition_key("pk", "TASK#{id}")
                                   .sort_key("sk", "TASK")
                                   .attribute<std::string>("id")
                                   .attribute<std::string>("code")
                                   .unique("code")
                                   .build()
                                   .value();
  const DynamicEntity tasks = app().dynamic(schema);
  ASSERT_TRUE(tasks.put_many({{{"id", "1"}, {"code", "a"}}, {{"id", "2"}, {"code", "b"}}}).ok());
  const auto put = tasks.put_many({{{"id", "3"}, {"code", "a"}}, {{"id", "4"}, {"code", "d"}}});
  EXPECT_THAT(outcomes(put), ElementsAre("unique_violation", "done"));
  ASSERT_TRUE(tasks.remove_many({{"1"}}).ok());
  EXPECT_TRUE(tasks.put_many({{{"id", "3"}, {"code", "a"}}}).ok());
}

}  // namespace
}  // namespace dynolith::odm
