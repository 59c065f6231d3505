// Streams over time: successors, retention, iterators that expire.
#include "tests/api/operations/test_api.h"

namespace dynolith::test {
namespace {

using storage::ErrorCode;

constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute;
constexpr std::string_view kPast =
    "The operation attempted to read past the oldest stream record in a shard.";

// The text of the first member of that name, at or behind `from`.
std::string member(const std::string& json, std::string_view name, size_t from = 0) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const size_t begin = json.find(key, from);
  if (begin == std::string::npos) return "no " + std::string(name) + " in " + json;
  const size_t end = json.find('"', begin + key.size());
  return json.substr(begin + key.size(), end - begin - key.size());
}

size_t count(const std::string& text, std::string_view part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class StreamOperations : public ::testing::Test {
 protected:
  StreamOperations() {
    const std::string created = api_(
        api::create_table,
        R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],"KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})");
    arn_ = member(created, "LatestStreamArn");
  }

  void put(const std::string& key) {
    EXPECT_EQ(api_(api::put_item, R"({"TableName":"tab","Item":{"p":{"S":")" + key + "\"}}}"),
              "{}");
  }
  std::string describe(const std::string& more = {}) {
    return api_(api::describe_stream, R"({"StreamArn":")" + arn_ + "\"" + more + "}");
  }
  std::string first_shard() { return member(describe(), "ShardId"); }
  std::string last_shard() {
    const std::string described = describe();
    return member(described, "ShardId", described.rfind("\"ShardId\""));
  }
  std::string iterator_reply(const std::string& shard, const std::string& type,
                             const std::string& number = {}) {
    return api_(api::get_shard_iterator,
                R"({"StreamArn":")" + arn_ + R"(","ShardId":")" + shard +
                    R"(","ShardIteratorType":")" + type + "\"" +
                    (number.empty() ? "" : R"(,"SequenceNumber":")" + number + "\"") + "}");
  }
  std::string iterator(const std::string& shard, const std::string& type,
                       const std::string& number = {}) {
    return member(iterator_reply(shard, type, number), "ShardIterator");
  }
  std::string records(const std::string& iterator) {
    return api_(api::get_records, R"({"ShardIterator":")" + iterator + "\"}");
  }
  static bool ends(const std::string& reply) {
    return reply.find("NextShardIterator") == std::string::npos;
  }
  static std::string expired() {
    return TestApi::error(ErrorCode::kExpiredIterator,
                          "Iterator expired. The iterator is older than 15 minutes.");
  }
  static std::string trimmed() { return TestApi::error(ErrorCode::kTrimmedDataAccess, kPast); }

  TestApi api_;
  std::string arn_;
};

TEST_F(StreamOperations, NamesHaveTheLengthsThatConsumersNeed) {
  put("a");
  const std::string shard = first_shard();
  EXPECT_EQ(shard, "shardId-00000001795257249000-" + shard.substr(29));
  EXPECT_EQ(shard.size(), 37u);
  EXPECT_EQ(arn_,
            "arn:aws:dynamodb:eu-west-1:000000000000:table/tab/stream/2026-11-21T10:34:09.000");
  const std::string page = records(iterator(shard, "TRIM_HORIZON"));
  EXPECT_EQ(member(page, "SequenceNumber"), "117952572490000000000000000010");
  EXPECT_EQ(member(describe(), "StartingSequenceNumber"), "117952572490000000000000000005");
  EXPECT_EQ(member(page, "eventID").size(), 32u);
  EXPECT_NE(page.find("\"ApproximateCreationDateTime\":1795257249,"), std::string::npos);
}

TEST_F(StreamOperations, AConsumerFollowsShardsToTheirSuccessors) {
  put("a");
  const std::string parent = first_shard();
  const std::string before = iterator(parent, "TRIM_HORIZON");
  const std::string latest = iterator(parent, "LATEST");
  api_.clock().advance_ms(4 * kHour);
  const std::string child = last_shard();
  ASSERT_NE(child, parent);
  EXPECT_LT(parent, child);
  put("b");
  const std::string described = describe();
  EXPECT_EQ(member(described, "ParentShardId"), parent);
  EXPECT_EQ(count(described, "EndingSequenceNumber"), 1u);
  EXPECT_LT(member(described, "EndingSequenceNumber"),
            member(described, "StartingSequenceNumber", described.find(child)));

  EXPECT_EQ(records(before), expired());
  const std::string page = records(iterator(parent, "TRIM_HORIZON"));
  EXPECT_EQ(count(page, "\"eventID\""), 1u);
  EXPECT_TRUE(ends(page));
  EXPECT_EQ(records(iterator(parent, "LATEST")), R"({"Records":[]})");
  const std::string next = records(iterator(child, "TRIM_HORIZON"));
  EXPECT_EQ(count(next, "\"eventID\""), 1u);
  EXPECT_FALSE(ends(next));

  // A sequence number belongs to its shard.
  const std::string in_parent = member(page, "SequenceNumber");
  EXPECT_EQ(iterator_reply(child, "AT_SEQUENCE_NUMBER", in_parent),
            TestApi::invalid("Invalid SequenceNumber: " + in_parent + " is not one of this shard"));
  EXPECT_EQ(records(iterator(parent, "AFTER_SEQUENCE_NUMBER", in_parent)), R"({"Records":[]})");
}

// An iterator that was made while its shard was open does not run on into the successor.
TEST_F(StreamOperations, AnIteratorEndsWithItsShard) {
  put("a");
  api_.clock().advance_ms(4 * kHour - 1);
  const std::string shard = first_shard();
  const std::string horizon = iterator(shard, "TRIM_HORIZON"), latest = iterator(shard, "LATEST");
  EXPECT_FALSE(ends(records(latest)));
  api_.clock().advance_ms(1);
  describe();
  put("b");
  const std::string page = records(horizon);
  EXPECT_EQ(count(page, "\"eventID\""), 1u);
  EXPECT_TRUE(ends(page));
  EXPECT_EQ(records(latest), R"({"Records":[]})");
}

TEST_F(StreamOperations, ShardsAreDescribedInPages) {
  for (int i = 0; i < 4; ++i) {
    put(std::to_string(i));
    api_.clock().advance_ms(4 * kHour);
    describe();
  }
  std::string seen, start;
  int pages = 0;
  while (true) {
    const std::string page = describe(R"(,"Limit":2)" + start);
    for (size_t at = page.find("\"ShardId\""); at != std::string::npos;
         at = page.find("\"ShardId\"", at + 1))
      seen += member(page, "ShardId", at) + " ";
    ++pages;
    if (page.find("LastEvaluatedShardId") == std::string::npos) break;
    start = R"(,"ExclusiveStartShardId":")" + member(page, "LastEvaluatedShardId") + "\"";
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(count(seen, "shardId-"), 5u);
  const std::string first = seen.substr(0, 37), second = seen.substr(38, 37);
  const std::string children =
      describe(R"(,"ShardFilter":{"Type":"CHILD_SHARDS","ShardId":")" + first + "\"}");
  EXPECT_EQ(count(children, "\"ShardId\""), 1u);
  EXPECT_EQ(member(children, "ShardId"), second);
}

TEST_F(StreamOperations, IteratorsLiveForAQuarterOfAnHour) {
  put("a");
  const std::string iterator_text = iterator(first_shard(), "TRIM_HORIZON");
  api_.clock().advance_ms(15 * kMinute);
  const std::string page = records(iterator_text);
  EXPECT_EQ(count(page, "\"eventID\""), 1u);
  api_.clock().advance_ms(1);
  EXPECT_EQ(records(iterator_text), expired());
  EXPECT_EQ(count(records(member(page, "NextShardIterator")), "\"eventID\""), 0u);
}

TEST_F(StreamOperations, IteratorsThatWereChangedAreRefused) {
  const std::string sound = iterator(first_shard(), "TRIM_HORIZON");
  EXPECT_FALSE(ends(records(sound)));
  for (size_t i = 0; i < sound.size(); ++i) {
    std::string changed = sound;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (changed == sound) continue;
    EXPECT_EQ(records(changed), TestApi::invalid("Invalid ShardIterator")) << i;
  }
  for (size_t size = 1; size < sound.size(); ++size)
    EXPECT_EQ(records(sound.substr(0, size)), TestApi::invalid("Invalid ShardIterator")) << size;
}

TEST_F(StreamOperations, RecordsAreTrimmedAfterADay) {
  put("a");
  const std::string first =
      member(records(iterator(first_shard(), "TRIM_HORIZON")), "SequenceNumber");
  const std::string start = member(describe(), "StartingSequenceNumber");
  api_.clock().advance_ms(kHour);
  put("b");
  api_.clock().advance_ms(23 * kHour - 5 * kMinute);
  const std::string shard = first_shard();
  const std::string at = iterator(shard, "AT_SEQUENCE_NUMBER", first);
  const std::string horizon = iterator(shard, "TRIM_HORIZON");
  const std::string after = iterator(shard, "AFTER_SEQUENCE_NUMBER", first);
  api_.clock().advance_ms(5 * kMinute);
  EXPECT_EQ(records(at), trimmed());
  EXPECT_EQ(iterator_reply(shard, "AT_SEQUENCE_NUMBER", first), trimmed());
  EXPECT_EQ(iterator_reply(shard, "AT_SEQUENCE_NUMBER", start), trimmed());
  // The horizon moves, and what is behind the oldest record does not mind.
  for (const std::string& text : {horizon, after, iterator(shard, "TRIM_HORIZON"),
                                  iterator(shard, "AFTER_SEQUENCE_NUMBER", first)}) {
    const std::string page = records(text);
    EXPECT_EQ(count(page, "\"eventID\""), 1u) << page;
    EXPECT_NE(page.find(R"({"p":{"S":"b"}})"), std::string::npos);
  }
}

TEST_F(StreamOperations, ShardsThatAreGoneCannotBeRead) {
  put("a");
  const std::string shard = first_shard();
  api_.clock().advance_ms(4 * kHour);
  describe();
  put("b");
  api_.clock().advance_ms(24 * kHour - 5 * kMinute);
  const std::string late = iterator(shard, "TRIM_HORIZON");
  api_.clock().advance_ms(5 * kMinute);
  EXPECT_EQ(describe().find("\"ShardId\":\"" + shard), std::string::npos);
  EXPECT_EQ(records(late), trimmed());
  EXPECT_EQ(iterator_reply(shard, "TRIM_HORIZON"),
            TestApi::error(ErrorCode::kResourceNotFound,
                           "Requested resource not found: Shard: " + shard + " not found"));
}

TEST_F(StreamOperations, TheStreamOfADeletedTableVanishesAfterADay) {
  put("a");
  api_(api::delete_table, R"({"TableName":"tab"})");
  const std::string listed = R"({"Streams":[{"StreamArn":")" + arn_ +
                             R"(","TableName":"tab","StreamLabel":"2026-11-21T10:34:09.000"}]})";
  EXPECT_EQ(api_(api::list_streams, "{}"), listed);
  EXPECT_TRUE(ends(records(iterator(first_shard(), "TRIM_HORIZON"))));
  api_.clock().advance_ms(24 * kHour - 1);
  EXPECT_EQ(api_(api::list_streams, "{}"), listed);
  const std::string late = iterator(first_shard(), "LATEST");
  api_.clock().advance_ms(1);
  EXPECT_EQ(api_(api::list_streams, "{}"), R"({"Streams":[]})");
  EXPECT_EQ(describe(),
            TestApi::error(ErrorCode::kResourceNotFound,
                           "Requested resource not found: Stream: " + arn_ + " not found"));
  EXPECT_EQ(records(late),
            TestApi::error(ErrorCode::kResourceNotFound, "Requested resource not found"));
}

TEST_F(StreamOperations, ExpiredItemsSayWhoRemovedThem) {
  put("a");
  const auto table = *api_.database().find_table("tab");
  const auto key = storage::encode_item({{"p", "a"}});
  storage::ItemWrite write;
  write.table = table;
  write.key = *storage::key_of_key_parameter(*table, key.view());
  write.key_item = key;
  write.action = storage::Delete{};
  write.origin = storage::WriteOrigin::kTimeToLive;
  ASSERT_TRUE(api_.database().apply(write).ok());
  const std::string page = records(iterator(first_shard(), "TRIM_HORIZON"));
  EXPECT_EQ(count(page, "userIdentity"), 1u);
  EXPECT_NE(
      page.find(R"("userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}})"),
      std::string::npos)
      << page;
}

}  // namespace
}  // namespace dynolith::test
