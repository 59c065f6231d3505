// The types of a request's members, and the one pass that checks them all.
//
// The service deserializes a whole request before it validates any of it, so every type error
// ("SerializationException") comes before every other complaint. check_types() is that step: it
// walks the request once, to the bottom, ignores members it does not know, takes null as absent,
// and leaves each known member in its slot so that nothing is looked up by name again.
//
//   const auto members = TRY(read_request<PutItemInput>(body));
//   members[PutItemInput::kTableName].text()
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "api/json/reader.h"
#include "storage/result.h"

namespace dynolith::api {

enum class Kind : uint8_t {
  kString,
  kBoolean,
  kInteger,
  kLong,
  kDouble,
  kBlob,
  kStructure,
  kList,
  kMap,
  kAttributeValue,
};

struct MemberShape;

// What a member may hold. Static data only.
struct Shape {
  Kind kind;
  std::string_view java_name;                 // As the service's messages name it.
  const Shape* element = nullptr;             // Of a list's elements or a map's values.
  std::span<const MemberShape> members = {};  // Of a structure.
  // A map or list of collections: the service's reflection fails in its own way on a scalar there.
  bool parameterized = false;
};

struct MemberShape {
  uint8_t slot;  // Its place in the list of members, and in the slots.
  std::string_view name;
  const Shape* shape;
};

// One member of a checked request. The readers need the kind that the member's shape says.
class Slot {
 public:
  Slot() = default;
  explicit Slot(JsonValue value) : value_(value), present_(true) {}

  bool present() const { return present_; }
  explicit operator bool() const { return present_; }

  std::optional<std::string_view> text() const;
  std::optional<bool> boolean() const;  // Also from "true", "1", "yes" and their like.
  bool boolean_or(bool otherwise) const { return boolean().value_or(otherwise); }
  std::optional<int64_t> integer() const;  // Floats are floored; kept within int64.
  // Need: present().
  const JsonValue& value() const { return value_; }
  JsonObject object() const;
  JsonArray array() const;

 private:
  JsonValue value_;
  bool present_ = false;
};

// Needs: slots.size() == members.size(). Errors: kSerialization, in the service's words.
Result<void> check_types(const JsonObject& request, std::span<const MemberShape> members,
                         std::span<Slot> slots);

// The members of a structure inside a request that check_types() has passed.
void fill_slots(const JsonObject& structure, std::span<const MemberShape> members,
                std::span<Slot> slots);

// What is inside a checked request (elements of lists, values of maps), by the kind its shape says.
// (simdjson's own accessors return references into temporaries: not for the head of a range-for.)
JsonObject object_of(const JsonValue& value);
JsonArray array_of(const JsonValue& value);
std::string_view text_of(const JsonValue& value);
bool boolean_of(const JsonValue& value);
int64_t integer_of(const JsonValue& value);

// The members of a structure `S`, which has an enumeration of its members ending in kMemberCount
// and `static const std::array<MemberShape, kMemberCount> kMembers` in that order.
template <class S>
class Members {
 public:
  const Slot& operator[](size_t member) const { return slots_[member]; }
  std::span<Slot> slots() { return slots_; }

 private:
  std::array<Slot, S::kMemberCount> slots_;
};

template <class Input>
Result<Members<Input>> read_request(const JsonObject& body) {
  Members<Input> members;
  TRY(check_types(body, Input::kMembers, members.slots()));
  return members;
}

template <class Structure>
Members<Structure> read_structure(const JsonObject& object) {
  Members<Structure> members;
  fill_slots(object, Structure::kMembers, members.slots());
  return members;
}

// Whether each member stands where its slot says; for static_assert.
constexpr bool in_slot_order(std::span<const MemberShape> members) {
  for (size_t i = 0; i < members.size(); ++i) {
    if (members[i].slot != i) return false;
  }
  return true;
}

}  // namespace dynolith::api
