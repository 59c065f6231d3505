// Many items of a model in one call.
#include "odm/entity.h"
#include "odm/remote/remote_connection.h"
#include "odm/remote/service_client.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm::test {
namespace {

using testing::ElementsAre;

class EntityBatchTest : public EntityTest {
 protected:
  std::vector<Note> many(int count) {
    std::vector<Note> all;
    for (int i = 0; i < count; ++i)
      all.push_back({.org = "acme", .id = std::to_string(1000 + i), .text = "t", .likes = i});
    return all;
  }
  static std::vector<KeyOf<Note>> keys(int count) {
    std::vector<KeyOf<Note>> all;
    for (int i = 0; i < count; ++i) all.push_back({"acme", std::to_string(1000 + i)});
    return all;
  }
  size_t calls(std::string_view operation) const {
    size_t count = 0;
    for (const WireRequest& request : connection_->wire())
      if (request.operation == operation) ++count;
    return count;
  }
};

TEST_F(EntityBatchTest, WritesReadsAndRemovesInChunks) {
  const auto put = notes().put_many(many(130));
  ASSERT_TRUE(put.ok()) << put.error().to_text();
  EXPECT_EQ(put->size(), 130u);
  EXPECT_EQ(calls("BatchWriteItem"), 6u);

  const auto read = notes().get_many(keys(131));
  ASSERT_TRUE(read.ok()) << read.error().to_text();
  EXPECT_EQ(calls("BatchGetItem"), 2u);
  ASSERT_EQ(read->size(), 131u);
  for (int i = 0; i < 130; ++i) EXPECT_EQ((*read)[static_cast<size_t>(i)]->likes, i);
  EXPECT_FALSE((*read)[130].has_value());

  ASSERT_TRUE(notes().remove_many(keys(130)).ok());
  const auto gone = notes().get_many(keys(130));
  for (const auto& note : *gone) EXPECT_FALSE(note.has_value());
  EXPECT_TRUE(connection_->waits().empty());
}

TEST_F(EntityBatchTest, ReadsInTheOrderOfTheKeysAndEachKeyOnce) {
  ASSERT_TRUE(notes().put_many(many(2)).ok());
  connection_->clear();
  const auto read =
      notes().get_many({{"acme", "1001"}, {"acme", "9"}, {"acme", "1000"}, {"acme", "1001"}});
  ASSERT_TRUE(read.ok()) << read.error().to_text();
  EXPECT_EQ((*read)[0]->likes, 1);
  EXPECT_FALSE((*read)[1].has_value());
  EXPECT_EQ((*read)[2]->likes, 0);
  EXPECT_EQ((*read)[3]->likes, 1);
  const auto requests = connection_->requests();
  EXPECT_EQ(requests.at(0).get_if<BatchGetRequest>()->gets.size(), 3u);
}

TEST_F(EntityBatchTest, SendsAgainWhatIsLeftOverAfterGrowingWaits) {
  connection_->leave_unprocessed_next(20);
  connection_->leave_unprocessed_next(5);
  ASSERT_TRUE(notes().put_many(many(25)).ok());
  EXPECT_EQ(calls("BatchWriteItem"), 3u);
  const std::vector<int64_t> waits = connection_->waits();
  ASSERT_EQ(waits.size(), 2u);
  EXPECT_GE(waits[0], 25);
  EXPECT_LE(waits[0], 50);
  EXPECT_GE(waits[1], 50);
  EXPECT_LE(waits[1], 100);

  connection_->leave_unprocessed_next(3);
  const auto read = notes().get_many(keys(25));
  ASSERT_TRUE(read.ok());
  for (const auto& note : *read) EXPECT_TRUE(note.has_value());
}

TEST_F(EntityBatchTest, SaysHowManyAreLeftAfterTheLastAttempt) {
  const Entity<Note> impatient = app({.batch_attempts_max = 2}).entity<Note>();
  connection_->leave_unprocessed_next(7);
  connection_->leave_unprocessed_next(4);
  const auto put = impatient.put_many(many(10));
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().code, ErrorCode::kThrottled);
  EXPECT_EQ(put.error().message, "Note: 4 of 10 items were not written after 2 attempts");
}

TEST_F(EntityBatchTest, RefusesTwoOfOneKey) {
  auto notes_of_one_key = many(3);
  notes_of_one_key[2].id = notes_of_one_key[0].id;
  const auto put = notes().put_many(notes_of_one_key);
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(put.error().message, "Note: members 0 and 2 of a batch have the same key");
  EXPECT_TRUE(connection_->requests().empty());
}

TEST_F(EntityBatchTest, SaysWhichMemberIsInvalid) {
  User bad = someone("2");
  bad.age = 999;
  const auto put = users().put_many({someone("1"), bad});
  ASSERT_FALSE(put.ok());
  ASSERT_EQ(put.error().problems.size(), 1u);
  EXPECT_EQ(put.error().problems[0].path, "[1].age");
}

TEST_F(EntityBatchTest, ShowsNeitherOtherEntitiesNorExpiredItems) {
  store({{"pk", "ORG#acme"}, {"sk", "USER#1"}, {"_et", "Robot"}});
  User user = someone("2");
  user.expires = timestamp_of_ms(FixedClock::kStartMs);
  ASSERT_TRUE(users().create(user).ok());
  const auto read =
      app({.hide_expired = true}).entity<User>().get_many({{"acme", "1"}, {"acme", "2"}});
  ASSERT_TRUE(read.ok()) << read.error().to_text();
  for (const auto& shown : *read) EXPECT_FALSE(shown.has_value());
}

// Answers every batch with so much that no more would fit, and leaves all of it unprocessed.
class FullAnswers : public ServiceClient {
 public:
  Result<ServiceReply> call(std::string_view, const std::string&, CallKind) override {
    if (++calls > 20) return make_error(ErrorCode::kInternal, "this does not end");
    const std::string text(400'000, 'x');
    std::string responses, keys;
    for (int i = 0; i < 41; ++i) {
      const std::string key =
          R"("pk":{"S":"ORG#acme"},"sk":{"S":"NOTE#)" + std::to_string(1000 + i) + "\"}";
      responses += (i > 0 ? ",{" : "{") + key + R"(,"_et":{"S":"Note"},"text":{"S":")" + text +
                   R"("},"org":{"S":"acme"},"id":{"S":"x"},"likes":{"N":"1"}})";
      keys += (i > 0 ? ",{" : "{") + key + "}";
    }
    return ServiceReply{200,
                        R"({"Responses":{"app":[)" + responses +
                            R"(]},"UnprocessedKeys":{"app":{"Keys":[)" + keys + "]}}}",
                        {}};
  }
  storage::Clock& clock() override { return clock_; }
  storage::IdSource& ids() override { return ids_; }
  void wait_ms(int64_t) override {}

  int calls = 0;

 private:
  FixedClock clock_;
  CountingIds ids_;
};

TEST_F(EntityBatchTest, EndsIfAFullAnswerLeavesEverything) {
  const auto client = std::make_shared<FullAnswers>();
  const Table table(remote_connection(client), "app", {.batch_attempts_max = 3});
  const auto read = table.entity<Note>().get_many(keys(41));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kThrottled);
  EXPECT_EQ(client->calls, 3);
}

TEST_F(EntityBatchTest, NothingIsNoCall) {
  EXPECT_TRUE(notes().get_many({})->empty());
  EXPECT_TRUE(notes().put_many({})->empty());
  EXPECT_TRUE(notes().remove_many({}).ok());
  EXPECT_TRUE(connection_->requests().empty());
}

}  // namespace
}  // namespace dynolith::odm::test
