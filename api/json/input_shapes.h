// What each operation's request may hold: the members of the service's model, with their types.
//
// Every input and structure names its members (kTableName, ...), in the order of kMembers; see
// read_request() and read_structure() in shape.h.
#pragma once

#include <array>
#include <cstdint>

#include "api/json/shape.h"

namespace dynolith::api {

// Structures inside requests.

struct ConditionShape {
  enum : uint8_t { kAttributeValueList, kComparisonOperator, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ExpectedAttributeValueShape {
  enum : uint8_t { kValue, kExists, kComparisonOperator, kAttributeValueList, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct AttributeValueUpdateShape {
  enum : uint8_t { kValue, kAction, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct KeysAndAttributesShape {
  enum : uint8_t {
    kKeys,
    kAttributesToGet,
    kConsistentRead,
    kProjectionExpression,
    kExpressionAttributeNames,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct PutRequestShape {
  enum : uint8_t { kItem, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct DeleteRequestShape {
  enum : uint8_t { kKey, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct WriteRequestShape {
  enum : uint8_t { kPutRequest, kDeleteRequest, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct AttributeDefinitionShape {
  enum : uint8_t { kAttributeName, kAttributeType, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct KeySchemaElementShape {
  enum : uint8_t { kAttributeName, kKeyType, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ProjectionShape {
  enum : uint8_t { kProjectionType, kNonKeyAttributes, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ProvisionedThroughputShape {
  enum : uint8_t { kReadCapacityUnits, kWriteCapacityUnits, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct OnDemandThroughputShape {
  enum : uint8_t { kMaxReadRequestUnits, kMaxWriteRequestUnits, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct WarmThroughputShape {
  enum : uint8_t { kReadUnitsPerSecond, kWriteUnitsPerSecond, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct LocalSecondaryIndexShape {
  enum : uint8_t { kIndexName, kKeySchema, kProjection, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct GlobalSecondaryIndexShape {
  enum : uint8_t {
    kIndexName,
    kKeySchema,
    kProjection,
    kProvisionedThroughput,
    kOnDemandThroughput,
    kWarmThroughput,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct StreamSpecificationShape {
  enum : uint8_t { kStreamEnabled, kStreamViewType, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct SseSpecificationShape {
  enum : uint8_t { kEnabled, kSSEType, kKMSMasterKeyId, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct BatchStatementRequestShape {
  enum : uint8_t {
    kStatement,
    kParameters,
    kConsistentRead,
    kReturnValuesOnConditionCheckFailure,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ParameterizedStatementShape {
  enum : uint8_t { kStatement, kParameters, kReturnValuesOnConditionCheckFailure, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct VectorIndexShape {
  enum : uint8_t { kIndexName, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TagShape {
  enum : uint8_t { kKey, kValue, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

// The four actions of a transaction. They share the names of their members; what reads them takes
// any of the four.

struct ConditionCheckShape {
  enum : uint8_t {
    kKey,
    kTableName,
    kConditionExpression,
    kExpressionAttributeNames,
    kExpressionAttributeValues,
    kReturnValuesOnConditionCheckFailure,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TransactPutShape {
  enum : uint8_t {
    kItem,
    kTableName,
    kConditionExpression,
    kExpressionAttributeNames,
    kExpressionAttributeValues,
    kReturnValuesOnConditionCheckFailure,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TransactDeleteShape {
  enum : uint8_t {
    kKey,
    kTableName,
    kConditionExpression,
    kExpressionAttributeNames,
    kExpressionAttributeValues,
    kReturnValuesOnConditionCheckFailure,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TransactUpdateShape {
  enum : uint8_t {
    kKey,
    kUpdateExpression,
    kTableName,
    kConditionExpression,
    kExpressionAttributeNames,
    kExpressionAttributeValues,
    kReturnValuesOnConditionCheckFailure,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TransactWriteItemShape {
  enum : uint8_t { kConditionCheck, kPut, kDelete, kUpdate, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TransactGetShape {
  enum : uint8_t {
    kKey,
    kTableName,
    kProjectionExpression,
    kExpressionAttributeNames,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TransactGetItemShape {
  enum : uint8_t { kGet, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

// Requests.

struct PutItemInput {
  enum : uint8_t {
    kTableName,
    kItem,
    kExpected,
    kReturnValues,
    kReturnConsumedCapacity,
    kReturnItemCollectionMetrics,
    kConditionalOperator,
    kConditionExpression,
    kExpressionAttributeNames,
    kExpressionAttributeValues,
    kReturnValuesOnConditionCheckFailure,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct GetItemInput {
  enum : uint8_t {
    kTableName,
    kKey,
    kAttributesToGet,
    kConsistentRead,
    kReturnConsumedCapacity,
    kProjectionExpression,
    kExpressionAttributeNames,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct UpdateItemInput {
  enum : uint8_t {
    kTableName,
    kKey,
    kAttributeUpdates,
    kExpected,
    kConditionalOperator,
    kReturnValues,
    kReturnConsumedCapacity,
    kReturnItemCollectionMetrics,
    kUpdateExpression,
    kConditionExpression,
    kExpressionAttributeNames,
    kExpressionAttributeValues,
    kReturnValuesOnConditionCheckFailure,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct DeleteItemInput {
  enum : uint8_t {
    kTableName,
    kKey,
    kExpected,
    kConditionalOperator,
    kReturnValues,
    kReturnConsumedCapacity,
    kReturnItemCollectionMetrics,
    kConditionExpression,
    kExpressionAttributeNames,
    kExpressionAttributeValues,
    kReturnValuesOnConditionCheckFailure,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct QueryInput {
  enum : uint8_t {
    kTableName,
    kIndexName,
    kSelect,
    kAttributesToGet,
    kLimit,
    kConsistentRead,
    kKeyConditions,
    kQueryFilter,
    kConditionalOperator,
    kScanIndexForward,
    kExclusiveStartKey,
    kReturnConsumedCapacity,
    kProjectionExpression,
    kFilterExpression,
    kKeyConditionExpression,
    kExpressionAttributeNames,
    kExpressionAttributeValues,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ScanInput {
  enum : uint8_t {
    kTableName,
    kIndexName,
    kAttributesToGet,
    kLimit,
    kSelect,
    kScanFilter,
    kConditionalOperator,
    kExclusiveStartKey,
    kReturnConsumedCapacity,
    kTotalSegments,
    kSegment,
    kProjectionExpression,
    kFilterExpression,
    kExpressionAttributeNames,
    kExpressionAttributeValues,
    kConsistentRead,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct BatchGetItemInput {
  enum : uint8_t { kRequestItems, kReturnConsumedCapacity, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct BatchWriteItemInput {
  enum : uint8_t {
    kRequestItems,
    kReturnConsumedCapacity,
    kReturnItemCollectionMetrics,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TransactWriteItemsInput {
  enum : uint8_t {
    kTransactItems,
    kReturnConsumedCapacity,
    kReturnItemCollectionMetrics,
    kClientRequestToken,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct TransactGetItemsInput {
  enum : uint8_t { kTransactItems, kReturnConsumedCapacity, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct CreateTableInput {
  enum : uint8_t {
    kAttributeDefinitions,
    kTableName,
    kKeySchema,
    kLocalSecondaryIndexes,
    kGlobalSecondaryIndexes,
    kBillingMode,
    kProvisionedThroughput,
    kStreamSpecification,
    kSSESpecification,
    kTags,
    kTableClass,
    kDeletionProtectionEnabled,
    kWarmThroughput,
    kResourcePolicy,
    kOnDemandThroughput,
    kVectorIndexes,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

// UpdateTable. An index to create has the shape of one of a new table.
struct UpdateGlobalIndexShape {
  enum : uint8_t {
    kIndexName,
    kProvisionedThroughput,
    kOnDemandThroughput,
    kWarmThroughput,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct DeleteGlobalIndexShape {
  enum : uint8_t { kIndexName, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct GlobalIndexUpdateShape {
  enum : uint8_t { kUpdate, kCreate, kDelete, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct UpdateTableInput {
  enum : uint8_t {
    kAttributeDefinitions,
    kTableName,
    kBillingMode,
    kProvisionedThroughput,
    kGlobalSecondaryIndexUpdates,
    kStreamSpecification,
    kSSESpecification,
    kReplicaUpdates,
    kTableClass,
    kDeletionProtectionEnabled,
    kMultiRegionConsistency,
    kGlobalTableWitnessUpdates,
    kOnDemandThroughput,
    kWarmThroughput,
    kVectorIndexUpdates,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

// DescribeTable, DeleteTable and other operations that take a table and nothing else.
struct TableNameInput {
  enum : uint8_t { kTableName, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ListTablesInput {
  enum : uint8_t { kExclusiveStartTableName, kLimit, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ExecuteStatementInput {
  enum : uint8_t {
    kStatement,
    kParameters,
    kConsistentRead,
    kNextToken,
    kReturnConsumedCapacity,
    kLimit,
    kReturnValuesOnConditionCheckFailure,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct BatchExecuteStatementInput {
  enum : uint8_t { kStatements, kReturnConsumedCapacity, kMemberCount };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

struct ExecuteTransactionInput {
  enum : uint8_t {
    kTransactStatements,
    kClientRequestToken,
    kReturnConsumedCapacity,
    kMemberCount
  };
  static const std::array<MemberShape, kMemberCount> kMembers;
};

}  // namespace dynolith::api
