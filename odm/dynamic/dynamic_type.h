// The type of an attribute that is known at run time only, and what a value of it looks like in a
// dynamic item:
//
//   string, enumeration   S          list                   L of elements
//   number, integer       N          map                    M of elements, by any names
//   boolean, binary       BOOL, B    document               M by the names of its own schema
//   null                  NULL       string_set and others  SS, NS, BS
//   constant              its value  any                    anything
//   date                  as it is stored: N of milliseconds or seconds since 1970, or S of ISO
//   8601 union                 a value of one of its types
//
// Null stands for "absent" where the type has no NULL, and so does an empty set.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "odm/codec.h"
#include "odm/schema.h"
#include "odm/value.h"

namespace dynolith::odm {

class DynamicSchema;

// Values; no shared state.
struct DynamicType {
  enum class Kind : uint8_t {
    kString,
    kNumber,
    kInteger,
    kBoolean,
    kBinary,
    kDate,
    kNull,
    kAny,
    kConstant,
    kEnumeration,
    kList,
    kMap,
    kDocument,
    kStringSet,
    kNumberSet,
    kBinarySet,
    kUnion,
  };

  Kind kind = Kind::kAny;
  bool is_optional = false;                     // NULL in an item is read as absent.
  TimeForm form = TimeForm::kMilliseconds;      // kDate.
  std::vector<DynamicType> of = {};             // The element of kList and kMap; those of kUnion.
  std::vector<std::string> names = {};          // kEnumeration.
  Value constant = {};                          // kConstant.
  std::shared_ptr<const Schema> document = {};  // kDocument.

  static DynamicType string() { return {Kind::kString}; }
  static DynamicType number() { return {Kind::kNumber}; }    // Exact, 38 digits.
  static DynamicType integer() { return {Kind::kInteger}; }  // A whole number.
  static DynamicType boolean() { return {Kind::kBoolean}; }
  static DynamicType binary() { return {Kind::kBinary}; }
  static DynamicType null() { return {Kind::kNull}; }
  static DynamicType any() { return {Kind::kAny}; }
  static DynamicType date(TimeForm form = TimeForm::kMilliseconds) {
    return {Kind::kDate, false, form};
  }
  static DynamicType constant_of(Value value);
  static DynamicType enumeration(std::vector<std::string> names);
  static DynamicType list(DynamicType element = any());
  static DynamicType map(DynamicType element = any());
  static DynamicType document_of(const DynamicSchema& schema);
  static DynamicType string_set() { return {Kind::kStringSet}; }
  static DynamicType number_set() { return {Kind::kNumberSet}; }
  static DynamicType binary_set() { return {Kind::kBinarySet}; }
  // Written as the first type that takes the value, else as the one that it misses by least.
  static DynamicType union_of(std::vector<DynamicType> types);
  DynamicType or_null() && { return union_of({std::move(*this), null()}); }
};

// The codec of a type, over a Value.
std::shared_ptr<const ValueCodec> dynamic_codec(DynamicType type);

// What a codec says of itself: of a struct's member, or of a dynamic attribute (exactly what it was
// made from). Structures inside become documents of their schemas, which live for ever. Codecs of a
// program's own are described by their attribute type.
DynamicType type_of(const ValueCodec& codec);

}  // namespace dynolith::odm
