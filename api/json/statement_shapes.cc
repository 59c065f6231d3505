// The members, types and structures of the PartiQL operations; see input_shapes.h.
#include "api/json/input_shapes.h"

namespace dynolith::api {

constexpr Shape kText{Kind::kString, "java.lang.String"};
constexpr Shape kFlag{Kind::kBoolean, "java.lang.Boolean"};
constexpr Shape kInteger{Kind::kInteger, "java.lang.Integer"};
constexpr Shape kAnyValue{Kind::kAttributeValue, "com.amazonaws.dynamodb.v20120810.AttributeValue"};
constexpr Shape kAnyValueList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.AttributeValue>", &kAnyValue};

constexpr std::array<MemberShape, ExecuteStatementInput::kMemberCount>
    ExecuteStatementInput::kMembers{{
        {kStatement, "Statement", &kText},
        {kParameters, "Parameters", &kAnyValueList},
        {kConsistentRead, "ConsistentRead", &kFlag},
        {kNextToken, "NextToken", &kText},
        {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
        {kLimit, "Limit", &kInteger},
        {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
    }};
static_assert(in_slot_order(ExecuteStatementInput::kMembers));

constexpr std::array<MemberShape, BatchStatementRequestShape::kMemberCount>
    BatchStatementRequestShape::kMembers{{
        {kStatement, "Statement", &kText},
        {kParameters, "Parameters", &kAnyValueList},
        {kConsistentRead, "ConsistentRead", &kFlag},
        {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
    }};
static_assert(in_slot_order(BatchStatementRequestShape::kMembers));

constexpr Shape kBatchStatementStructure{Kind::kStructure,
                                         "com.amazonaws.dynamodb.v20120810.BatchStatementRequest",
                                         nullptr, BatchStatementRequestShape::kMembers};
constexpr Shape kBatchStatementStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.BatchStatementRequest>",
    &kBatchStatementStructure};

constexpr std::array<MemberShape, BatchExecuteStatementInput::kMemberCount>
    BatchExecuteStatementInput::kMembers{{
        {kStatements, "Statements", &kBatchStatementStructureList},
        {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    }};
static_assert(in_slot_order(BatchExecuteStatementInput::kMembers));

constexpr std::array<MemberShape, ParameterizedStatementShape::kMemberCount>
    ParameterizedStatementShape::kMembers{{
        {kStatement, "Statement", &kText},
        {kParameters, "Parameters", &kAnyValueList},
        {kReturnValuesOnConditionCheckFailure, "ReturnValuesOnConditionCheckFailure", &kText},
    }};
static_assert(in_slot_order(ParameterizedStatementShape::kMembers));

constexpr Shape kParameterizedStatementStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.ParameterizedStatement", nullptr,
    ParameterizedStatementShape::kMembers};
constexpr Shape kParameterizedStatementStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.ParameterizedStatement>",
    &kParameterizedStatementStructure};

constexpr std::array<MemberShape, ExecuteTransactionInput::kMemberCount>
    ExecuteTransactionInput::kMembers{{
        {kTransactStatements, "TransactStatements", &kParameterizedStatementStructureList},
        {kClientRequestToken, "ClientRequestToken", &kText},
        {kReturnConsumedCapacity, "ReturnConsumedCapacity", &kText},
    }};
static_assert(in_slot_order(ExecuteTransactionInput::kMembers));

}  // namespace dynolith::api
