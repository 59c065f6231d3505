#include "api/json/input_shapes.h"

namespace dynolith::api {

constexpr Shape kAnyValue{Kind::kAttributeValue, "com.amazonaws.dynamodb.v20120810.AttributeValue"};
constexpr Shape kAnyValueList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.AttributeValue>", &kAnyValue};
constexpr Shape kText{Kind::kString, "java.lang.String"};

constexpr std::array<MemberShape, ConditionShape::kMemberCount> ConditionShape::kMembers{{
    {kAttributeValueList, "AttributeValueList", &kAnyValueList},
    {kComparisonOperator, "ComparisonOperator", &kText},
}};
static_assert(in_slot_order(ConditionShape::kMembers));

constexpr Shape kFlag{Kind::kBoolean, "java.lang.Boolean"};

constexpr std::array<MemberShape, ExpectedAttributeValueShape::kMemberCount>
    ExpectedAttributeValueShape::kMembers{{
        {kValue, "Value", &kAnyValue},
        {kExists, "Exists", &kFlag},
        {kComparisonOperator, "ComparisonOperator", &kText},
        {kAttributeValueList, "AttributeValueList", &kAnyValueList},
    }};
static_assert(in_slot_order(ExpectedAttributeValueShape::kMembers));

constexpr std::array<MemberShape, AttributeValueUpdateShape::kMemberCount>
    AttributeValueUpdateShape::kMembers{{
        {kValue, "Value", &kAnyValue},
        {kAction, "Action", &kText},
    }};
static_assert(in_slot_order(AttributeValueUpdateShape::kMembers));

constexpr Shape kAnyValueMap{
    Kind::kMap, "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
    &kAnyValue};
constexpr Shape kAnyValueMapList{Kind::kList,
                                 "java.util.List<java.util.Map<java.lang.String, "
                                 "com.amazonaws.dynamodb.v20120810.AttributeValue>>",
                                 &kAnyValueMap};
constexpr Shape kTextList{Kind::kList, "java.util.List<java.lang.String>", &kText};
constexpr Shape kTextMap{Kind::kMap, "java.util.Map<java.lang.String, java.lang.String>", &kText};

constexpr std::array<MemberShape, KeysAndAttributesShape::kMemberCount>
    KeysAndAttributesShape::kMembers{{
        {kKeys, "Keys", &kAnyValueMapList},
        {kAttributesToGet, "AttributesToGet", &kTextList},
        {kConsistentRead, "ConsistentRead", &kFlag},
        {kProjectionExpression, "ProjectionExpression", &kText},
        {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    }};
static_assert(in_slot_order(KeysAndAttributesShape::kMembers));

constexpr std::array<MemberShape, PutRequestShape::kMemberCount> PutRequestShape::kMembers{{
    {kItem, "Item", &kAnyValueMap},
}};
static_assert(in_slot_order(PutRequestShape::kMembers));

constexpr std::array<MemberShape, DeleteRequestShape::kMemberCount> DeleteRequestShape::kMembers{{
    {kKey, "Key", &kAnyValueMap},
}};
static_assert(in_slot_order(DeleteRequestShape::kMembers));

constexpr Shape kPutRequestStructure{Kind::kStructure,
                                     "com.amazonaws.dynamodb.v20120810.PutRequest", nullptr,
                                     PutRequestShape::kMembers};
constexpr Shape kDeleteRequestStructure{Kind::kStructure,
                                        "com.amazonaws.dynamodb.v20120810.DeleteRequest", nullptr,
                                        DeleteRequestShape::kMembers};

constexpr std::array<MemberShape, WriteRequestShape::kMemberCount> WriteRequestShape::kMembers{{
    {kPutRequest, "PutRequest", &kPutRequestStructure},
    {kDeleteRequest, "DeleteRequest", &kDeleteRequestStructure},
}};
static_assert(in_slot_order(WriteRequestShape::kMembers));

constexpr std::array<MemberShape, AttributeDefinitionShape::kMemberCount>
    AttributeDefinitionShape::kMembers{{
        {kAttributeName, "AttributeName", &kText},
        {kAttributeType, "AttributeType", &kText},
    }};
static_assert(in_slot_order(AttributeDefinitionShape::kMembers));

constexpr std::array<MemberShape, KeySchemaElementShape::kMemberCount>
    KeySchemaElementShape::kMembers{{
        {kAttributeName, "AttributeName", &kText},
        {kKeyType, "KeyType", &kText},
    }};
static_assert(in_slot_order(KeySchemaElementShape::kMembers));

constexpr std::array<MemberShape, ProjectionShape::kMemberCount> ProjectionShape::kMembers{{
    {kProjectionType, "ProjectionType", &kText},
    {kNonKeyAttributes, "NonKeyAttributes", &kTextList},
}};
static_assert(in_slot_order(ProjectionShape::kMembers));

constexpr Shape kLong{Kind::kLong, "java.lang.Long"};

constexpr std::array<MemberShape, ProvisionedThroughputShape::kMemberCount>
    ProvisionedThroughputShape::kMembers{{
        {kReadCapacityUnits, "ReadCapacityUnits", &kLong},
        {kWriteCapacityUnits, "WriteCapacityUnits", &kLong},
    }};
static_assert(in_slot_order(ProvisionedThroughputShape::kMembers));

constexpr std::array<MemberShape, OnDemandThroughputShape::kMemberCount>
    OnDemandThroughputShape::kMembers{{
        {kMaxReadRequestUnits, "MaxReadRequestUnits", &kLong},
        {kMaxWriteRequestUnits, "MaxWriteRequestUnits", &kLong},
    }};
static_assert(in_slot_order(OnDemandThroughputShape::kMembers));

constexpr std::array<MemberShape, WarmThroughputShape::kMemberCount> WarmThroughputShape::kMembers{{
    {kReadUnitsPerSecond, "ReadUnitsPerSecond", &kLong},
    {kWriteUnitsPerSecond, "WriteUnitsPerSecond", &kLong},
}};
static_assert(in_slot_order(WarmThroughputShape::kMembers));

constexpr Shape kKeySchemaElementStructure{Kind::kStructure,
                                           "com.amazonaws.dynamodb.v20120810.KeySchemaElement",
                                           nullptr, KeySchemaElementShape::kMembers};
constexpr Shape kKeySchemaElementStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.KeySchemaElement>",
    &kKeySchemaElementStructure};
constexpr Shape kProjectionStructure{Kind::kStructure,
                                     "com.amazonaws.dynamodb.v20120810.Projection", nullptr,
                                     ProjectionShape::kMembers};

constexpr std::array<MemberShape, LocalSecondaryIndexShape::kMemberCount>
    LocalSecondaryIndexShape::kMembers{{
        {kIndexName, "IndexName", &kText},
        {kKeySchema, "KeySchema", &kKeySchemaElementStructureList},
        {kProjection, "Projection", &kProjectionStructure},
    }};
static_assert(in_slot_order(LocalSecondaryIndexShape::kMembers));

constexpr Shape kProvisionedThroughputStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.ProvisionedThroughput", nullptr,
    ProvisionedThroughputShape::kMembers};
constexpr Shape kOnDemandThroughputStructure{Kind::kStructure,
                                             "com.amazonaws.dynamodb.v20120810.OnDemandThroughput",
                                             nullptr, OnDemandThroughputShape::kMembers};
constexpr Shape kWarmThroughputStructure{Kind::kStructure,
                                         "com.amazonaws.dynamodb.v20120810.WarmThroughput", nullptr,
                                         WarmThroughputShape::kMembers};

constexpr std::array<MemberShape, GlobalSecondaryIndexShape::kMemberCount>
    GlobalSecondaryIndexShape::kMembers{{
        {kIndexName, "IndexName", &kText},
        {kKeySchema, "KeySchema", &kKeySchemaElementStructureList},
        {kProjection, "Projection", &kProjectionStructure},
        {kProvisionedThroughput, "ProvisionedThroughput", &kProvisionedThroughputStructure},
        {kOnDemandThroughput, "OnDemandThroughput", &kOnDemandThroughputStructure},
        {kWarmThroughput, "WarmThroughput", &kWarmThroughputStructure},
    }};
static_assert(in_slot_order(GlobalSecondaryIndexShape::kMembers));

constexpr std::array<MemberShape, StreamSpecificationShape::kMemberCount>
    StreamSpecificationShape::kMembers{{
        {kStreamEnabled, "StreamEnabled", &kFlag},
        {kStreamViewType, "StreamViewType", &kText},
    }};
static_assert(in_slot_order(StreamSpecificationShape::kMembers));

constexpr std::array<MemberShape, SseSpecificationShape::kMemberCount>
    SseSpecificationShape::kMembers{{
        {kEnabled, "Enabled", &kFlag},
        {kSSEType, "SSEType", &kText},
        {kKMSMasterKeyId, "KMSMasterKeyId", &kText},
    }};
static_assert(in_slot_order(SseSpecificationShape::kMembers));

constexpr std::array<MemberShape, VectorIndexShape::kMemberCount> VectorIndexShape::kMembers{{
    {kIndexName, "IndexName", &kText},
}};
static_assert(in_slot_order(VectorIndexShape::kMembers));

constexpr std::array<MemberShape, TagShape::kMemberCount> TagShape::kMembers{{
    {kKey, "Key", &kText},
    {kValue, "Value", &kText},
}};
static_assert(in_slot_order(TagShape::kMembers));

constexpr Shape kExpectedAttributeValueStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue", nullptr,
    ExpectedAttributeValueShape::kMembers};
constexpr Shape kExpectedAttributeValueStructureMap{
    Kind::kMap,
    "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue>",
    &kExpectedAttributeValueStructure};

constexpr std::array<MemberShape, PutItemInput::kMemberCount> PutItemInput::kMembers{{
    {kTableName, "TableName", &kText},
    {kItem, "Item", &kAnyValueMap},
    {kExpected, "Expected", &kExpectedAttributeValueStructureMap},
    {kReturnValues, "ReturnValues", &kText},
    {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    {kReturnItemCollectionMetrics, "ReturnItemCollectionMetrics", &kText},
    {kConditionalOperator, "ConditionalOperator", &kText},
    {kConditionExpression, "ConditionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    {kExpressionAttributeValues, "ExpressionAttributeValues", &kAnyValueMap},
    {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
}};
static_assert(in_slot_order(PutItemInput::kMembers));

constexpr std::array<MemberShape, GetItemInput::kMemberCount> GetItemInput::kMembers{{
    {kTableName, "TableName", &kText},
    {kKey, "Key", &kAnyValueMap},
    {kAttributesToGet, "AttributesToGet", &kTextList},
    {kConsistentRead, "ConsistentRead", &kFlag},
    {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    {kProjectionExpression, "ProjectionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
}};
static_assert(in_slot_order(GetItemInput::kMembers));

constexpr Shape kAttributeValueUpdateStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.AttributeValueUpdate", nullptr,
    AttributeValueUpdateShape::kMembers};
constexpr Shape kAttributeValueUpdateStructureMap{
    Kind::kMap,
    "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValueUpdate>",
    &kAttributeValueUpdateStructure};

constexpr std::array<MemberShape, UpdateItemInput::kMemberCount> UpdateItemInput::kMembers{{
    {kTableName, "TableName", &kText},
    {kKey, "Key", &kAnyValueMap},
    {kAttributeUpdates, "AttributeUpdates", &kAttributeValueUpdateStructureMap},
    {kExpected, "Expected", &kExpectedAttributeValueStructureMap},
    {kConditionalOperator, "ConditionalOperator", &kText},
    {kReturnValues, "ReturnValues", &kText},
    {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    {kReturnItemCollectionMetrics, "ReturnItemCollectionMetrics", &kText},
    {kUpdateExpression, "UpdateExpression", &kText},
    {kConditionExpression, "ConditionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    {kExpressionAttributeValues, "ExpressionAttributeValues", &kAnyValueMap},
    {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
}};
static_assert(in_slot_order(UpdateItemInput::kMembers));

constexpr std::array<MemberShape, DeleteItemInput::kMemberCount> DeleteItemInput::kMembers{{
    {kTableName, "TableName", &kText},
    {kKey, "Key", &kAnyValueMap},
    {kExpected, "Expected", &kExpectedAttributeValueStructureMap},
    {kConditionalOperator, "ConditionalOperator", &kText},
    {kReturnValues, "ReturnValues", &kText},
    {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    {kReturnItemCollectionMetrics, "ReturnItemCollectionMetrics", &kText},
    {kConditionExpression, "ConditionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    {kExpressionAttributeValues, "ExpressionAttributeValues", &kAnyValueMap},
    {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
}};
static_assert(in_slot_order(DeleteItemInput::kMembers));

constexpr Shape kInteger{Kind::kInteger, "java.lang.Integer"};
constexpr Shape kConditionStructure{Kind::kStructure, "com.amazonaws.dynamodb.v20120810.Condition",
                                    nullptr, ConditionShape::kMembers};
constexpr Shape kConditionStructureMap{
    Kind::kMap, "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.Condition>",
    &kConditionStructure};

constexpr std::array<MemberShape, QueryInput::kMemberCount> QueryInput::kMembers{{
    {kTableName, "TableName", &kText},
    {kIndexName, "IndexName", &kText},
    {kSelect, "Select", &kText},
    {kAttributesToGet, "AttributesToGet", &kTextList},
    {kLimit, "Limit", &kInteger},
    {kConsistentRead, "ConsistentRead", &kFlag},
    {kKeyConditions, "KeyConditions", &kConditionStructureMap},
    {kQueryFilter, "QueryFilter", &kConditionStructureMap},
    {kConditionalOperator, "ConditionalOperator", &kText},
    {kScanIndexForward, "ScanIndexForward", &kFlag},
    {kExclusiveStartKey, "ExclusiveStartKey", &kAnyValueMap},
    {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    {kProjectionExpression, "ProjectionExpression", &kText},
    {kFilterExpression, "FilterExpression", &kText},
    {kKeyConditionExpression, "KeyConditionExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    {kExpressionAttributeValues, "ExpressionAttributeValues", &kAnyValueMap},
}};
static_assert(in_slot_order(QueryInput::kMembers));

constexpr std::array<MemberShape, ScanInput::kMemberCount> ScanInput::kMembers{{
    {kTableName, "TableName", &kText},
    {kIndexName, "IndexName", &kText},
    {kAttributesToGet, "AttributesToGet", &kTextList},
    {kLimit, "Limit", &kInteger},
    {kSelect, "Select", &kText},
    {kScanFilter, "ScanFilter", &kConditionStructureMap},
    {kConditionalOperator, "ConditionalOperator", &kText},
    {kExclusiveStartKey, "ExclusiveStartKey", &kAnyValueMap},
    {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    {kTotalSegments, "TotalSegments", &kInteger},
    {kSegment, "Segment", &kInteger},
    {kProjectionExpression, "ProjectionExpression", &kText},
    {kFilterExpression, "FilterExpression", &kText},
    {kExpressionAttributeNames, "ExpressionAttributeNames", &kTextMap},
    {kExpressionAttributeValues, "ExpressionAttributeValues", &kAnyValueMap},
    {kConsistentRead, "ConsistentRead", &kFlag},
}};
static_assert(in_slot_order(ScanInput::kMembers));

constexpr Shape kKeysAndAttributesStructure{Kind::kStructure,
                                            "com.amazonaws.dynamodb.v20120810.KeysAndAttributes",
                                            nullptr, KeysAndAttributesShape::kMembers};
constexpr Shape kKeysAndAttributesStructureMap{
    Kind::kMap,
    "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.KeysAndAttributes>",
    &kKeysAndAttributesStructure};

constexpr std::array<MemberShape, BatchGetItemInput::kMemberCount> BatchGetItemInput::kMembers{{
    {kRequestItems, "RequestItems", &kKeysAndAttributesStructureMap},
    {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
}};
static_assert(in_slot_order(BatchGetItemInput::kMembers));

constexpr Shape kWriteRequestStructure{Kind::kStructure,
                                       "com.amazonaws.dynamodb.v20120810.WriteRequest", nullptr,
                                       WriteRequestShape::kMembers};
constexpr Shape kWriteRequestStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>",
    &kWriteRequestStructure};
constexpr Shape kWriteRequestStructureListMap{
    Kind::kMap,
    "java.util.Map<java.lang.String, "
    "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>",
    &kWriteRequestStructureList,
    {},
    true};

constexpr std::array<MemberShape, BatchWriteItemInput::kMemberCount> BatchWriteItemInput::kMembers{{
    {kRequestItems, "RequestItems", &kWriteRequestStructureListMap},
    {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    {kReturnItemCollectionMetrics, "ReturnItemCollectionMetrics", &kText},
}};
static_assert(in_slot_order(BatchWriteItemInput::kMembers));

constexpr Shape kAttributeDefinitionStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.AttributeDefinition", nullptr,
    AttributeDefinitionShape::kMembers};
constexpr Shape kAttributeDefinitionStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.AttributeDefinition>",
    &kAttributeDefinitionStructure};
constexpr Shape kLocalSecondaryIndexStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.LocalSecondaryIndex", nullptr,
    LocalSecondaryIndexShape::kMembers};
constexpr Shape kLocalSecondaryIndexStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.LocalSecondaryIndex>",
    &kLocalSecondaryIndexStructure};
constexpr Shape kGlobalSecondaryIndexStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.GlobalSecondaryIndex", nullptr,
    GlobalSecondaryIndexShape::kMembers};
constexpr Shape kGlobalSecondaryIndexStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.GlobalSecondaryIndex>",
    &kGlobalSecondaryIndexStructure};
constexpr Shape kStreamSpecificationStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.StreamSpecification", nullptr,
    StreamSpecificationShape::kMembers};
constexpr Shape kSseSpecificationStructure{Kind::kStructure,
                                           "com.amazonaws.dynamodb.v20120810.SSESpecification",
                                           nullptr, SseSpecificationShape::kMembers};
constexpr Shape kTagStructure{Kind::kStructure, "com.amazonaws.dynamodb.v20120810.Tag", nullptr,
                              TagShape::kMembers};
constexpr Shape kTagStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.Tag>", &kTagStructure};
constexpr Shape kVectorIndexStructure{Kind::kStructure,
                                      "com.amazonaws.dynamodb.v20120810.VectorIndex", nullptr,
                                      VectorIndexShape::kMembers};
constexpr Shape kVectorIndexStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.VectorIndex>",
    &kVectorIndexStructure};

constexpr std::array<MemberShape, CreateTableInput::kMemberCount> CreateTableInput::kMembers{{
    {kAttributeDefinitions, "AttributeDefinitions", &kAttributeDefinitionStructureList},
    {kTableName, "TableName", &kText},
    {kKeySchema, "KeySchema", &kKeySchemaElementStructureList},
    {kLocalSecondaryIndexes, "LocalSecondaryIndexes", &kLocalSecondaryIndexStructureList},
    {kGlobalSecondaryIndexes, "GlobalSecondaryIndexes", &kGlobalSecondaryIndexStructureList},
    {kBillingMode, "BillingMode", &kText},
    {kProvisionedThroughput, "ProvisionedThroughput", &kProvisionedThroughputStructure},
    {kStreamSpecification, "StreamSpecification", &kStreamSpecificationStructure},
    {kSSESpecification, "SSESpecification", &kSseSpecificationStructure},
    {kTags, "Tags", &kTagStructureList},
    {kTableClass, "TableClass", &kText},
    {kDeletionProtectionEnabled, "DeletionProtectionEnabled", &kFlag},
    {kWarmThroughput, "WarmThroughput", &kWarmThroughputStructure},
    {kResourcePolicy, "ResourcePolicy", &kText},
    {kOnDemandThroughput, "OnDemandThroughput", &kOnDemandThroughputStructure},
    {kVectorIndexes, "VectorIndexes", &kVectorIndexStructureList},
}};
static_assert(in_slot_order(CreateTableInput::kMembers));

constexpr std::array<MemberShape, TableNameInput::kMemberCount> TableNameInput::kMembers{{
    {kTableName, "TableName", &kText},
}};
static_assert(in_slot_order(TableNameInput::kMembers));

constexpr std::array<MemberShape, ListTablesInput::kMemberCount> ListTablesInput::kMembers{{
    {kExclusiveStartTableName, "ExclusiveStartTableName", &kText},
    {kLimit, "Limit", &kInteger},
}};
static_assert(in_slot_order(ListTablesInput::kMembers));

}  // namespace dynolith::api
