#include "odm/dynamic/dynamic_type.h"

#include "odm/dynamic/dynamic_schema.h"

namespace dynolith::odm {
namespace {

using Kind = DynamicType::Kind;

DynamicType with_element(Kind kind, const ValueCodec* element) {
  DynamicType type{kind};
  type.of.push_back(element != nullptr ? type_of(*element) : DynamicType::any());
  return type;
}

TimeForm form_of(std::string_view name) {
  if (name == "seconds") return TimeForm::kSeconds;
  return name == "iso" ? TimeForm::kIso : TimeForm::kMilliseconds;
}

DynamicType by_attribute_type(const ValueCodec& codec) {
  switch (codec.type()) {
    case AttributeType::kString:
      return DynamicType::string();
    case AttributeType::kNumber:
      return codec.meaning() == Meaning::kInteger ? DynamicType::integer() : DynamicType::number();
    case AttributeType::kBinary:
      return DynamicType::binary();
    case AttributeType::kBoolean:
      return DynamicType::boolean();
    case AttributeType::kNull:
      return codec.meaning() == Meaning::kAny ? DynamicType::any() : DynamicType::null();
    case AttributeType::kStringSet:
      return DynamicType::string_set();
    case AttributeType::kNumberSet:
      return DynamicType::number_set();
    case AttributeType::kBinarySet:
      return DynamicType::binary_set();
    case AttributeType::kList:
      return with_element(Kind::kList, codec.element());
    case AttributeType::kMap:
      return with_element(Kind::kMap, codec.element());
  }
  return DynamicType::any();
}

}  // namespace

DynamicType DynamicType::constant_of(Value value) {
  DynamicType type{Kind::kConstant};
  type.constant = std::move(value);
  return type;
}

DynamicType DynamicType::enumeration(std::vector<std::string> names) {
  DynamicType type{Kind::kEnumeration};
  type.names = std::move(names);
  return type;
}

DynamicType DynamicType::list(DynamicType element) {
  DynamicType type{Kind::kList};
  type.of.push_back(std::move(element));
  return type;
}

DynamicType DynamicType::map(DynamicType element) {
  DynamicType type{Kind::kMap};
  type.of.push_back(std::move(element));
  return type;
}

DynamicType DynamicType::document_of(const DynamicSchema& schema) {
  DynamicType type{Kind::kDocument};
  type.document = schema.shared();
  return type;
}

DynamicType DynamicType::union_of(std::vector<DynamicType> types) {
  DynamicType type{Kind::kUnion};
  type.of = std::move(types);
  return type;
}

DynamicType type_of(const ValueCodec& codec) {
  const CodecDetails details = codec.details();
  if (details.dynamic_type != nullptr) return *details.dynamic_type;
  DynamicType type;
  if (!details.alternatives.empty()) {
    type.kind = Kind::kUnion;
    for (const ValueCodec* alternative : details.alternatives)
      type.of.push_back(type_of(*alternative));
  } else if (!details.enumerators.empty()) {
    type = DynamicType::enumeration({details.enumerators.begin(), details.enumerators.end()});
  } else if (!details.time_form.empty()) {
    type = DynamicType::date(form_of(details.time_form));
  } else if (const Schema* schema = codec.schema()) {
    type.kind = Kind::kDocument;
    type.document = std::shared_ptr<const Schema>(std::shared_ptr<void>(), schema);
  } else {
    type = by_attribute_type(codec);
  }
  type.is_optional = details.is_optional;
  return type;
}

}  // namespace dynolith::odm
