#include "api/json/stream_shapes.h"

namespace dynolith::api {
namespace {

constexpr Shape kText{Kind::kString, "java.lang.String"};
constexpr Shape kInteger{Kind::kInteger, "java.lang.Integer"};

}  // namespace

constexpr std::array<MemberShape, ShardFilterShape::kMemberCount> ShardFilterShape::kMembers{{
    {kType, "Type", &kText},
    {kShardId, "ShardId", &kText},
}};
static_assert(in_slot_order(ShardFilterShape::kMembers));

namespace {
constexpr Shape kShardFilterStructure{Kind::kStructure,
                                      "com.amazonaws.dynamodb.v20120810.ShardFilter", nullptr,
                                      ShardFilterShape::kMembers};
}  // namespace

constexpr std::array<MemberShape, ListStreamsInput::kMemberCount> ListStreamsInput::kMembers{{
    {kTableName, "TableName", &kText},
    {kLimit, "Limit", &kInteger},
    {kExclusiveStartStreamArn, "ExclusiveStartStreamArn", &kText},
}};
static_assert(in_slot_order(ListStreamsInput::kMembers));

constexpr std::array<MemberShape, DescribeStreamInput::kMemberCount> DescribeStreamInput::kMembers{{
    {kStreamArn, "StreamArn", &kText},
    {kLimit, "Limit", &kInteger},
    {kExclusiveStartShardId, "ExclusiveStartShardId", &kText},
    {kShardFilter, "ShardFilter", &kShardFilterStructure},
}};
static_assert(in_slot_order(DescribeStreamInput::kMembers));

constexpr std::array<MemberShape, GetShardIteratorInput::kMemberCount>
    GetShardIteratorInput::kMembers{{
        {kStreamArn, "StreamArn", &kText},
        {kShardId, "ShardId", &kText},
        {kShardIteratorType, "ShardIteratorType", &kText},
        {kSequenceNumber, "SequenceNumber", &kText},
    }};
static_assert(in_slot_order(GetShardIteratorInput::kMembers));

constexpr std::array<MemberShape, GetRecordsInput::kMemberCount> GetRecordsInput::kMembers{{
    {kShardIterator, "ShardIterator", &kText},
    {kLimit, "Limit", &kInteger},
}};
static_assert(in_slot_order(GetRecordsInput::kMembers));

}  // namespace dynolith::api
