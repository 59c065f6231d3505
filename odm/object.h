// Objects to items and back: what every operation does with a struct or a dynamic item. An object
// is a T* (typed schemas) or a Map* by attribute names (dynamic ones).
//
// Writing: generated values, defaults, setters; role members (timestamps, version, time to live,
// counters); whole-object checks; derived members; encoding with keys; checks. All problems are
// collected. Reading: upgrade, decoding, defaults, getters.
//
// Threads: any; schemas are immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "odm/result.h"
#include "odm/schema.h"
#include "storage/clock.h"
#include "storage/function_ref.h"

namespace dynolith::odm {

using storage::ItemView;

enum class WriteKind : uint8_t { kCreate, kPut, kSave };
std::string_view to_text(WriteKind kind);  // "create", "put", "save".

struct Moment {
  int64_t now_ms = 0;
  storage::IdSource& ids;
};

// The whole of writing. Changes `object` as far as it fills in. Errors: kInvalid, kBadKey,
// kBadModel, what a before_write hook answers.
Result<EncodedItem> make_item(const Schema& schema, void* object, WriteKind kind, Moment moment);

// Only the encoding, of an object that is filled in already.
Result<EncodedItem> encode_object(const Schema& schema, const void* object);

// The same without checks, for telling what differs: what cannot be encoded is NULL.
EncodedItem encode_as_is(const Schema& schema, const void* object);

enum class Reading : uint8_t {
  kWhole,
  kPartial,  // A projection: what is missing is not a mismatch.
};
// Needs: an object with its initial value. `parts`: of a partial reading, what was read of
// documents inside; null: all of them. Errors: kTypeMismatch with all problems, kBadModel, an
// upgrade's.
Result<void> read_object(const Schema& schema, const ItemView& item, void* object,
                         Reading reading = Reading::kWhole, const SelectedParts* parts = nullptr);

// An item of an older schema version as this one has it. Nothing: it is of this version, or newer.
// Errors: an upgrade's.
Result<std::optional<EncodedItem>> upgraded(const Schema& schema, const ItemView& item);

// The items that hold values of unique attributes (unique.h) have an attribute of this name.
inline constexpr std::string_view kUniqueHolder = "_unique";

// Whether an item is of this model, by its tag. Models without an entity name take every item but
// those that hold their unique values.
bool is_of(const Schema& schema, const ItemView& item);

// --- Keys.

// The key attributes from the members of Schema::key_members, in that order; each pointer is to a
// member's C++ type (a Value for dynamic schemas). Errors: kBadKey, kBadModel.
Result<EncodedItem> make_key(const Schema& schema, std::span<const void* const> members);
// Of an object.
Result<EncodedItem> key_of(const Schema& schema, const void* object);
// A key attribute's value from the members of its pattern, in the order of the pattern. Nothing:
// one of them is absent.
using MemberLookup = storage::FunctionRef<std::optional<EncodedValue>(size_t attribute)>;
Result<std::optional<EncodedValue>> key_value(const Schema& schema, const KeyPart& part,
                                              MemberLookup lookup);

// --- Parts, for updates and dynamic schemas.

// Holds a value against its attribute's checks, also those of documents inside.
void check_value(const Attribute& attribute, const ValueView& value, const PathFrame* at,
                 Problems& problems);
void check_document(const Schema& schema, const storage::MapView& members, const PathFrame* at,
                    Problems& problems);
// A new UUID or ULID.
std::string new_uuid_text(storage::IdSource& ids);
std::string new_ulid_text(storage::IdSource& ids, int64_t now_ms);

}  // namespace dynolith::odm
