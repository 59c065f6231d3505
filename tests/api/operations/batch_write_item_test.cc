// BatchWriteItem: complaints, all-or-nothing checks, what is left over, costs.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/api_fixture.h"

namespace dynolith::test {
namespace {

using storage::Error;
using storage::ErrorCode;
using storage::Result;

const std::string kInvalid = "ValidationException: ";
const std::string kOne = "ValidationException: 1 validation error detected: ";
const std::string kMapValues =
    "' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member "
    "must have length less than or equal to 25, Member must have length greater than or equal to "
    "1]";

std::string puts(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) {
    text += std::string(i == first ? "" : ",") + "{'PutRequest':{'Item':{'p':{'S':'k" +
            std::to_string(i) + "'}}}}";
  }
  return text;
}

std::string request(const std::string& tables, const std::string& more = "") {
  return "{'RequestItems':{" + tables + "}" + (more.empty() ? "" : "," + more) + "}";
}

class BatchWriteItem : public ApiFixture {
 protected:
  BatchWriteItem() { create_plain_tables(); }
  std::string count(const std::string& table) {
    return call("Scan", "{'TableName':'" + table + "','Select':'COUNT'}");
  }
  const std::string nothing_ = json("{'Count':0,'ScannedCount':0}");
};

TEST_F(BatchWriteItem, ChecksMembersBeforeAllElse) {
  expect_answers({
      {"BatchWriteItem", "{'ReturnItemCollectionMetrics':'x'}",
       kInvalid +
           "2 validation errors detected: Value 'x' at 'returnItemCollectionMetrics' failed to "
           "satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]; Value null at "
           "'requestItems' failed to satisfy constraint: Member must not be null"},
      {"BatchWriteItem", request(""),
       kOne + "Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length "
              "greater than or equal to 1"},
      {"BatchWriteItem", request("'tab':[]"), kOne + "Value '" + json("{'tab':[]}") + kMapValues},
      {"BatchWriteItem", request("'tab':[" + puts(0, 1) + "],'rng':[]"),
       kOne + "Value '" + json("{'tab':[" + puts(0, 1) + "],'rng':[]}") + kMapValues},
      {"BatchWriteItem", request("'tab':[" + puts(0, 13) + "],'rng':[" + puts(0, 13) + "]"),
       kInvalid + "Too many items requested for the BatchWriteItem call"},
      {"BatchWriteItem", request("'tab':[{'PutRequest':{}},{'DeleteRequest':{}}]"),
       kInvalid +
           "2 validation errors detected: Value null at "
           "'requestItems.tab.member.1.member.putRequest.item' failed to satisfy constraint: "
           "Member "
           "must not be null; Value null at 'requestItems.tab.member.2.member.deleteRequest.key' "
           "failed to satisfy constraint: Member must not be null"},
      {"BatchWriteItem", request("'none':[{}]"),
       kInvalid +
           "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
           "the supported datatypes"},
      {"BatchWriteItem", request("'none':[{'PutRequest':{'Item':{}},'DeleteRequest':{'Key':{}}}]"),
       kInvalid +
           "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
           "the supported datatypes"},
      {"BatchWriteItem", request("'none':[{'PutRequest':{'Item':{'a':{}}}}]"),
       kInvalid +
           "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
      {"BatchWriteItem", request("'tab':[" + puts(0, 1) + "],'none':[" + puts(0, 1) + "]"),
       "ResourceNotFoundException: Requested resource not found"},
  });
  EXPECT_EQ(count("tab"), nothing_);
}

TEST_F(BatchWriteItem, TakesUpTo25) {
  EXPECT_EQ(call("BatchWriteItem", request("'tab':[" + puts(0, 25) + "]")),
            json("{'UnprocessedItems':{}}"));
  EXPECT_EQ(count("tab"), json("{'Count':25,'ScannedCount':25}"));
  const std::string refused = call("BatchWriteItem", request("'tab':[" + puts(0, 26) + "]"));
  EXPECT_TRUE(refused.ends_with(kMapValues)) << refused;
}

TEST_F(BatchWriteItem, WritesNothingIfOneMemberIsBad) {
  create_indexed_table();
  const std::string good = "'tab':[" + puts(0, 1) + "],";
  const std::string mismatch = kInvalid + "The provided key element does not match the schema";
  const std::string duplicates = kInvalid + "Provided list of item keys contains duplicates";
  expect_answers({
      {"BatchWriteItem", request(good + "'rng':[{'PutRequest':{'Item':{'p':{'S':'a'}}}}]"),
       mismatch},
      {"BatchWriteItem",
       request(good + "'rng':[{'PutRequest':{'Item':{'p':{'S':'a'},'s':{'S':'1'}}}}]"), mismatch},
      {"BatchWriteItem", request(good + "'rng':[{'DeleteRequest':{'Key':{'p':{'S':'a'}}}}]"),
       mismatch},
      {"BatchWriteItem",
       request(good + "'rng':[{'PutRequest':{'Item':{'p':{'S':''},'s':{'N':'1'}}}}]"),
       kInvalid +
           "One or more parameter values are not valid. The AttributeValue for a key attribute "
           "cannot contain an empty string value. Key: p"},
      {"BatchWriteItem",
       request(good + "'rng':[{'PutRequest':{'Item':{'p':{'S':'a'},'s':{'N':'1000'}}}},"
                      "{'DeleteRequest':{'Key':{'p':{'S':'a'},'s':{'N':'1e3'}}}}]"),
       duplicates},
      {"BatchWriteItem",
       request("'tab':[" + puts(0, 1) + "],'arn:aws:dynamodb:us-east-1:000000000000:table/tab':[" +
               puts(0, 1) + "]"),
       duplicates},
      {"BatchWriteItem",
       request(good + "'idx':[{'PutRequest':{'Item':{'p':{'S':'a'},'s':{'N':'1'},'g':{'NULL':true}}"
                      "}}]"),
       kInvalid +
           "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
           "Actual: NULL IndexName: gall"},
      {"BatchWriteItem",
       request("'tab':[" + puts(0, 1) + ",{'PutRequest':{'Item':{'p':{'S':'a'},'v':{'S':'" +
               std::string(409'598, 'x') + "'}}}}]"),
       kInvalid + "Item size has exceeded the maximum allowed size"},
  });
  EXPECT_EQ(count("tab"), nothing_);
  EXPECT_EQ(count("rng"), nothing_);
}

TEST_F(BatchWriteItem, PutsAndDeletesAndTellsTheCost) {
  create_indexed_table();
  call("PutItem", "{'TableName':'tab','Item':{'p':{'S':'old'},'v':{'S':'v'}}}");
  expect_answers({
      {"BatchWriteItem",
       request("'tab':[{'DeleteRequest':{'Key':{'p':{'S':'old'}}}}," + puts(0, 1) +
                   "],'idx':[{'PutRequest':{'Item':{'p':{'S':'a'},'s':{'N':'1'},'g':{'S':'g'}}}},{"
                   "'PutRequest':{'Item':{'p':{'S':'a'},'s':{'N':'2'},'g':{'S':'g'}}}}]",
               "'ReturnConsumedCapacity':'INDEXES','ReturnItemCollectionMetrics':'SIZE'"),
       "{'UnprocessedItems':{},'ItemCollectionMetrics':{'idx':[{'ItemCollectionKey':{'p':{'S':'a'}}"
       ","
       "'SizeEstimateRangeGB':[0.0,1.0]}]},'ConsumedCapacity':[{'TableName':'tab','CapacityUnits':"
       "2.0,'Table':{'CapacityUnits':2.0}},{'TableName':'idx','CapacityUnits':4.0,'Table':{"
       "'CapacityUnits':2.0},'GlobalSecondaryIndexes':{'gall':{'CapacityUnits':2.0}}}]}"},
      {"Scan", "{'TableName':'tab'}", "{'Items':[{'p':{'S':'k0'}}],'Count':1,'ScannedCount':1}"},
      {"Query",
       "{'TableName':'idx','IndexName':'gall','Select':'COUNT','KeyConditionExpression':'g = :g',"
       "'ExpressionAttributeValues':{':g':{'S':'g'}}}",
       "{'Count':2,'ScannedCount':2}"},
  });
}

// A store that stops taking writes after some.
class FailingDatabase : public storage::Database {
 public:
  FailingDatabase(storage::Database& database, int writes, ErrorCode failure)
      : database_(database), writes_left_(writes), failure_(failure) {}

  Result<std::vector<storage::WriteOutcome>> apply(
      std::span<const storage::ItemWrite> writes) override {
    if (writes_left_ < static_cast<int>(writes.size())) return storage::make_error(failure_);
    writes_left_ -= static_cast<int>(writes.size());
    return database_.apply(writes);
  }
  Result<storage::TablePtr> find_table(std::string_view name,
                                       std::string_view scope) const override {
    return database_.find_table(name, scope);
  }

  // Not used by a batch of writes.
  Result<int64_t> item_collection_bytes(const storage::Table&,
                                        const storage::EncodedKey&) override {
    return unused();
  }
  Result<storage::TableDescription> create_table(storage::TableDefinition,
                                                 std::string_view) override {
    return unused();
  }
  Result<storage::TableDescription> describe_table(std::string_view,
                                                   std::string_view) const override {
    return unused();
  }
  std::vector<std::string> list_tables(std::string_view, size_t, std::string_view) const override {
    return {};
  }
  Result<storage::TableDescription> update_table(const storage::TableUpdate&,
                                                 std::string_view) override {
    return unused();
  }
  Result<storage::TableDescription> delete_table(std::string_view, std::string_view) override {
    return unused();
  }
  Result<void> set_time_to_live(std::string_view, std::string_view, bool,
                                std::string_view) override {
    return unused();
  }
  Result<storage::TimeToLiveDescription> describe_time_to_live(std::string_view,
                                                               std::string_view) const override {
    return unused();
  }
  Result<storage::SweepReport> sweep_expired() override { return unused(); }
  Result<void> tag_table(std::string_view, std::span<const storage::Tag>,
                         std::string_view) override {
    return unused();
  }
  Result<void> untag_table(std::string_view, std::span<const std::string>,
                           std::string_view) override {
    return unused();
  }
  Result<storage::ResourcePolicy> get_resource_policy(std::string_view, std::string_view) override {
    return unused();
  }
  Result<std::string> put_resource_policy(std::string_view, std::string_view,
                                          std::optional<std::string_view>,
                                          std::string_view) override {
    return unused();
  }
  Result<std::string> delete_resource_policy(std::string_view, std::optional<std::string_view>,
                                             std::string_view) override {
    return unused();
  }
  Result<void> get(const storage::Table&, const storage::EncodedKey&,
                   storage::FunctionRef<void(const storage::ItemView&)>) override {
    return unused();
  }
  Result<void> multi_get(std::span<const storage::TableKey>,
                         storage::FunctionRef<bool(size_t, const storage::ItemView&)>) override {
    return unused();
  }
  Result<storage::RangePage> read_range(
      const storage::RangeRead&, storage::FunctionRef<void(const storage::ItemView&)>) override {
    return unused();
  }
  Result<storage::WriteOutcome> apply(const storage::ItemWrite&) override { return unused(); }
  Result<storage::TransactionOutcome> transact(std::span<const storage::ItemWrite>,
                                               const storage::TransactionOptions&) override {
    return unused();
  }
  std::vector<storage::StreamPtr> list_streams(std::string_view, std::string_view) override {
    return {};
  }
  Result<storage::StreamPtr> find_stream(std::string_view, int64_t, std::string_view) override {
    return unused();
  }
  Result<storage::StreamPtr> find_stream(storage::TableId, uint32_t) override { return unused(); }
  Result<uint64_t> stream_end(const storage::Stream&) override { return unused(); }
  Result<storage::StreamPage> read_stream(
      const storage::Stream&, const storage::StreamRead&,
      storage::FunctionRef<void(uint64_t, const storage::StreamRecordView&)>) override {
    return unused();
  }
  int64_t now_ms() const override { return 0; }
  bool is_read_only() const override { return true; }
  void compact() override {}
  void wait_for_background() override {}

 private:
  static Error unused() { return storage::make_error(ErrorCode::kInternal); }

  storage::Database& database_;
  int writes_left_;
  ErrorCode failure_;
};

TEST_F(BatchWriteItem, LeavesOverWhatTheStoreNoLongerTakes) {
  const auto put = [](int number) {
    return "{'PutRequest':{'Item':{'p':{'S':'k" + std::to_string(number) + "'},'v':{'S':'" +
           std::string(400'000, 'x') + "'}}}}";
  };
  // Two large items are written together, not three.
  const std::string erase = "{'DeleteRequest':{'Key':{'p':{'S':'a'},'s':{'N':'1e0'}}}}";
  const std::string body = json(request("'tab':[" + put(0) + "," + put(1) + "," + put(2) + "," +
                                            put(3) + "," + put(4) + "],'rng':[" + erase + "]",
                                        "'ReturnConsumedCapacity':'TOTAL'"));
  const auto write = [&](int writes, ErrorCode failure) -> std::string {
    FailingDatabase failing(*database_, writes, failure);
    const api::OperationContext context{failing, "", "us-east-1", "localhost:8000", wording_};
    api::JsonParser parser;
    std::string reply;
    const auto done =
        api::find_operation("BatchWriteItem")->handle(context, *parser.parse(body), reply);
    return done ? reply : "failed";
  };
  EXPECT_EQ(write(3, ErrorCode::kUnavailable),
            json("{'UnprocessedItems':{'tab':[" + put(2) + "," + put(3) + "," + put(4) +
                 "],'rng':[" + erase +
                 "]},'ConsumedCapacity':[{'TableName':'tab','CapacityUnits':782.0},{'TableName':"
                 "'rng','CapacityUnits':0.0}]}"));
  EXPECT_EQ(count("tab"), json("{'Count':2,'ScannedCount':2}"));
  EXPECT_EQ(write(4, ErrorCode::kIo),
            json("{'UnprocessedItems':{'tab':[" + put(4) + "],'rng':[" + erase +
                 "]},'ConsumedCapacity':[{'TableName':'tab','CapacityUnits':1564.0},{'TableName':"
                 "'rng','CapacityUnits':0.0}]}"));
  EXPECT_EQ(write(6, ErrorCode::kIo),
            json("{'UnprocessedItems':{},'ConsumedCapacity':[{'TableName':'tab','CapacityUnits':"
                 "1955.0},{'TableName':'rng','CapacityUnits':1.0}]}"));
  // Nothing written: the failure itself, so that clients see why.
  EXPECT_EQ(write(1, ErrorCode::kUnavailable), "failed");
}

}  // namespace
}  // namespace dynolith::test
