// What the requests of the streams service may hold; see input_shapes.h.
#pragma once

#include <array>
#include <cstdint>

#include "api/json/shape.h"

namespace dynolith::api {

struct ShardFilterShape {
  enum : uint8_t { kType, kShardId, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ListStreamsInput {
  enum : uint8_t { kTableName, kLimit, kExclusiveStartStreamArn, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct DescribeStreamInput {
  enum : uint8_t { kStreamArn, kLimit, kExclusiveStartShardId, kShardFilter, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct GetShardIteratorInput {
  enum : uint8_t { kStreamArn, kShardId, kShardIteratorType, kSequenceNumber, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct GetRecordsInput {
  enum : uint8_t { kShardIterator, kLimit, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

}  // namespace dynolith::api
