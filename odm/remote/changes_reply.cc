#include "odm/remote/changes_reply.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "odm/remote/reply_reading.h"

namespace dynolith::odm {

namespace {

using api::in_slot_order;
using api::Kind;
using api::MemberShape;
using api::Shape;

constexpr Shape kText{Kind::kString, "String"};
constexpr Shape kNumber{Kind::kDouble, "Double"};
constexpr Shape kAnyValue{Kind::kAttributeValue, "AttributeValue"};
constexpr Shape kItemMap{Kind::kMap, "Item", &kAnyValue};

struct StreamShape {
  enum : uint8_t { kStreamArn, kStreamLabel, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kStreamArn, "StreamArn", &kText},
      {kStreamLabel, "StreamLabel", &kText},
  }};
};
constexpr Shape kStream{Kind::kStructure, "Stream", nullptr, StreamShape::kMembers};
constexpr Shape kStreamList{Kind::kList, "Streams", &kStream};

struct ListStreamsOutput {
  enum : uint8_t { kStreams, kLastEvaluatedStreamArn, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kStreams, "Streams", &kStreamList},
      {kLastEvaluatedStreamArn, "LastEvaluatedStreamArn", &kText},
  }};
};

struct SequenceRangeShape {
  enum : uint8_t { kEndingSequenceNumber, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kEndingSequenceNumber, "EndingSequenceNumber", &kText},
  }};
};
constexpr Shape kSequenceRange{Kind::kStructure, "SequenceNumberRange", nullptr,
                               SequenceRangeShape::kMembers};

struct ShardShape {
  enum : uint8_t { kShardId, kSequenceNumberRange, kParentShardId, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kShardId, "ShardId", &kText},
      {kSequenceNumberRange, "SequenceNumberRange", &kSequenceRange},
      {kParentShardId, "ParentShardId", &kText},
  }};
};
constexpr Shape kShard{Kind::kStructure, "Shard", nullptr, ShardShape::kMembers};
constexpr Shape kShardList{Kind::kList, "Shards", &kShard};

struct StreamDescriptionShape {
  enum : uint8_t { kStreamStatus, kShards, kLastEvaluatedShardId, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kStreamStatus, "StreamStatus", &kText},
      {kShards, "Shards", &kShardList},
      {kLastEvaluatedShardId, "LastEvaluatedShardId", &kText},
  }};
};
constexpr Shape kStreamDescriptionStructure{Kind::kStructure, "StreamDescription", nullptr,
                                            StreamDescriptionShape::kMembers};

struct DescribeStreamOutput {
  enum : uint8_t { kStreamDescription, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kStreamDescription, "StreamDescription", &kStreamDescriptionStructure},
  }};
};

struct GetShardIteratorOutput {
  enum : uint8_t { kShardIterator, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kShardIterator, "ShardIterator", &kText},
  }};
};

struct UserIdentityShape {
  enum : uint8_t { kPrincipalId, kType, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kPrincipalId, "PrincipalId", &kText},
      {kType, "Type", &kText},
  }};
};
constexpr Shape kIdentity{Kind::kStructure, "Identity", nullptr, UserIdentityShape::kMembers};

struct StreamRecordShape {
  enum : uint8_t {
    kApproximateCreationDateTime,
    kKeys,
    kNewImage,
    kOldImage,
    kSequenceNumber,
    kMemberCount
  };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kApproximateCreationDateTime, "ApproximateCreationDateTime", &kNumber},
      {kKeys, "Keys", &kItemMap},
      {kNewImage, "NewImage", &kItemMap},
      {kOldImage, "OldImage", &kItemMap},
      {kSequenceNumber, "SequenceNumber", &kText},
  }};
};
static_assert(in_slot_order(StreamRecordShape::kMembers));
constexpr Shape kStreamRecord{Kind::kStructure, "StreamRecord", nullptr,
                              StreamRecordShape::kMembers};

struct RecordShape {
  enum : uint8_t { kEventName, kDynamodb, kUserIdentity, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kEventName, "eventName", &kText},
      {kDynamodb, "dynamodb", &kStreamRecord},
      {kUserIdentity, "userIdentity", &kIdentity},
  }};
};
static_assert(in_slot_order(RecordShape::kMembers));
constexpr Shape kRecord{Kind::kStructure, "Record", nullptr, RecordShape::kMembers};
constexpr Shape kRecordList{Kind::kList, "Records", &kRecord};

struct GetRecordsOutput {
  enum : uint8_t { kRecords, kNextShardIterator, kMemberCount };
  static constexpr std::array<MemberShape, kMemberCount> kMembers{{
      {kRecords, "Records", &kRecordList},
      {kNextShardIterator, "NextShardIterator", &kText},
  }};
};

std::string text_in(const Slot& slot) {
  return std::string(slot.text().value_or(std::string_view()));
}

Result<storage::StreamEvent> event_of(std::string_view name) {
  if (name == "INSERT") return storage::StreamEvent::kInsert;
  if (name == "MODIFY") return storage::StreamEvent::kModify;
  if (name == "REMOVE") return storage::StreamEvent::kRemove;
  return malformed("a stream record is of no known event");
}

// Seconds with or without a fraction.
int64_t milliseconds_in(const Slot& slot) {
  constexpr double kMax = 1e15;
  double seconds = 0;
  if (!slot.present() || slot.value().get_double().get(seconds) != simdjson::SUCCESS) return 0;
  return static_cast<int64_t>(std::llround(std::clamp(seconds * 1000, 0.0, kMax)));
}

bool is_sequence_number(std::string_view text) {
  constexpr size_t kDigitsMax = 100;
  return !text.empty() && text.size() <= kDigitsMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

storage::StreamOrigin origin_of(const Slot& identity) {
  if (!identity.present()) return storage::StreamOrigin::kClient;
  const auto members = api::read_structure<UserIdentityShape>(identity.object());
  const bool is_service =
      members[UserIdentityShape::kType].text() == "Service" &&
      members[UserIdentityShape::kPrincipalId].text() == "dynamodb.amazonaws.com";
  return is_service ? storage::StreamOrigin::kTimeToLive : storage::StreamOrigin::kClient;
}

Result<OwnedRecord> read_record(const JsonValue& element) {
  using Given = StreamRecordShape;
  const auto members = TRY(structure_in<RecordShape>(element));
  OwnedRecord record;
  record.event = TRY(event_of(text_in(members[RecordShape::kEventName])));
  record.origin = origin_of(members[RecordShape::kUserIdentity]);
  const Slot& change = members[RecordShape::kDynamodb];
  if (!change.present()) return malformed("a stream record says nothing of what was changed");
  const auto given = api::read_structure<Given>(change.object());
  record.created_ms = milliseconds_in(given[Given::kApproximateCreationDateTime]);
  record.key = TRY(item_in(given[Given::kKeys]));
  record.old_image = TRY(item_in(given[Given::kOldImage]));
  record.new_image = TRY(item_in(given[Given::kNewImage]));
  record.sequence = text_in(given[Given::kSequenceNumber]);
  if (!is_sequence_number(record.sequence))
    return malformed("a stream record has no sequence number");
  return record;
}

Result<ShardDescription> read_shard(const JsonValue& element) {
  const auto members = TRY(structure_in<ShardShape>(element));
  ShardDescription shard;
  shard.id = text_in(members[ShardShape::kShardId]);
  shard.parent = text_in(members[ShardShape::kParentShardId]);
  if (shard.id.empty() || shard.id.find_first_of(" :!@") != std::string::npos)
    return malformed("a shard has no name");
  if (const Slot& range = members[ShardShape::kSequenceNumberRange]; range.present()) {
    const auto given = api::read_structure<SequenceRangeShape>(range.object());
    shard.is_closed = given[SequenceRangeShape::kEndingSequenceNumber].present();
  }
  return shard;
}

}  // namespace

ChangeRecord OwnedRecord::view() const {
  ChangeRecord record;
  record.record = {event, origin, created_ms, key.view(), old_image.view(), new_image.view()};
  record.sequence = sequence;
  return record;
}

Result<StreamList> parse_stream_list(std::string_view body) {
  const auto members = TRY(read_reply<ListStreamsOutput>(body));
  StreamList list;
  if (const Slot& streams = members[ListStreamsOutput::kStreams]; streams.present()) {
    for (const JsonValue element : streams.array()) {
      const auto given = TRY(structure_in<StreamShape>(element));
      list.streams.push_back(
          {text_in(given[StreamShape::kStreamArn]), text_in(given[StreamShape::kStreamLabel])});
      if (list.streams.back().arn.empty()) return malformed("a stream has no name");
    }
  }
  list.last_arn = text_in(members[ListStreamsOutput::kLastEvaluatedStreamArn]);
  return list;
}

Result<StreamDescription> parse_stream_description(std::string_view body) {
  using Given = StreamDescriptionShape;
  const auto reply = TRY(read_reply<DescribeStreamOutput>(body));
  const Slot& description = reply[DescribeStreamOutput::kStreamDescription];
  if (!description.present()) return malformed("it describes no stream");
  const auto members = api::read_structure<Given>(description.object());
  StreamDescription stream;
  const auto status = members[Given::kStreamStatus].text();
  stream.is_on = status == "ENABLED" || status == "ENABLING";
  if (const Slot& shards = members[Given::kShards]; shards.present()) {
    for (const JsonValue element : shards.array())
      stream.shards.push_back(TRY(read_shard(element)));
  }
  stream.last_shard = text_in(members[Given::kLastEvaluatedShardId]);
  return stream;
}

Result<std::string> parse_shard_iterator(std::string_view body) {
  const auto members = TRY(read_reply<GetShardIteratorOutput>(body));
  std::string iterator = text_in(members[GetShardIteratorOutput::kShardIterator]);
  if (iterator.empty()) return malformed("it has no shard iterator");
  return iterator;
}

Result<RecordPage> parse_records(std::string_view body) {
  const auto members = TRY(read_reply<GetRecordsOutput>(body));
  RecordPage page;
  if (const Slot& records = members[GetRecordsOutput::kRecords]; records.present()) {
    for (const JsonValue element : records.array())
      page.records.push_back(TRY(read_record(element)));
  }
  page.next_iterator = text_in(members[GetRecordsOutput::kNextShardIterator]);
  return page;
}

}  // namespace dynolith::odm
