#include "tests/odm/remote/fake_streams.h"

#include <algorithm>

#include "api/json/reader.h"
#include "api/json/writer.h"

namespace dynolith::odm {

namespace {

constexpr const char* kArn =
    "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-11-21T00:00:00.000";

ServiceReply ok(std::string body) { return {200, std::move(body), "request-1"}; }

ServiceReply refusal(std::string_view type) {
  return {400, json_of("{'__type':'x#" + std::string(type) + "','message':'words'}"), "request-1"};
}

std::string member(const std::string& body, const char* name) {
  api::JsonParser parser;
  std::string_view text;
  const auto object = *parser.parse(body);
  return object.at_key(name).get_string().get(text) == simdjson::SUCCESS ? std::string(text)
                                                                         : std::string();
}

size_t number_member(const std::string& body, const char* name) {
  api::JsonParser parser;
  uint64_t number = 0;
  const auto object = *parser.parse(body);
  return object.at_key(name).get_uint64().get(number) == simdjson::SUCCESS ? number : 0;
}

}  // namespace

void FakeStreams::add_shard(const std::string& id, const std::string& parent) {
  shards_.push_back({id, parent, {}, false});
}

void FakeStreams::add_record(const std::string& shard, const std::string& name) {
  find(shard)->records.push_back({++last_sequence_, name, clock_->now_ms()});
}

void FakeStreams::close_shard(const std::string& id) { find(id)->is_closed = true; }

void FakeStreams::remove_shard(const std::string& id) {
  std::erase_if(shards_, [&](const Shard& shard) { return shard.id == id; });
}

FakeStreams::Shard* FakeStreams::find(const std::string& id) {
  for (Shard& shard : shards_) {
    if (shard.id == id) return &shard;
  }
  return nullptr;
}

Result<ServiceReply> FakeStreams::answer(const Call& call) {
  const std::string operation = call.target.substr(call.target.find('.') + 1);
  if (operation == "ListStreams")
    return ok(json_of("{'Streams':[{'StreamArn':'" + std::string(kArn) +
                      "','TableName':'t','StreamLabel':'2026-11-21T00:00:00.000'}]}"));
  if (operation == "DescribeStream") return describe();
  if (operation == "GetShardIterator") return make_iterator(call.body);
  if (operation == "GetRecords") return get_records(call.body);
  return refusal("UnknownOperationException");
}

ServiceReply FakeStreams::describe() const {
  std::string body;
  api::JsonWriter json(body);
  json.begin_object().name("StreamDescription").begin_object();
  json.name("StreamStatus").string(is_on_ ? "ENABLED" : "DISABLED").name("Shards").begin_array();
  for (const Shard& shard : shards_) {
    json.begin_object().name("ShardId").string(shard.id);
    if (!shard.parent.empty()) json.name("ParentShardId").string(shard.parent);
    json.name("SequenceNumberRange").begin_object().name("StartingSequenceNumber").string("1");
    if (shard.is_closed) json.name("EndingSequenceNumber").string("9");
    json.end_object().end_object();
  }
  json.end_array().end_object().end_object();
  return ok(body);
}

ServiceReply FakeStreams::make_iterator(const std::string& body) {
  const Shard* shard = find(member(body, "ShardId"));
  if (shard == nullptr) return refusal("ResourceNotFoundException");
  const std::string type = member(body, "ShardIteratorType");
  size_t behind = 0;
  if (type == "LATEST") behind = last_sequence_;
  if (type == "AFTER_SEQUENCE_NUMBER") behind = std::stoul(member(body, "SequenceNumber"));
  iterators_.push_back({shard->id, behind, has_empty_pages});
  return ok("{\"ShardIterator\":\"" + std::to_string(iterators_.size() - 1) + "\"}");
}

ServiceReply FakeStreams::get_records(const std::string& body) {
  const size_t number = std::stoul(member(body, "ShardIterator"));
  if (number < expired_through_) return refusal("ExpiredIteratorException");
  Iterator iterator = iterators_.at(number);
  if (fail) {
    if (auto reply = fail(iterator.shard)) return *std::move(reply);
  }
  reads.push_back(iterator.shard);
  const Shard* shard = find(iterator.shard);
  if (shard == nullptr) return refusal("TrimmedDataAccessException");
  std::string reply;
  api::JsonWriter json(reply);
  json.begin_object().name("Records").begin_array();
  size_t left = iterator.empty_next ? 0 : number_member(body, "Limit");
  for (const Record& record : shard->records) {
    if (left == 0 || record.sequence <= iterator.behind) continue;
    --left;
    iterator.behind = record.sequence;
    json.begin_object().name("eventName").string("INSERT").name("dynamodb").begin_object();
    json.name("ApproximateCreationDateTime").integer(record.created_ms / 1000);
    json.name("Keys").raw("{\"k\":{\"S\":\"" + record.name + "\"}}");
    json.name("SequenceNumber").string(std::to_string(record.sequence)).end_object().end_object();
  }
  json.end_array();
  const bool is_read = shard->records.empty() || shard->records.back().sequence <= iterator.behind;
  if (!shard->is_closed || !is_read || iterator.empty_next) {
    iterator.empty_next = has_empty_pages && !iterator.empty_next;
    iterators_.push_back(iterator);
    json.name("NextShardIterator").string(std::to_string(iterators_.size() - 1));
  }
  json.end_object();
  return ok(reply);
}

}  // namespace dynolith::odm
