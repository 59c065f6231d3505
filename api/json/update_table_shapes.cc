// The shape of UpdateTable's input.
#include "api/json/input_shapes.h"

namespace dynolith::api {

constexpr Shape kText{Kind::kString, "java.lang.String"};
constexpr Shape kFlag{Kind::kBoolean, "java.lang.Boolean"};
constexpr Shape kAttributeDefinitionStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.AttributeDefinition", nullptr,
    AttributeDefinitionShape::kMembers};
constexpr Shape kAttributeDefinitionStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.AttributeDefinition>",
    &kAttributeDefinitionStructure};
constexpr Shape kProvisionedThroughputStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.ProvisionedThroughput", nullptr,
    ProvisionedThroughputShape::kMembers};
constexpr Shape kOnDemandThroughputStructure{Kind::kStructure,
                                             "com.amazonaws.dynamodb.v20120810.OnDemandThroughput",
                                             nullptr, OnDemandThroughputShape::kMembers};
constexpr Shape kWarmThroughputStructure{Kind::kStructure,
                                         "com.amazonaws.dynamodb.v20120810.WarmThroughput", nullptr,
                                         WarmThroughputShape::kMembers};
constexpr Shape kStreamSpecificationStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.StreamSpecification", nullptr,
    StreamSpecificationShape::kMembers};
constexpr Shape kSseSpecificationStructure{Kind::kStructure,
                                           "com.amazonaws.dynamodb.v20120810.SSESpecification",
                                           nullptr, SseSpecificationShape::kMembers};

constexpr std::array<MemberShape, DeleteGlobalIndexShape::kMemberCount>
    DeleteGlobalIndexShape::kMembers{{
        {kIndexName, "IndexName", &kText},
    }};
static_assert(in_slot_order(DeleteGlobalIndexShape::kMembers));

constexpr std::array<MemberShape, UpdateGlobalIndexShape::kMemberCount>
    UpdateGlobalIndexShape::kMembers{{
        {kIndexName, "IndexName", &kText},
        {kProvisionedThroughput, "ProvisionedThroughput", &kProvisionedThroughputStructure},
        {kOnDemandThroughput, "OnDemandThroughput", &kOnDemandThroughputStructure},
        {kWarmThroughput, "WarmThroughput", &kWarmThroughputStructure},
    }};
static_assert(in_slot_order(UpdateGlobalIndexShape::kMembers));

constexpr Shape kUpdateGlobalIndexStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.UpdateGlobalSecondaryIndexAction", nullptr,
    UpdateGlobalIndexShape::kMembers};
constexpr Shape kCreateGlobalIndexStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.CreateGlobalSecondaryIndexAction", nullptr,
    GlobalSecondaryIndexShape::kMembers};
constexpr Shape kDeleteGlobalIndexStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.DeleteGlobalSecondaryIndexAction", nullptr,
    DeleteGlobalIndexShape::kMembers};

constexpr std::array<MemberShape, GlobalIndexUpdateShape::kMemberCount>
    GlobalIndexUpdateShape::kMembers{{
        {kUpdate, "Update", &kUpdateGlobalIndexStructure},
        {kCreate, "Create", &kCreateGlobalIndexStructure},
        {kDelete, "Delete", &kDeleteGlobalIndexStructure},
    }};
static_assert(in_slot_order(GlobalIndexUpdateShape::kMembers));

constexpr Shape kGlobalIndexUpdateStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.GlobalSecondaryIndexUpdate", nullptr,
    GlobalIndexUpdateShape::kMembers};
constexpr Shape kGlobalIndexUpdateStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.GlobalSecondaryIndexUpdate>",
    &kGlobalIndexUpdateStructure};
// What is refused without a look inside.
constexpr Shape kReplicaUpdateStructure{Kind::kStructure,
                                        "com.amazonaws.dynamodb.v20120810.ReplicationGroupUpdate"};
constexpr Shape kReplicaUpdateStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.ReplicationGroupUpdate>",
    &kReplicaUpdateStructure};
constexpr Shape kWitnessUpdateStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.GlobalTableWitnessGroupUpdate"};
constexpr Shape kWitnessUpdateStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.GlobalTableWitnessGroupUpdate>",
    &kWitnessUpdateStructure};
constexpr Shape kVectorIndexUpdateStructure{Kind::kStructure,
                                            "com.amazonaws.dynamodb.v20120810.VectorIndexUpdate"};
constexpr Shape kVectorIndexUpdateStructureList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.VectorIndexUpdate>",
    &kVectorIndexUpdateStructure};

constexpr std::array<MemberShape, UpdateTableInput::kMemberCount> UpdateTableInput::kMembers{{
    {kAttributeDefinitions, "AttributeDefinitions", &kAttributeDefinitionStructureList},
    {kTableName, "TableName", &kText},
    {kBillingMode, "BillingMode", &kText},
    {kProvisionedThroughput, "ProvisionedThroughput", &kProvisionedThroughputStructure},
    {kGlobalSecondaryIndexUpdates, "GlobalSecondaryIndexUpdates", &kGlobalIndexUpdateStructureList},
    {kStreamSpecification, "StreamSpecification", &kStreamSpecificationStructure},
    {kSSESpecification, "SSESpecification", &kSseSpecificationStructure},
    {kReplicaUpdates, "ReplicaUpdates", &kReplicaUpdateStructureList},
    {kTableClass, "TableClass", &kText},
    {kDeletionProtectionEnabled, "DeletionProtectionEnabled", &kFlag},
    {kMultiRegionConsistency, "MultiRegionConsistency", &kText},
    {kGlobalTableWitnessUpdates, "GlobalTableWitnessUpdates", &kWitnessUpdateStructureList},
    {kOnDemandThroughput, "OnDemandThroughput", &kOnDemandThroughputStructure},
    {kWarmThroughput, "WarmThroughput", &kWarmThroughputStructure},
    {kVectorIndexUpdates, "VectorIndexUpdates", &kVectorIndexUpdateStructureList},
}};
static_assert(in_slot_order(UpdateTableInput::kMembers));

}  // namespace dynolith::api
