#include "api/admission.h"

#include <thread>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TEST(Bucket, IsFullAtFirstAndRefillsWithTime) {
  api::Bucket bucket;
  int64_t now = 5 * kSecond;
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(bucket.has_any(now)) << i;
    bucket.take(1, 1, now, 10 * kSecond);
  }
  EXPECT_FALSE(bucket.has_any(now));
  now += kSecond;
  EXPECT_TRUE(bucket.has_any(now));
  bucket.take(5, 1, now, 10 * kSecond);  // A debt of four.
  EXPECT_FALSE(bucket.has_any(now + 4 * kSecond));
  EXPECT_TRUE(bucket.has_any(now + 4 * kSecond + 1));
}

TEST(Bucket, SavesNoMoreThanTheBurst) {
  api::Bucket bucket;
  bucket.take(1, 1, 0, 10 * kSecond);
  const int64_t later = 1'000'000 * kSecond;
  bucket.take(10, 1, later, 10 * kSecond);
  EXPECT_FALSE(bucket.has_any(later));
}

constexpr std::string_view kTableFull =
    "ProvisionedThroughputExceededException: The level of configured provisioned throughput for "
    "the table was exceeded. Consider increasing your provisioning level with the UpdateTable "
    "API.";
constexpr std::string_view kIndexFull =
    "ProvisionedThroughputExceededException: The level of configured provisioned throughput for "
    "one or more global secondary indexes of the table was exceeded. Consider increasing your "
    "provisioning level for the under-provisioned global secondary indexes with the UpdateTable "
    "API";

std::string reason(std::string_view name, std::string_view resource) {
  return " | [{\"reason\":\"" + std::string(name) +
         "\",\"resource\":\"arn:aws:dynamodb:us-east-1:000000000000:table/" +
         std::string(resource) + "\"}]";
}

class AdmissionTest : public ApiFixture {
 protected:
  static constexpr int64_t kBurstSeconds = 10;

  void SetUp() override {
    admission_ = std::make_unique<api::Admission>(clock_, kBurstSeconds);
    create(R"({'TableName':'one','ProvisionedThroughput':{'ReadCapacityUnits':1,
      'WriteCapacityUnits':1},'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},
      {'AttributeName':'g','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p',
      'KeyType':'HASH'}],'GlobalSecondaryIndexes':[{'IndexName':'gsi','KeySchema':[{'AttributeName':
      'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'},'ProvisionedThroughput':
      {'ReadCapacityUnits':1,'WriteCapacityUnits':1}}]})");
    create(R"({'TableName':'two','BillingMode':'PAY_PER_REQUEST','OnDemandThroughput':
      {'MaxReadRequestUnits':1,'MaxWriteRequestUnits':1},'AttributeDefinitions':[{'AttributeName':
      'p','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}]})");
  }

  // Calls until the answer is no reply; how many replies there were, and the error.
  std::pair<int, std::string> until_refused(std::string_view operation, std::string_view body) {
    for (int i = 0; i < 1000; ++i) {
      const std::string answer = call(operation, body);
      if (!answer.starts_with('{')) return {i, answer};
    }
    return {1000, "never"};
  }

  std::string spend_writes(std::string_view table) {
    return until_refused("PutItem",
                         "{'TableName':'" + std::string(table) + "','Item':{'p':{'S':'a'}}}")
        .second;
  }
};

TEST_F(AdmissionTest, WritesOfATableRunOutAndComeBack) {
  constexpr std::string_view kPut = "{'TableName':'one','Item':{'p':{'S':'a'}}}";
  const auto [writes, error] = until_refused("PutItem", kPut);
  EXPECT_EQ(writes, kBurstSeconds);
  EXPECT_EQ(error,
            std::string(kTableFull) + reason("TableWriteProvisionedThroughputExceeded", "one"));
  EXPECT_EQ(call("UpdateItem", "{'TableName':'one','Key':{'p':{'S':'a'}}}"), error);
  EXPECT_EQ(call("DeleteItem", "{'TableName':'one','Key':{'p':{'S':'a'}}}"), error);
  EXPECT_TRUE(call("GetItem", "{'TableName':'one','Key':{'p':{'S':'a'}}}").starts_with('{'));
  clock_->advance_ms(1001);
  EXPECT_EQ(call("PutItem", kPut), "{}");
  EXPECT_EQ(call("PutItem", kPut), "{}");  // A millisecond's worth was left.
  EXPECT_EQ(call("PutItem", kPut), error);
}

TEST_F(AdmissionTest, ReadsRunOutByWhatTheyCost) {
  const std::string error =
      std::string(kTableFull) + reason("TableReadProvisionedThroughputExceeded", "one");
  EXPECT_EQ(until_refused("GetItem", "{'TableName':'one','Key':{'p':{'S':'a'}}}"),
            std::pair(2 * static_cast<int>(kBurstSeconds), error));
  EXPECT_EQ(call("Scan", "{'TableName':'one'}"), error);
  clock_->advance_ms(1000 * kBurstSeconds);
  EXPECT_EQ(
      until_refused("GetItem", "{'TableName':'one','Key':{'p':{'S':'a'}},'ConsistentRead':true}"),
      std::pair(static_cast<int>(kBurstSeconds), error));
}

TEST_F(AdmissionTest, IndexesHaveTheirOwn) {
  constexpr std::string_view kQuery =
      "{'TableName':'one','IndexName':'gsi','KeyConditionExpression':'g = :g',"
      "'ExpressionAttributeValues':{':g':{'S':'a'}}}";
  EXPECT_EQ(until_refused("Query", kQuery),
            std::pair(2 * static_cast<int>(kBurstSeconds),
                      std::string(kIndexFull) +
                          reason("IndexReadProvisionedThroughputExceeded", "one/index/gsi")));
  EXPECT_TRUE(call("Scan", "{'TableName':'one'}").starts_with('{'));
}

// A put that changes the index key writes two entries, so the index runs out first.
TEST_F(AdmissionTest, AnIndexHoldsBackTheWritesOfItsTable) {
  std::string error;
  int writes = 0;
  for (; writes < 100 && error.empty(); ++writes) {
    const std::string answer =
        call("PutItem", "{'TableName':'one','Item':{'p':{'S':'a'},'g':{'S':'" +
                            std::to_string(writes) + "'}}}");
    if (answer != "{}") error = answer;
  }
  EXPECT_EQ(error, std::string(kIndexFull) +
                       reason("IndexWriteProvisionedThroughputExceeded", "one/index/gsi"));
  EXPECT_LT(writes, kBurstSeconds);
}

TEST_F(AdmissionTest, OnDemandIsCappedWhereItHasAMaximum) {
  const auto [writes, error] =
      until_refused("PutItem", "{'TableName':'two','Item':{'p':{'S':'a'}}}");
  EXPECT_EQ(writes, kBurstSeconds);
  EXPECT_EQ(error,
            "ThrottlingException: Throughput exceeds the maximum OnDemandThroughput configured on "
            "table or index" +
                reason("TableWriteMaxOnDemandThroughputExceeded", "two"));
  create_plain_tables();
  EXPECT_EQ(until_refused("PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'}}}").second, "never");
}

TEST_F(AdmissionTest, AFailedConditionCostsAUnit) {
  EXPECT_EQ(until_refused("DeleteItem",
                          "{'TableName':'one','Key':{'p':{'S':'a'}},"
                          "'ConditionExpression':'attribute_exists(p)'}")
                .second,
            "ConditionalCheckFailedException: The conditional request failed");
  for (int i = 1; i < kBurstSeconds; ++i) {
    call("DeleteItem",
         "{'TableName':'one','Key':{'p':{'S':'a'}},'ConditionExpression':'attribute_exists(p)'}");
  }
  EXPECT_TRUE(call("DeleteItem", "{'TableName':'one','Key':{'p':{'S':'a'}}}")
                  .starts_with("ProvisionedThroughputExceededException"));
}

TEST_F(AdmissionTest, BatchesLeaveOverWhatDoesNotFit) {
  create_plain_tables();
  std::string puts;
  for (int i = 0; i < 12; ++i) {
    if (i > 0) puts += ',';
    puts += "{'PutRequest':{'Item':{'p':{'S':'" + std::to_string(i) + "'}}}}";
  }
  const std::string batch =
      "{'RequestItems':{'one':[" + puts + "],'tab':[{'PutRequest':{'Item':{'p':{'S':'a'}}}}]}}";
  EXPECT_EQ(call("BatchWriteItem", batch),
            json("{'UnprocessedItems':{'one':[{'PutRequest':{'Item':{'p':{'S':'10'}}}},"
                 "{'PutRequest':{'Item':{'p':{'S':'11'}}}}]}}"));
  EXPECT_EQ(call("BatchWriteItem", "{'RequestItems':{'one':[" + puts + "]}}"),
            std::string(kTableFull) + reason("TableWriteProvisionedThroughputExceeded", "one"));

  std::string keys;
  for (int i = 100; i < 121; ++i) {
    if (i > 100) keys += ',';
    keys += "{'p':{'S':'" + std::to_string(i) + "'}}";
  }
  EXPECT_EQ(call("BatchGetItem", "{'RequestItems':{'one':{'Keys':[" + keys +
                                     "]},'tab':{'Keys':[{'p':{'S':'a'}}]}}}"),
            json("{'Responses':{'one':[],'tab':[{'p':{'S':'a'}}]},'UnprocessedKeys':{'one':"
                 "{'Keys':[{'p':{'S':'120'}}]}}}"));
  EXPECT_EQ(call("BatchGetItem", "{'RequestItems':{'one':{'Keys':[" + keys + "]}}}"),
            std::string(kTableFull) + reason("TableReadProvisionedThroughputExceeded", "one"));
}

TEST_F(AdmissionTest, TransactionsAreCancelledWithAReasonForEachAction) {
  create_plain_tables();
  spend_writes("one");
  EXPECT_EQ(call("TransactWriteItems",
                 "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'p':{'S':'a'}}}},"
                 "{'Put':{'TableName':'one','Item':{'p':{'S':'a'}}}}]}"),
            "TransactionCanceledException: Transaction cancelled, please refer cancellation "
            "reasons for specific reasons [None, ProvisionedThroughputExceeded]");
  const auto [reads, error] = until_refused(
      "TransactGetItems", "{'TransactItems':[{'Get':{'TableName':'two','Key':{'p':{'S':'a'}}}}]}");
  EXPECT_EQ(reads, kBurstSeconds / 2);
  EXPECT_EQ(error,
            "TransactionCanceledException: Transaction cancelled, please refer cancellation "
            "reasons for specific reasons [ThrottlingError]");
}

TEST_F(AdmissionTest, TransactionsCostTwice) {
  EXPECT_EQ(until_refused("TransactWriteItems",
                          "{'TransactItems':[{'Put':{'TableName':'two',"
                          "'Item':{'p':{'S':'a'}}}}]}")
                .first,
            kBurstSeconds / 2);
}

TEST_F(AdmissionTest, ManyThreadsShareOneBucket) {
  const auto table = *database_->find_table("one");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) admission_->charge_read(*table, nullptr, 0.01);
    });
  }
  for (auto& thread : threads) thread.join();
  // Forty units of ten were spent: half a minute of debt, to the nanosecond.
  clock_->advance_ms(30'000);
  EXPECT_FALSE(admission_->admit_read(*table, nullptr, "us-east-1").ok());
  clock_->advance_ms(1);
  EXPECT_TRUE(admission_->admit_read(*table, nullptr, "us-east-1").ok());
}

TEST_F(AdmissionTest, OffMeansOff) {
  admission_.reset();
  EXPECT_EQ(spend_writes("one"), "never");
}

}  // namespace
}  // namespace dynolith::test
