// Every connection: what the mapper makes of transactions with unique values, and its dry runs.
#include "odm/entity.h"
#include "odm/transaction.h"
#include "tests/odm/connection/connection_conformance.h"

namespace dynolith::odm {
namespace {

struct Track {
  std::string artist, title, code;
  std::optional<std::string> label;
};

}  // namespace

// In the suite's table "Songs".
template <>
struct Model<Track> {
  using key = Key<&Track::artist, &Track::title>;
  static void define(Definition<Track>& track) {
    track.partition_key("artist", &Track::artist)
        .sort_key("title", &Track::title)
        .attribute("code", &Track::code)
        .attribute("label", &Track::label)
        .unique(&Track::code)
        .unique(&Track::label);
  }
};

namespace {

// The suite keeps the connection.
Table songs(Connection& connection) { return Table({ConnectionPtr(), &connection}, "Songs"); }

TEST_P(ConnectionConformance, UniqueValuesMoveInTransactions) {
  const Table table = songs(connection());
  const Entity<Track> tracks = table.entity<Track>();
  ASSERT_TRUE(tracks.create({"Miles", "Blue", "c1", "l1"}).ok());
  ASSERT_TRUE(tracks.create({"Miles", "So", "c2", {}}).ok());
  const auto moved =
      table.transact()
          .update(tracks.update("Miles", "Blue").set(&Track::code, "c2").remove(&Track::label))
          .update(tracks.update("Miles", "So").set(&Track::code, "c1"))
          .update(tracks.upsert("Miles", "What").set(&Track::code, "c3").set(&Track::label, "l1"))
          .exec();
  ASSERT_TRUE(moved.ok()) << message_of(error_of(moved));
  EXPECT_EQ(tracks.must_get("Miles", "Blue")->code, "c2");
  EXPECT_EQ(tracks.must_get("Miles", "So")->code, "c1");
  for (const char* taken : {"c1", "c2", "c3"})
    refused(error_of(tracks.create({"Nina", "Sinner", taken, {}})), ErrorCode::kUniqueViolation);

  const auto canceled =
      table.transact()
          .update(tracks.update("Miles", "Blue").set(&Track::code, "c3"))
          .update(
              tracks.update("Miles", "So").set(&Track::label, "l2").when(f(&Track::code) == "c9"))
          .update(tracks.update("Miles", "None").set(&Track::code, "c4"))
          .exec();
  refused(error_of(canceled), ErrorCode::kTransactionCanceled);
  const auto& operations = canceled.error().operations;
  ASSERT_EQ(operations.size(), 3u);
  EXPECT_EQ(operations[0].code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(operations[1].code, ErrorCode::kConditionFailed);
  EXPECT_EQ(operations[2].code, ErrorCode::kNotFound);
  EXPECT_EQ(tracks.must_get("Miles", "Blue")->code, "c2");
}

TEST_P(ConnectionConformance, ATokenMovesUniqueValuesOnce) {
  const Table table = songs(connection());
  const Entity<Track> tracks = table.entity<Track>();
  ASSERT_TRUE(tracks.create({"Miles", "Blue", "c1", {}}).ok());
  Transaction once = table.transact();
  once.token("token-9").update(tracks.update("Miles", "Blue").set(&Track::code, "c2"));
  ASSERT_TRUE(once.exec().ok());
  // Somebody changes it back: carried out again, the transaction has still happened.
  ASSERT_TRUE(tracks.update("Miles", "Blue").set(&Track::code, "c1").exec().ok());
  const auto again = once.exec();
  EXPECT_TRUE(again.ok()) << message_of(error_of(again));
  EXPECT_EQ(tracks.must_get("Miles", "Blue")->code, "c1");
}

TEST_P(ConnectionConformance, ATokenIsKnownAgainWhenItsTransactionIsBuiltAnew) {
  const Table table = songs(connection());
  const Entity<Track> tracks = table.entity<Track>();
  ASSERT_TRUE(tracks.create({"Miles", "Blue", "c1", {}}).ok());
  const auto move = [&](const char* code) {
    return table.transact()
        .token("token-10")
        .update(tracks.update("Miles", "Blue").set(&Track::code, code))
        .exec();
  };
  ASSERT_TRUE(move("c2").ok());
  const auto again = move("c2");
  EXPECT_TRUE(again.ok()) << message_of(error_of(again));
  refused(error_of(move("c3")), ErrorCode::kIdempotentParameterMismatch);
  EXPECT_EQ(tracks.must_get("Miles", "Blue")->code, "c2");
}

TEST_P(ConnectionConformance, BatchesKeepUniqueValues) {
  const Table table = songs(connection());
  const Entity<Track> tracks = table.entity<Track>();
  std::vector<Track> many;
  for (int i = 0; i < 60; ++i)
    many.push_back({"Miles", std::to_string(i), "c" + std::to_string(i), {}});
  const auto put = tracks.put_many(many);
  ASSERT_TRUE(put.ok()) << message_of(error_of(put));
  refused(error_of(tracks.create({"Nina", "Sinner", "c59", {}})), ErrorCode::kUniqueViolation);

  const auto some = tracks.put_many(
      {{"Miles", "0", "c1", {}}, {"Miles", "1", "c0", {}}, {"Nina", "Lilac", "c9", {}}});
  refused(error_of(some), ErrorCode::kUniqueViolation);
  ASSERT_EQ(some.error().operations.size(), 3u);
  EXPECT_EQ(some.error().operations[1].reason, "None");
  EXPECT_EQ(some.error().operations[2].code, ErrorCode::kUniqueViolation);
  EXPECT_EQ(tracks.must_get("Miles", "0")->code, "c1");
  EXPECT_EQ(tracks.must_get("Miles", "1")->code, "c0");

  std::vector<KeyOf<Track>> keys;
  for (int i = 0; i < 70; ++i) keys.push_back({"Miles", std::to_string(i)});
  ASSERT_TRUE(tracks.remove_many(keys).ok());
  EXPECT_EQ(read_page({.table = "Songs"}).reply.count, 0u);
}

TEST_P(ConnectionConformance, DryRunsChangeNothing) {
  const Table table = songs(connection());
  const Entity<Track> tracks = table.entity<Track>();
  ASSERT_TRUE(tracks.create({"Miles", "Blue", "c1", "l1"}).ok());
  const auto update = tracks.update("Miles", "Blue").set(&Track::code, "c2");
  const auto actions = [](const Result<Request>& shown) {
    const auto* sent = shown ? shown->get_if<TransactWriteRequest>() : nullptr;
    return sent == nullptr ? 0 : sent->actions.size();
  };
  EXPECT_EQ(actions(update.request()), 3u);
  EXPECT_EQ(actions(tracks.dry_run().put({"Miles", "Blue", "c2", {}})), 4u);
  EXPECT_EQ(actions(tracks.dry_run().remove("Miles", "Blue")), 3u);
  const auto together = table.transact().update(update).request();
  ASSERT_TRUE(together.ok()) << message_of(error_of(together));
  EXPECT_EQ(together->actions.size(), 3u);
  EXPECT_EQ(tracks.must_get("Miles", "Blue")->code, "c1");
  EXPECT_EQ(read_page({.table = "Songs"}).reply.count, 3u);  // And what holds its two values.
  EXPECT_TRUE(update.exec().ok());
}

}  // namespace
}  // namespace dynolith::odm
