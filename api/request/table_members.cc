// The member constraints of a table definition.
#include <array>
#include <string>

#include "api/request/table_definition.h"

namespace dynolith::api {

namespace {

constexpr std::array<std::string_view, 3> kAttributeTypes{"B", "N", "S"};
constexpr std::array<std::string_view, 2> kKeyTypes{"HASH", "RANGE"};
constexpr std::array<std::string_view, 2> kBillingModes{"PROVISIONED", "PAY_PER_REQUEST"};
constexpr std::array<std::string_view, 2> kTableClasses{"STANDARD", "STANDARD_INFREQUENT_ACCESS"};
constexpr std::array<std::string_view, 3> kProjectionTypes{"ALL", "INCLUDE", "KEYS_ONLY"};
constexpr std::array<std::string_view, 4> kViewTypes{"NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES",
                                                     "KEYS_ONLY"};
constexpr std::array<std::string_view, 2> kSseTypes{"AES256", "KMS"};

constexpr int64_t kNameMin = 3;
constexpr int64_t kNameMax = 255;
constexpr int64_t kAttributeNameMin = 1;
constexpr int64_t kKeySchemaMin = 1;
constexpr int64_t kKeySchemaMax = 2;  // Of tables and local indexes.
constexpr int64_t kNonKeyAttributesMax = 20;
constexpr int64_t kUnitsMin = 1;
constexpr int64_t kTagKeyMin = 1;
constexpr int64_t kTagKeyMax = 128;
constexpr int64_t kTagValueMax = 256;

// "keySchema.2.member".
std::string element_path(std::string_view list, size_t index) {
  return std::string(list) + "." + std::to_string(index + 1) + ".member";
}

std::string member_path(std::string_view structure, std::string_view member) {
  if (structure.empty()) return std::string(member);
  return std::string(structure).append(".").append(member);
}

// Calls `visit(structure, path)` for each element of a list of structures.
template <class Structure, class Visit>
void for_each_structure(const Slot& list, std::string_view path, Visit visit) {
  if (!list.present()) return;
  size_t index = 0;
  for (const JsonValue element : list.array()) {
    visit(structure_of<Structure>(element), element_path(path, index++));
  }
}

void check_length(Constraints& constraints, std::string_view text, int64_t length,
                  const std::string& path, int64_t least, int64_t most) {
  if (length < least) constraints.echo(text, path, at_least("length", least));
  if (length > most) constraints.echo(text, path, at_most("length", most));
}

void check_text(Constraints& constraints, const Slot& slot, const std::string& path, int64_t least,
                int64_t most) {
  constraints.required(slot, path);
  const auto text = slot.text();
  if (text) check_length(constraints, *text, characters_of(*text), path, least, most);
}

void check_list(Constraints& constraints, const Slot& slot, const std::string& path, int64_t least,
                int64_t most) {
  if (!slot.present()) return;
  const auto length = static_cast<int64_t>(slot.array().size());
  if (length >= least && length <= most) return;
  check_length(constraints, echo_of(slot.value()), length, path, least, most);
}

void check_name(Constraints& constraints, const Slot& slot, const std::string& path) {
  constraints.required(slot, path);
  const auto text = slot.text();
  if (!text) return;
  if (!is_name_text(*text)) constraints.echo(*text, path, kNameConstraint);
  check_length(constraints, *text, static_cast<int64_t>(text->size()), path, kNameMin, kNameMax);
}

void check_table_name(Constraints& constraints, const Slot& slot) {
  const auto text = slot.text();
  if (text && text->starts_with("arn:")) return;
  check_name(constraints, slot, "tableName");
}

void check_key_schema(Constraints& constraints, const Slot& slot, const std::string& path,
                      int64_t most) {
  using Element = KeySchemaElementShape;
  constraints.required(slot, path);
  check_list(constraints, slot, path, kKeySchemaMin, most);
  for_each_structure<Element>(slot, path, [&](const auto& element, const std::string& at) {
    check_text(constraints, element[Element::kAttributeName], member_path(at, "attributeName"),
               kAttributeNameMin, kNameMax);
    constraints.required(element[Element::kKeyType], member_path(at, "keyType"));
    constraints.one_of(element[Element::kKeyType], member_path(at, "keyType"), kKeyTypes);
  });
}

void check_projection(Constraints& constraints, const Slot& slot, const std::string& path) {
  constraints.required(slot, path);
  if (!slot.present()) return;
  const auto projection = structure_in<ProjectionShape>(slot);
  constraints.one_of(projection[ProjectionShape::kProjectionType],
                     member_path(path, "projectionType"), kProjectionTypes);
  const Slot& names = projection[ProjectionShape::kNonKeyAttributes];
  const std::string names_path = member_path(path, "nonKeyAttributes");
  check_list(constraints, names, names_path, 1, kNonKeyAttributesMax);
  if (!names.present()) return;
  size_t index = 0;
  for (const JsonValue name : names.array()) {
    const Slot element = name.is_null() ? Slot() : Slot(name);
    check_text(constraints, element, element_path(names_path, index++), kAttributeNameMin,
               kNameMax);
  }
}

void check_global_indexes(Constraints& constraints, const Slot& slot) {
  for_each_structure<GlobalSecondaryIndexShape>(slot, "globalSecondaryIndexes",
                                                [&](const auto& index, const std::string& path) {
                                                  check_global_index(constraints, index, path);
                                                });
}

void check_local_indexes(Constraints& constraints, const Slot& slot) {
  using Index = LocalSecondaryIndexShape;
  for_each_structure<Index>(
      slot, "localSecondaryIndexes", [&](const auto& index, const std::string& path) {
        check_name(constraints, index[Index::kIndexName], member_path(path, "indexName"));
        check_key_schema(constraints, index[Index::kKeySchema], member_path(path, "keySchema"),
                         kKeySchemaMax);
        check_projection(constraints, index[Index::kProjection], member_path(path, "projection"));
      });
}

}  // namespace

void check_tags(Constraints& constraints, const Slot& slot) {
  for_each_structure<TagShape>(slot, "tags", [&](const auto& tag, const std::string& path) {
    check_text(constraints, tag[TagShape::kKey], member_path(path, "key"), kTagKeyMin, kTagKeyMax);
    check_text(constraints, tag[TagShape::kValue], member_path(path, "value"), 0, kTagValueMax);
  });
}

void check_attribute_definitions(Constraints& constraints, const Slot& slot) {
  using Definition = AttributeDefinitionShape;
  for_each_structure<Definition>(
      slot, "attributeDefinitions", [&](const auto& definition, const std::string& path) {
        check_text(constraints, definition[Definition::kAttributeName],
                   member_path(path, "attributeName"), kAttributeNameMin, kNameMax);
        constraints.required(definition[Definition::kAttributeType],
                             member_path(path, "attributeType"));
        constraints.one_of(definition[Definition::kAttributeType],
                           member_path(path, "attributeType"), kAttributeTypes);
      });
}

void check_throughput(Constraints& constraints, const Slot& slot, const std::string& path) {
  using Units = ProvisionedThroughputShape;
  if (!slot.present()) return;
  const auto throughput = structure_in<Units>(slot);
  for (const auto& [member, name] : {std::pair{Units::kReadCapacityUnits, "readCapacityUnits"},
                                     std::pair{Units::kWriteCapacityUnits, "writeCapacityUnits"}}) {
    constraints.required(throughput[member], member_path(path, name));
    constraints.in_range(throughput[member], member_path(path, name), kUnitsMin,
                         std::numeric_limits<int64_t>::max());
  }
}

void check_index_name(Constraints& constraints, const Slot& slot, const std::string& path) {
  check_name(constraints, slot, path);
}

void check_global_index(Constraints& constraints, const Members<GlobalSecondaryIndexShape>& index,
                        const std::string& path) {
  using Index = GlobalSecondaryIndexShape;
  check_name(constraints, index[Index::kIndexName], member_path(path, "indexName"));
  check_key_schema(constraints, index[Index::kKeySchema], member_path(path, "keySchema"),
                   std::numeric_limits<int64_t>::max());
  check_projection(constraints, index[Index::kProjection], member_path(path, "projection"));
  check_throughput(constraints, index[Index::kProvisionedThroughput],
                   member_path(path, "provisionedThroughput"));
}

void check_stream(Constraints& constraints, const Slot& slot) {
  if (!slot.present()) return;
  const auto members = structure_in<StreamSpecificationShape>(slot);
  constraints.required(members[StreamSpecificationShape::kStreamEnabled],
                       "streamSpecification.streamEnabled");
  constraints.one_of(members[StreamSpecificationShape::kStreamViewType],
                     "streamSpecification.streamViewType", kViewTypes);
}

void check_encryption(Constraints& constraints, const Slot& slot) {
  const auto encryption = structure_in<SseSpecificationShape>(slot);
  constraints.one_of(encryption[SseSpecificationShape::kSSEType], "sSESpecification.sSEType",
                     kSseTypes);
}

void check_table_class(Constraints& constraints, const Slot& slot) {
  constraints.one_of(slot, "tableClass", kTableClasses);
}

void check_billing_mode(Constraints& constraints, const Slot& slot) {
  constraints.one_of(slot, "billingMode", kBillingModes);
}

// The global indexes' errors come before the local ones', whatever the order in the request.
void check_table_members(Constraints& constraints, const Members<CreateTableInput>& request) {
  using Input = CreateTableInput;
  constraints.required(request[Input::kAttributeDefinitions], "attributeDefinitions");
  check_attribute_definitions(constraints, request[Input::kAttributeDefinitions]);
  check_table_name(constraints, request[Input::kTableName]);
  check_key_schema(constraints, request[Input::kKeySchema], "keySchema", kKeySchemaMax);
  check_global_indexes(constraints, request[Input::kGlobalSecondaryIndexes]);
  check_local_indexes(constraints, request[Input::kLocalSecondaryIndexes]);
  check_billing_mode(constraints, request[Input::kBillingMode]);
  check_throughput(constraints, request[Input::kProvisionedThroughput], "provisionedThroughput");
  check_stream(constraints, request[Input::kStreamSpecification]);
  check_encryption(constraints, request[Input::kSSESpecification]);
  check_tags(constraints, request[Input::kTags]);
  check_table_class(constraints, request[Input::kTableClass]);
}

}  // namespace dynolith::api
