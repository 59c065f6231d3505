// What the service's replies may hold, as far as the mapper reads them; see api/json/shape.h.
// Members that are not named here are ignored.
#pragma once

#include <array>
#include <cstdint>

#include "api/json/shape.h"

namespace dynolith::odm {

using api::MemberShape;

struct ItemOutput {  // Of GetItem, PutItem, UpdateItem and DeleteItem.
  enum : uint8_t { kItem, kAttributes, kConsumedCapacity, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct RangeOutput {  // Of Query and Scan.
  enum : uint8_t {
    kItems,
    kCount,
    kScannedCount,
    kLastEvaluatedKey,
    kConsumedCapacity,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct BatchGetOutput {
  enum : uint8_t { kResponses, kUnprocessedKeys, kConsumedCapacity, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};
struct UnprocessedKeysShape {
  enum : uint8_t { kKeys, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct BatchWriteOutput {
  enum : uint8_t { kUnprocessedItems, kConsumedCapacity, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};
struct UnprocessedWriteShape {
  enum : uint8_t { kPutRequest, kDeleteRequest, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};
struct WrittenItemShape {  // PutRequest has an Item, DeleteRequest a Key.
  enum : uint8_t { kItem, kKey, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TransactOutput {  // Of TransactGetItems and TransactWriteItems.
  enum : uint8_t { kResponses, kConsumedCapacity, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};
struct ItemResponseShape {
  enum : uint8_t { kItem, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ErrorOutput {
  enum : uint8_t { kType, kMessage, kCapitalMessage, kItem, kCancellationReasons, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};
struct CancellationReasonShape {
  enum : uint8_t { kCode, kMessage, kItem, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

}  // namespace dynolith::odm
