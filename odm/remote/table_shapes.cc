#include "odm/remote/table_shapes.h"

#include "api/json/input_shapes.h"

namespace dynolith::odm {

using api::in_slot_order;
using api::Kind;
using api::Shape;

constexpr Shape kText{Kind::kString, "String"};
constexpr Shape kFlag{Kind::kBoolean, "Boolean"};

constexpr Shape kAttributeDefinition{Kind::kStructure, "AttributeDefinition", nullptr,
                                     api::AttributeDefinitionShape::kMembers};
constexpr Shape kAttributeDefinitionList{Kind::kList, "AttributeDefinitions",
                                         &kAttributeDefinition};
constexpr Shape kKeyElement{Kind::kStructure, "KeySchemaElement", nullptr,
                            api::KeySchemaElementShape::kMembers};
constexpr Shape kKeyElementList{Kind::kList, "KeySchema", &kKeyElement};
constexpr Shape kProjectionStructure{Kind::kStructure, "Projection", nullptr,
                                     api::ProjectionShape::kMembers};
constexpr Shape kThroughput{Kind::kStructure, "ProvisionedThroughput", nullptr,
                            api::ProvisionedThroughputShape::kMembers};
constexpr Shape kOnDemandLimits{Kind::kStructure, "OnDemandThroughput", nullptr,
                                api::OnDemandThroughputShape::kMembers};
constexpr Shape kWarmLimits{Kind::kStructure, "WarmThroughput", nullptr,
                            api::WarmThroughputShape::kMembers};
constexpr Shape kStream{Kind::kStructure, "StreamSpecification", nullptr,
                        api::StreamSpecificationShape::kMembers};

constexpr std::array<MemberShape, IndexDescriptionShape::kMemberCount>
    IndexDescriptionShape::kMembers{{
        {kIndexName, "IndexName", &kText},
        {kKeySchema, "KeySchema", &kKeyElementList},
        {kProjection, "Projection", &kProjectionStructure},
        {kIndexStatus, "IndexStatus", &kText},
        {kProvisionedThroughput, "ProvisionedThroughput", &kThroughput},
        {kOnDemandThroughput, "OnDemandThroughput", &kOnDemandLimits},
        {kWarmThroughput, "WarmThroughput", &kWarmLimits},
    }};
static_assert(in_slot_order(IndexDescriptionShape::kMembers));

constexpr std::array<MemberShape, BillingModeSummaryShape::kMemberCount>
    BillingModeSummaryShape::kMembers{{
        {kBillingMode, "BillingMode", &kText},
    }};
constexpr std::array<MemberShape, TableClassSummaryShape::kMemberCount>
    TableClassSummaryShape::kMembers{{
        {kTableClass, "TableClass", &kText},
    }};
constexpr std::array<MemberShape, SseDescriptionShape::kMemberCount> SseDescriptionShape::kMembers{{
    {kStatus, "Status", &kText},
    {kSSEType, "SSEType", &kText},
    {kKMSMasterKeyArn, "KMSMasterKeyArn", &kText},
}};
static_assert(in_slot_order(SseDescriptionShape::kMembers));

constexpr Shape kIndex{Kind::kStructure, "IndexDescription", nullptr,
                       IndexDescriptionShape::kMembers};
constexpr Shape kIndexList{Kind::kList, "Indexes", &kIndex};
constexpr Shape kBillingMode{Kind::kStructure, "BillingModeSummary", nullptr,
                             BillingModeSummaryShape::kMembers};
constexpr Shape kTableClassSummaryStructure{Kind::kStructure, "TableClassSummary", nullptr,
                                            TableClassSummaryShape::kMembers};
constexpr Shape kSse{Kind::kStructure, "SSEDescription", nullptr, SseDescriptionShape::kMembers};

constexpr std::array<MemberShape, TableDescriptionShape::kMemberCount>
    TableDescriptionShape::kMembers{{
        {kAttributeDefinitions, "AttributeDefinitions", &kAttributeDefinitionList},
        {kTableName, "TableName", &kText},
        {kKeySchema, "KeySchema", &kKeyElementList},
        {kTableStatus, "TableStatus", &kText},
        {kProvisionedThroughput, "ProvisionedThroughput", &kThroughput},
        {kBillingModeSummary, "BillingModeSummary", &kBillingMode},
        {kLocalSecondaryIndexes, "LocalSecondaryIndexes", &kIndexList},
        {kGlobalSecondaryIndexes, "GlobalSecondaryIndexes", &kIndexList},
        {kStreamSpecification, "StreamSpecification", &kStream},
        {kSSEDescription, "SSEDescription", &kSse},
        {kTableClassSummary, "TableClassSummary", &kTableClassSummaryStructure},
        {kDeletionProtectionEnabled, "DeletionProtectionEnabled", &kFlag},
        {kOnDemandThroughput, "OnDemandThroughput", &kOnDemandLimits},
        {kWarmThroughput, "WarmThroughput", &kWarmLimits},
    }};
static_assert(in_slot_order(TableDescriptionShape::kMembers));

constexpr Shape kTableStructure{Kind::kStructure, "TableDescription", nullptr,
                                TableDescriptionShape::kMembers};
constexpr std::array<MemberShape, DescribeTableOutput::kMemberCount> DescribeTableOutput::kMembers{{
    {kTable, "Table", &kTableStructure},
}};

constexpr std::array<MemberShape, TimeToLiveDescriptionShape::kMemberCount>
    TimeToLiveDescriptionShape::kMembers{{
        {kTimeToLiveStatus, "TimeToLiveStatus", &kText},
        {kAttributeName, "AttributeName", &kText},
    }};
static_assert(in_slot_order(TimeToLiveDescriptionShape::kMembers));

constexpr Shape kTimeToLive{Kind::kStructure, "TimeToLiveDescription", nullptr,
                            TimeToLiveDescriptionShape::kMembers};
constexpr std::array<MemberShape, DescribeTimeToLiveOutput::kMemberCount>
    DescribeTimeToLiveOutput::kMembers{{
        {kTimeToLiveDescription, "TimeToLiveDescription", &kTimeToLive},
    }};

}  // namespace dynolith::odm
