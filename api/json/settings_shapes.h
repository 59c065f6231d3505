// Requests about the settings of a table: time to live, tags, policies. See input_shapes.h.
#pragma once

#include <array>
#include <cstdint>

#include "api/json/shape.h"

namespace dynolith::api {

struct TimeToLiveSpecificationShape {
  enum : uint8_t { kEnabled, kAttributeName, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct UpdateTimeToLiveInput {
  enum : uint8_t { kTableName, kTimeToLiveSpecification, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TagResourceInput {
  enum : uint8_t { kResourceArn, kTags, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct UntagResourceInput {
  enum : uint8_t { kResourceArn, kTagKeys, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ListTagsOfResourceInput {
  enum : uint8_t { kResourceArn, kNextToken, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct PutResourcePolicyInput {
  enum : uint8_t {
    kResourceArn,
    kPolicy,
    kExpectedRevisionId,
    kConfirmRemoveSelfResourceAccess,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct GetResourcePolicyInput {
  enum : uint8_t { kResourceArn, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct DeleteResourcePolicyInput {
  enum : uint8_t { kResourceArn, kExpectedRevisionId, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

}  // namespace dynolith::api
