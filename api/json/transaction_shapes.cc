// The members, types and structures of transactions; see input_shapes.h.
#include "api/json/input_shapes.h"

namespace dynolith::api {

constexpr Shape kText{Kind::kString, "java.lang.String"};
constexpr Shape kTextMap{Kind::kMap, "java.util.Map<java.lang.String, java.lang.String>", &kText};
constexpr Shape kAnyValue{Kind::kAttributeValue, "com.amazonaws.dynamodb.v20120810.AttributeValue"};
constexpr Shape kAnyValueMap{
    Kind::kMap, "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
    &kAnyValue};

constexpr std::array<MemberShape, ConditionCheckShape::kMemberCount> ConditionCheckShape::kMembers{{
    {kKey, "Key", &kAnyValueMap},
    {kTableName, "TableName", &kText},
    {kConditionExpression, "ConditionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    {kExpressionAttributeValues, "ExpressionAttributeValues", &kAnyValueMap},
    {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
}};
static_assert(in_slot_order(ConditionCheckShape::kMembers));

constexpr std::array<MemberShape, TransactPutShape::kMemberCount> TransactPutShape::kMembers{{
    {kItem, "Item", &kAnyValueMap},
    {kTableName, "TableName", &kText},
    {kConditionExpression, "ConditionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    {kExpressionAttributeValues, "ExpressionAttributeValues", &kAnyValueMap},
    {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
}};
static_assert(in_slot_order(TransactPutShape::kMembers));

constexpr std::array<MemberShape, TransactDeleteShape::kMemberCount> TransactDeleteShape::kMembers{{
    {kKey, "Key", &kAnyValueMap},
    {kTableName, "TableName", &kText},
    {kConditionExpression, "ConditionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    {kExpressionAttributeValues, "ExpressionAttributeValues", &kAnyValueMap},
    {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
}};
static_assert(in_slot_order(TransactDeleteShape::kMembers));

constexpr std::array<MemberShape, TransactUpdateShape::kMemberCount> TransactUpdateShape::kMembers{{
    {kKey, "Key", &kAnyValueMap},
    {kUpdateExpression, "UpdateExpression", &kText},
    {kTableName, "TableName", &kText},
    {kConditionExpression, "ConditionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    {kExpressionAttributeValues, "ExpressionAttributeValues", &kAnyValueMap},
    {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
}};
static_assert(in_slot_order(TransactUpdateShape::kMembers));

constexpr std::array<MemberShape, TransactGetShape::kMemberCount> TransactGetShape::kMembers{{
    {kKey, "Key", &kAnyValueMap},
    {kTableName, "TableName", &kText},
    {kProjectionExpression, "ProjectionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
}};
static_assert(in_slot_order(TransactGetShape::kMembers));

constexpr Shape kConditionCheckStructure{Kind::kStructure,
                                         "com.amazonaws.dynamodb.v20120810.ConditionCheck", nullptr,
                                         ConditionCheckShape::kMembers};

constexpr Shape kPutStructure{Kind::kStructure, "com.amazonaws.dynamodb.v20120810.Put", nullptr,
                              TransactPutShape::kMembers};

constexpr Shape kDeleteStructure{Kind::kStructure, "com.amazonaws.dynamodb.v20120810.Delete",
                                 nullptr, TransactDeleteShape::kMembers};

constexpr Shape kUpdateStructure{Kind::kStructure, "com.amazonaws.dynamodb.v20120810.Update",
                                 nullptr, TransactUpdateShape::kMembers};

constexpr Shape kGetStructure{Kind::kStructure, "com.amazonaws.dynamodb.v20120810.Get", nullptr,
                              TransactGetShape::kMembers};

constexpr std::array<MemberShape, TransactWriteItemShape::kMemberCount>
    TransactWriteItemShape::kMembers{{
        {kConditionCheck, "ConditionCheck", &kConditionCheckStructure},
        {kPut, "Put", &kPutStructure},
        {kDelete, "Delete", &kDeleteStructure},
        {kUpdate, "Update", &kUpdateStructure},
    }};
static_assert(in_slot_order(TransactWriteItemShape::kMembers));

constexpr std::array<MemberShape, TransactGetItemShape::kMemberCount>
    TransactGetItemShape::kMembers{{
        {kGet, "Get", &kGetStructure},
    }};
static_assert(in_slot_order(TransactGetItemShape::kMembers));

constexpr Shape kTransactWriteItemStructure{Kind::kStructure,
                                            "com.amazonaws.dynamodb.v20120810.TransactWriteItem",
                                            nullptr, TransactWriteItemShape::kMembers};

constexpr Shape kTransactGetItemStructure{Kind::kStructure,
                                          "com.amazonaws.dynamodb.v20120810.TransactGetItem",
                                          nullptr, TransactGetItemShape::kMembers};

constexpr Shape kTransactWriteItemList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.TransactWriteItem>",
    &kTransactWriteItemStructure};

constexpr Shape kTransactGetItemList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.TransactGetItem>",
    &kTransactGetItemStructure};

constexpr std::array<MemberShape, TransactWriteItemsInput::kMemberCount>
    TransactWriteItemsInput::kMembers{{
        {kTransactItems, "TransactItems", &kTransactWriteItemList},
        {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
        {kReturnItemCollectionMetrics, "ReturnItemCollectionMetrics", &kText},
        {kClientRequestToken, "ClientRequestToken", &kText},
    }};
static_assert(in_slot_order(TransactWriteItemsInput::kMembers));

constexpr std::array<MemberShape, TransactGetItemsInput::kMemberCount>
    TransactGetItemsInput::kMembers{{
        {kTransactItems, "TransactItems", &kTransactGetItemList},
        {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    }};
static_assert(in_slot_order(TransactGetItemsInput::kMembers));

}  // namespace dynolith::api
