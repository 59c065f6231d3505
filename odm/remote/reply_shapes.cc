#include "odm/remote/reply_shapes.h"

namespace dynolith::odm {

using api::in_slot_order;
using api::Kind;
using api::Shape;

// Names of types are for the words of a server's complaints, which nobody gets to see here.
constexpr Shape kText{Kind::kString, "String"};
constexpr Shape kLong{Kind::kLong, "Long"};
constexpr Shape kAnyValue{Kind::kAttributeValue, "AttributeValue"};
constexpr Shape kItemMap{Kind::kMap, "Item", &kAnyValue};
constexpr Shape kItemList{Kind::kList, "Items", &kItemMap};
constexpr Shape kItemListMap{Kind::kMap, "Responses", &kItemList};
// One entry or a list of them: read where it is used.
constexpr Shape kEmptyStructure{Kind::kStructure, "ConsumedCapacity"};
constexpr Shape kEmptyStructureList{Kind::kList, "ConsumedCapacity", &kEmptyStructure};

constexpr std::array<MemberShape, ItemOutput::kMemberCount> ItemOutput::kMembers{{
    {kItem, "Item", &kItemMap},
    {kAttributes, "Attributes", &kItemMap},
    {kConsumedCapacity, "ConsumedCapacity", &kEmptyStructure},
}};
static_assert(in_slot_order(ItemOutput::kMembers));

constexpr std::array<MemberShape, RangeOutput::kMemberCount> RangeOutput::kMembers{{
    {kItems, "Items", &kItemList},
    {kCount, "Count", &kLong},
    {kScannedCount, "ScannedCount", &kLong},
    {kLastEvaluatedKey, "LastEvaluatedKey", &kItemMap},
    {kConsumedCapacity, "ConsumedCapacity", &kEmptyStructure},
}};
static_assert(in_slot_order(RangeOutput::kMembers));

constexpr std::array<MemberShape, UnprocessedKeysShape::kMemberCount>
    UnprocessedKeysShape::kMembers{{
        {kKeys, "Keys", &kItemList},
    }};

constexpr Shape kUnprocessedKeys{Kind::kStructure, "KeysAndAttributes", nullptr,
                                 UnprocessedKeysShape::kMembers};
constexpr Shape kUnprocessedKeysMap{Kind::kMap, "UnprocessedKeys", &kUnprocessedKeys};

constexpr std::array<MemberShape, BatchGetOutput::kMemberCount> BatchGetOutput::kMembers{{
    {kResponses, "Responses", &kItemListMap},
    {kUnprocessedKeys, "UnprocessedKeys", &kUnprocessedKeysMap},
    {kConsumedCapacity, "ConsumedCapacity", &kEmptyStructureList},
}};
static_assert(in_slot_order(BatchGetOutput::kMembers));

constexpr std::array<MemberShape, WrittenItemShape::kMemberCount> WrittenItemShape::kMembers{{
    {kItem, "Item", &kItemMap},
    {kKey, "Key", &kItemMap},
}};
static_assert(in_slot_order(WrittenItemShape::kMembers));

constexpr Shape kWrittenItem{Kind::kStructure, "WrittenItem", nullptr, WrittenItemShape::kMembers};

constexpr std::array<MemberShape, UnprocessedWriteShape::kMemberCount>
    UnprocessedWriteShape::kMembers{{
        {kPutRequest, "PutRequest", &kWrittenItem},
        {kDeleteRequest, "DeleteRequest", &kWrittenItem},
    }};
static_assert(in_slot_order(UnprocessedWriteShape::kMembers));

constexpr Shape kUnprocessedWrite{Kind::kStructure, "WriteRequest", nullptr,
                                  UnprocessedWriteShape::kMembers};
constexpr Shape kUnprocessedWriteList{Kind::kList, "WriteRequests", &kUnprocessedWrite};
constexpr Shape kUnprocessedWriteMap{Kind::kMap, "UnprocessedItems", &kUnprocessedWriteList};

constexpr std::array<MemberShape, BatchWriteOutput::kMemberCount> BatchWriteOutput::kMembers{{
    {kUnprocessedItems, "UnprocessedItems", &kUnprocessedWriteMap},
    {kConsumedCapacity, "ConsumedCapacity", &kEmptyStructureList},
}};
static_assert(in_slot_order(BatchWriteOutput::kMembers));

constexpr std::array<MemberShape, ItemResponseShape::kMemberCount> ItemResponseShape::kMembers{{
    {kItem, "Item", &kItemMap},
}};

constexpr Shape kItemResponse{Kind::kStructure, "ItemResponse", nullptr,
                              ItemResponseShape::kMembers};
constexpr Shape kItemResponseList{Kind::kList, "Responses", &kItemResponse};

constexpr std::array<MemberShape, TransactOutput::kMemberCount> TransactOutput::kMembers{{
    {kResponses, "Responses", &kItemResponseList},
    {kConsumedCapacity, "ConsumedCapacity", &kEmptyStructureList},
}};
static_assert(in_slot_order(TransactOutput::kMembers));

constexpr std::array<MemberShape, CancellationReasonShape::kMemberCount>
    CancellationReasonShape::kMembers{{
        {kCode, "Code", &kText},
        {kMessage, "Message", &kText},
        {kItem, "Item", &kItemMap},
    }};
static_assert(in_slot_order(CancellationReasonShape::kMembers));

constexpr Shape kCancellationReason{Kind::kStructure, "CancellationReason", nullptr,
                                    CancellationReasonShape::kMembers};
constexpr Shape kCancellationReasonList{Kind::kList, "CancellationReasons", &kCancellationReason};

constexpr std::array<MemberShape, ErrorOutput::kMemberCount> ErrorOutput::kMembers{{
    {kType, "__type", &kText},
    {kMessage, "message", &kText},
    {kCapitalMessage, "Message", &kText},
    {kItem, "Item", &kItemMap},
    {kCancellationReasons, "CancellationReasons", &kCancellationReasonList},
}};
static_assert(in_slot_order(ErrorOutput::kMembers));

}  // namespace dynolith::odm
