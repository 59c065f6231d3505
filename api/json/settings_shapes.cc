#include "api/json/settings_shapes.h"

#include "api/json/input_shapes.h"

namespace dynolith::api {

constexpr Shape kText{Kind::kString, "java.lang.String"};
constexpr Shape kFlag{Kind::kBoolean, "java.lang.Boolean"};
constexpr Shape kTextList{Kind::kList, "java.util.List<java.lang.String>", &kText};

constexpr std::array<MemberShape, TimeToLiveSpecificationShape::kMemberCount>
    TimeToLiveSpecificationShape::kMembers{{
        {kEnabled, "Enabled", &kFlag},
        {kAttributeName, "AttributeName", &kText},
    }};
static_assert(in_slot_order(TimeToLiveSpecificationShape::kMembers));

constexpr Shape kTimeToLiveSpecificationStructure{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.TimeToLiveSpecification", nullptr,
    TimeToLiveSpecificationShape::kMembers};

constexpr std::array<MemberShape, UpdateTimeToLiveInput::kMemberCount>
    UpdateTimeToLiveInput::kMembers{{
        {kTableName, "TableName", &kText},
        {kTimeToLiveSpecification, "TimeToLiveSpecification", &kTimeToLiveSpecificationStructure},
    }};
static_assert(in_slot_order(UpdateTimeToLiveInput::kMembers));

const Shape kTagStructure{Kind::kStructure, "com.amazonaws.dynamodb.v20120810.Tag", nullptr,
                          TagShape::kMembers};
const Shape kTagStructureList{Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.Tag>",
                              &kTagStructure};

constexpr std::array<MemberShape, TagResourceInput::kMemberCount> TagResourceInput::kMembers{{
    {kResourceArn, "ResourceArn", &kText},
    {kTags, "Tags", &kTagStructureList},
}};
static_assert(in_slot_order(TagResourceInput::kMembers));

constexpr std::array<MemberShape, UntagResourceInput::kMemberCount> UntagResourceInput::kMembers{{
    {kResourceArn, "ResourceArn", &kText},
    {kTagKeys, "TagKeys", &kTextList},
}};
static_assert(in_slot_order(UntagResourceInput::kMembers));

constexpr std::array<MemberShape, ListTagsOfResourceInput::kMemberCount>
    ListTagsOfResourceInput::kMembers{{
        {kResourceArn, "ResourceArn", &kText},
        {kNextToken, "NextToken", &kText},
    }};
static_assert(in_slot_order(ListTagsOfResourceInput::kMembers));

constexpr std::array<MemberShape, PutResourcePolicyInput::kMemberCount>
    PutResourcePolicyInput::kMembers{{
        {kResourceArn, "ResourceArn", &kText},
        {kPolicy, "Policy", &kText},
        {kExpectedRevisionId, "ExpectedRevisionId", &kText},
        {kConfirmRemoveSelfResourceAccess, "ConfirmRemoveSelfResourceAccess", &kFlag},
    }};
static_assert(in_slot_order(PutResourcePolicyInput::kMembers));

constexpr std::array<MemberShape, GetResourcePolicyInput::kMemberCount>
    GetResourcePolicyInput::kMembers{{
        {kResourceArn, "ResourceArn", &kText},
    }};
static_assert(in_slot_order(GetResourcePolicyInput::kMembers));

constexpr std::array<MemberShape, DeleteResourcePolicyInput::kMemberCount>
    DeleteResourcePolicyInput::kMembers{{
        {kResourceArn, "ResourceArn", &kText},
        {kExpectedRevisionId, "ExpectedRevisionId", &kText},
    }};
static_assert(in_slot_order(DeleteResourcePolicyInput::kMembers));

}  // namespace dynolith::api
