// What the service's descriptions of tables and streams may hold, as far as the mapper reads them;
// see api/json/shape.h. Structures that requests have too are those of api/json/input_shapes.h.
#pragma once

#include <array>
#include <cstdint>

#include "api/json/shape.h"

namespace dynolith::odm {

using api::MemberShape;

struct IndexDescriptionShape {
  enum : uint8_t {
    kIndexName,
    kKeySchema,
    kProjection,
    kIndexStatus,
    kProvisionedThroughput,
    kOnDemandThroughput,
    kWarmThroughput,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct BillingModeSummaryShape {
  enum : uint8_t { kBillingMode, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};
struct TableClassSummaryShape {
  enum : uint8_t { kTableClass, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};
struct SseDescriptionShape {
  enum : uint8_t { kStatus, kSSEType, kKMSMasterKeyArn, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TableDescriptionShape {
  enum : uint8_t {
    kAttributeDefinitions,
    kTableName,
    kKeySchema,
    kTableStatus,
    kProvisionedThroughput,
    kBillingModeSummary,
    kLocalSecondaryIndexes,
    kGlobalSecondaryIndexes,
    kStreamSpecification,
    kSSEDescription,
    kTableClassSummary,
    kDeletionProtectionEnabled,
    kOnDemandThroughput,
    kWarmThroughput,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct DescribeTableOutput {
  enum : uint8_t { kTable, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TimeToLiveDescriptionShape {
  enum : uint8_t { kTimeToLiveStatus, kAttributeName, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};
struct DescribeTimeToLiveOutput {
  enum : uint8_t { kTimeToLiveDescription, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

}  // namespace dynolith::odm
