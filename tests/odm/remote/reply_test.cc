// Replies of a service that is not trusted.
#include "odm/remote/reply.h"

#include <gtest/gtest.h>

#include <random>

#include "odm/remote/changes_reply.h"
#include "odm/remote/reply_error.h"
#include "tests/odm/remote/in_process_client.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using test::item_from;
using test::text_of;

constexpr std::string_view kPage =
    "{'Items':[{'p':{'S':'a'},'n':{'N':'1'}},{'p':{'S':'b'}}],'Count':2,'ScannedCount':5,"
    "'LastEvaluatedKey':{'p':{'S':'b'}},'ConsumedCapacity':{'TableName':'t','CapacityUnits':1.5}}";
constexpr std::string_view kTable =
    "{'Table':{'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
    "{'AttributeName':'g','AttributeType':'N'}],'TableName':'t',"
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],'TableStatus':'UPDATING',"
    "'ProvisionedThroughput':{'NumberOfDecreasesToday':0,'ReadCapacityUnits':0,"
    "'WriteCapacityUnits':0},'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST'},"
    "'GlobalSecondaryIndexes':[{'IndexName':'i','KeySchema':[{'AttributeName':'g',"
    "'KeyType':'HASH'},{'AttributeName':'p','KeyType':'RANGE'}],'Projection':{"
    "'ProjectionType':'INCLUDE','NonKeyAttributes':['x']},'IndexStatus':'CREATING',"
    "'OnDemandThroughput':{'MaxReadRequestUnits':7,'MaxWriteRequestUnits':-1},"
    "'WarmThroughput':{'ReadUnitsPerSecond':13000,'WriteUnitsPerSecond':4000}}],"
    "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'},"
    "'SSEDescription':{'Status':'ENABLED','SSEType':'KMS','KMSMasterKeyArn':'arn:k'},"
    "'TableClassSummary':{'TableClass':'STANDARD_INFREQUENT_ACCESS'},"
    "'DeletionProtectionEnabled':true,"
    "'WarmThroughput':{'ReadUnitsPerSecond':12000,'WriteUnitsPerSecond':4000}}}";
constexpr std::string_view kRecords =
    "{'Records':[{'eventName':'REMOVE','dynamodb':{'ApproximateCreationDateTime':1.5E9,"
    "'Keys':{'p':{'S':'a'}},'OldImage':{'p':{'S':'a'},'n':{'N':'1'}},"
    "'SequenceNumber':'100000000000000000001'},'userIdentity':{'Type':'Service',"
    "'PrincipalId':'dynamodb.amazonaws.com'}}],'NextShardIterator':'next'}";
constexpr std::string_view kCancelled =
    "{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',"
    "'Message':'cancelled','CancellationReasons':[{'Code':'None'},{'Code':"
    "'ConditionalCheckFailed','Message':'no','Item':{'p':{'S':'a'}}}]}";

TEST(Reply, ReadsAPage) {
  const auto page = parse_range(json_of(kPage));
  ASSERT_TRUE(page.ok()) << page.error().to_text();
  ASSERT_EQ(page->items.size(), 2u);
  EXPECT_EQ(text_of(page->items[0].view()), "{n: 1, p: \"a\"}");
  EXPECT_EQ(page->reply.count, 2u);
  EXPECT_EQ(page->reply.scanned_count, 5u);
  EXPECT_EQ(text_of(page->reply.last_evaluated_key.view()), "{p: \"b\"}");
  EXPECT_EQ(page->reply.consumed_capacity, 1.5);
}

TEST(Reply, ReadsATableAsADefinition) {
  const auto state = parse_table(json_of(kTable));
  ASSERT_TRUE(state.ok()) << state.error().to_text();
  const storage::TableDefinition& table = state->definition;
  EXPECT_EQ(state->status, storage::TableStatus::kUpdating);
  EXPECT_EQ(table.billing_mode, storage::BillingMode::kPayPerRequest);
  EXPECT_EQ(table.stream_view_type, storage::StreamViewType::kNewImage);
  EXPECT_EQ(table.table_class, storage::TableClass::kStandardInfrequentAccess);
  EXPECT_TRUE(table.deletion_protection);
  ASSERT_TRUE(table.encryption.has_value());
  EXPECT_EQ(table.encryption->kms_key_arn, "arn:k");
  EXPECT_FALSE(table.warm_throughput.has_value());  // It is what every table has.
  ASSERT_EQ(table.indexes.size(), 1u);
  const storage::IndexDefinition& index = table.indexes[0];
  EXPECT_EQ(index.key.partition[0], (storage::KeyAttribute{"g", storage::AttributeType::kNumber}));
  EXPECT_EQ(index.key.sort[0].name, "p");
  EXPECT_EQ(index.projection.non_key_attributes, std::vector<std::string>{"x"});
  EXPECT_FALSE(index.throughput.has_value());
  EXPECT_EQ(index.on_demand_limits, (storage::ThroughputLimits{7, std::nullopt}));
  EXPECT_EQ(index.warm_throughput, (storage::ThroughputLimits{13'000, 4'000}));
  EXPECT_EQ(state->indexes[0].status, storage::IndexStatus::kCreating);
}

TEST(Reply, ReadsStreamRecords) {
  const auto page = parse_records(json_of(kRecords));
  ASSERT_TRUE(page.ok()) << page.error().to_text();
  ASSERT_EQ(page->records.size(), 1u);
  const ChangeRecord record = page->records[0].view();
  EXPECT_EQ(record.record.event, storage::StreamEvent::kRemove);
  EXPECT_EQ(record.record.origin, storage::StreamOrigin::kTimeToLive);
  EXPECT_EQ(record.record.created_ms, 1'500'000'000'000);
  EXPECT_EQ(text_of(record.record.key), "{p: \"a\"}");
  EXPECT_EQ(text_of(record.record.old_image), "{n: 1, p: \"a\"}");
  EXPECT_FALSE(record.record.new_image.exists());
  EXPECT_EQ(record.sequence, "100000000000000000001");
  EXPECT_EQ(page->next_iterator, "next");
}

// Every parser over one body; each answers, or says that it makes no sense.
void expect_answer_or_internal(const std::string& body) {
  BatchGetRequest gets;
  gets.gets.push_back({"t", item_from("{p: \"a\"}")});
  BatchWriteRequest writes;
  writes.writes.emplace_back(PutRequest{"t", item_from("{p: \"a\"}")});
  const auto check = [&](const auto& result) {
    if (result.ok()) return;
    EXPECT_EQ(result.error().code, ErrorCode::kInternal) << body;
    EXPECT_NE(result.error().message.find("makes no sense"), std::string::npos) << body;
  };
  check(parse_get(body));
  check(parse_write(body));
  check(parse_range(body));
  check(parse_batch_get(body, gets));
  check(parse_batch_write(body, writes));
  check(parse_transact_get(body, 1));
  check(parse_transact_write(body));
  check(parse_table(body));
  check(parse_time_to_live(body));
  check(parse_stream_list(body));
  check(parse_stream_description(body));
  check(parse_shard_iterator(body));
  check(parse_records(body));
  error_of_reply({400, body, ""}, CallKind::kRead, 3);
}

TEST(Reply, SaysWhatMakesNoSense) {
  const auto message = [](const auto& result) {
    return result.ok() ? std::string("ok") : result.error().message;
  };
  EXPECT_EQ(message(parse_get("")),
            "The service sent a reply that makes no sense: it is not a JSON object");
  EXPECT_EQ(message(parse_get("[]")), message(parse_get("<html>")));
  EXPECT_NE(message(parse_get(json_of("{'Item':{'p':{'N':'x'}}}"))), "ok");
  EXPECT_NE(message(parse_get(json_of("{'Item':{'p':{}}}"))), "ok");
  EXPECT_NE(message(parse_range(json_of("{'Items':[null]}"))), "ok");
  EXPECT_NE(message(parse_transact_get(json_of("{'Responses':[{}]}"), 2)), "ok");
  EXPECT_NE(message(parse_table(json_of("{}"))), "ok");
  EXPECT_NE(message(parse_shard_iterator("{}")), "ok");
  EXPECT_EQ(message(parse_get(std::string(kReplyBytesMax + 1, ' '))),
            "The service sent a reply that makes no sense: it has 134217729 bytes, more "
            "than 134217728");
}

TEST(Reply, SurvivesWhateverIsSent) {
  const std::string_view seeds[] = {
      kPage,
      kTable,
      kRecords,
      kCancelled,
      "{'Responses':{'t':[{'p':{'S':'a'}}]},'UnprocessedKeys':{'t':{'Keys':[{'p':{'S':'a'}}]}}}",
      "{'UnprocessedItems':{'t':[{'PutRequest':{'Item':{'p':{'S':'a'}}}}]}}",
      "{'Responses':[{'Item':{'p':{'L':[{'M':{'b':{'B':'AA=='}}},{'SS':['x']}]}}}]}",
      "{'StreamDescription':{'StreamStatus':'ENABLED','Shards':[{'ShardId':'s','ParentShardId':"
      "'r','SequenceNumberRange':{'EndingSequenceNumber':'1'}}],'LastEvaluatedShardId':'s'}}",
      "{'Streams':[{'StreamArn':'a','StreamLabel':'l'}],'LastEvaluatedStreamArn':'a'}",
      "{'Items':null,'Item':null,'Responses':null,'Table':null,'Records':[null],'Streams':[null]}",
  };
  std::mt19937_64 random(7);
  constexpr std::string_view kBytes = "{}[]\":,0n'\\S\x00\xff";
  for (const std::string_view seed : seeds) {
    const std::string body = json_of(seed);
    for (size_t length = 0; length <= body.size(); ++length)
      expect_answer_or_internal(body.substr(0, length));
    for (int i = 0; i < 300; ++i) {
      std::string mutated = body;
      for (size_t changes = 1 + random() % 3; changes > 0; --changes)
        mutated[random() % mutated.size()] = kBytes[random() % kBytes.size()];
      expect_answer_or_internal(mutated);
    }
  }
  std::string deep = "{\"Item\":";
  for (int i = 0; i < 200; ++i) deep += "{\"p\":{\"M\":";
  expect_answer_or_internal(deep + "{}" + std::string(400, '}') + "}");
}

struct ErrorCase {
  std::string body;
  int status;
  CallKind kind;
  ErrorCode code;
  std::string service_code, message;
};

TEST(ReplyError, TakesTheServicesNameAndWords) {
  const auto of_type = [](const std::string& type) {
    return "{'__type':'" + type + "','message':'words'}";
  };
  const ErrorCase cases[] = {
      {of_type("com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"), 400,
       CallKind::kWrite, ErrorCode::kConditionFailed, "ConditionalCheckFailedException", "words"},
      {of_type("ValidationException:http://x#y"), 400, CallKind::kRead, ErrorCode::kBadRequest,
       "ValidationException", "words"},
      {of_type("ThrottlingException"), 400, CallKind::kRead, ErrorCode::kThrottled,
       "ThrottlingException", "words"},
      {"{'__type':'x#SerializationException','Message':'Words'}", 400, CallKind::kRead,
       ErrorCode::kBadRequest, "SerializationException", "Words"},
      {of_type("InternalServerError"), 500, CallKind::kRead, ErrorCode::kUnavailable,
       "InternalServerError", "words"},
      {of_type("InternalServerError"), 500, CallKind::kWrite, ErrorCode::kUnknownOutcome,
       "InternalServerError", "words"},
      {of_type("InternalServerError"), 500, CallKind::kIdempotentWrite, ErrorCode::kUnknownOutcome,
       "InternalServerError", "words"},
      {of_type("ServiceUnavailable"), 503, CallKind::kWrite, ErrorCode::kUnavailable,
       "ServiceUnavailable", "words"},
      {"<html>Bad gateway</html>", 502, CallKind::kRead, ErrorCode::kUnavailable, "",
       "The service answered with HTTP status 502"},
      {"<html>Forbidden</html>", 403, CallKind::kRead, ErrorCode::kAccessDenied, "",
       "The service answered with HTTP status 403"},
      {"", 404, CallKind::kRead, ErrorCode::kInternal, "",
       "The service answered with HTTP status 404"},
  };
  for (const ErrorCase& each : cases) {
    const Error error = error_of_reply({each.status, json_of(each.body), "id-1"}, each.kind);
    EXPECT_EQ(error.code, each.code) << each.body;
    EXPECT_EQ(error.service_code, each.service_code) << each.body;
    EXPECT_EQ(error.message, each.message);
    EXPECT_EQ(error.http_status, each.status);
    EXPECT_EQ(error.request_id, "id-1");
  }
}

TEST(ReplyError, SaysWhyATransactionWasCancelled) {
  const ServiceReply reply{400, json_of(kCancelled), "id-1"};
  for (const size_t actions : {2u, 3u, 1u}) {
    const Error error = error_of_reply(reply, CallKind::kIdempotentWrite, actions);
    EXPECT_EQ(error.code, ErrorCode::kTransactionCanceled);
    ASSERT_EQ(error.operations.size(), actions);
    EXPECT_EQ(error.operations[0].reason, "None");
    if (actions == 1) continue;
    EXPECT_EQ(error.operations[1].reason, "ConditionalCheckFailed");
    EXPECT_EQ(error.operations[1].code, ErrorCode::kConditionFailed);
    EXPECT_EQ(error.operations[1].message, "no");
    EXPECT_EQ(text_of(error.operations[1].item.view()), "{p: \"a\"}");
  }
  const Error failed = error_of_reply(
      {400, json_of("{'__type':'ConditionalCheckFailedException','Item':{'p':{'S':'a'}}}"), ""},
      CallKind::kWrite);
  EXPECT_EQ(text_of(failed.item.view()), "{p: \"a\"}");
}

}  // namespace
}  // namespace dynolith::odm
