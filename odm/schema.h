// A model as data: what the mapper's core works from, whether it was declared for a struct
// (model.h) or defined at run time (dynamic/). Immutable once built; lives as long as whoever made
// it, for ever for structs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "odm/check.h"
#include "odm/codec.h"
#include "odm/key_pattern.h"
#include "odm/result.h"
#include "odm/value.h"
#include "storage/function.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {
struct Condition;
}

namespace dynolith::odm {

enum class AttributeRole : uint8_t {
  kPlain,
  kCreatedAt,
  kUpdatedAt,
  kExpiresAt,  // The table's time to live.
  kVersion,    // Optimistic lock.
  kCounter,    // Counts writes of the item.
  kExtra,      // Not an attribute: a Map of those that the model does not know.
};

// Where a value that is filled in comes from.
struct Source {
  enum class Kind : uint8_t { kNone, kLiteral, kUuid, kUlid, kCall };
  Kind kind = Kind::kNone;
  EncodedValue literal = {};
  storage::Function<void(void* member)> call = {};

  explicit operator bool() const { return kind != Kind::kNone; }
};

// How a time is stored.
enum class TimeForm : uint8_t { kMilliseconds, kSeconds, kIso };

struct Attribute {
  static constexpr ptrdiff_t kDynamic = -1;

  // First what reading an item looks at.
  std::string name;  // In paths, patterns, JSON.
  const ValueCodec* codec = nullptr;
  ptrdiff_t offset = kDynamic;  // In the struct.
  AttributeRole role = AttributeRole::kPlain;
  bool required = false;
  bool read_only = false;   // Set at creation; updates and saves may not change it.
  bool hidden = false;      // Left out of views that do not name it.
  bool nullable = false;    // Absent is stored as NULL.
  bool masked = false;      // Shown as "***" in errors and logs.
  bool is_key = false;      // A member of the table's key. Read-only.
  bool finishes = true;     // Reading it ends with getters, of its own or of documents inside.
  std::string stored_name;  // In the item.
  std::vector<std::string> aliases;             // Other names it answers to.
  const ValueCodec* declared_codec = nullptr;   // Before options replaced it; with offset: whose.
  std::shared_ptr<const ValueCodec> own_codec;  // If the codec was made for this attribute.
  std::vector<Check> checks;
  Source generated;      // Acts at creation on the initial value.
  Source default_value;  // Acts on what is absent, when written and when read.
  storage::Function<void(void*member)> on_set, on_get;
  int64_t lifetime_ms = 0;  // kExpiresAt: from creation; 0: only if given.
  int64_t counter_start = 0, counter_step = 1;

  // Whether a stored value can be wrong for it: it, or a document inside, has rules.
  bool needs_check() const {
    return !checks.empty() || required || codec->schema() != nullptr ||
           codec->element() != nullptr || codec->meaning() == Meaning::kAny;
  }
};

// A key attribute of the table or an index.
struct KeyPart {
  std::string attribute;  // Stored name.
  AttributeType type = AttributeType::kString;
  std::optional<KeyPattern> pattern;  // Absent: the attribute is a member's own.
  size_t member = 0;                  // Without a pattern: of Schema::attributes.
};

struct IndexSchema {
  std::string name;
  storage::IndexKind kind = storage::IndexKind::kGlobal;
  std::vector<KeyPart> partition, sort;
  std::vector<size_t> members;  // Of Schema::attributes, in the order queries take them.
  storage::IndexProjection projection;
};

struct Derived {
  size_t target = 0;           // Of Schema::attributes.
  std::vector<size_t> inputs;  // Changing one of these needs all of them.
  storage::Function<void(void* object)> compute;
  // What stands between the inputs' texts, if that is all the rule says (dynamic schemas).
  std::optional<std::string> separator = {};
};

struct Unique {
  size_t attribute = 0;  // Of Schema::attributes.
};

struct ObjectCheck {
  storage::Function<bool(const void* object)> holds;
  std::string message;
};

enum class Unknown : uint8_t { kIgnore, kKeep, kRefuse };

struct Upgrade {
  int64_t from = 0;
  storage::Function<Result<void>(Map& item)> apply;
};

struct Hooks {
  // `operation`: "create", "put", "save". May change the object, or refuse.
  std::vector<storage::Function<Result<void>(std::string_view operation, void* object)>>
      before_write;
  std::vector<storage::Function<void(std::string_view operation, const void* object)>> after_write;
  std::vector<storage::Function<void(void* object)>> after_read;
};

class Schema {
 public:
  // Compiled once, not wherever a model is declared.
  Schema();
  ~Schema();
  Schema(const Schema& other);
  Schema(Schema&& other) noexcept;
  Schema& operator=(Schema&& other) noexcept;

  std::string model;          // What errors call it.
  std::string entity;         // Written to every item; empty: it has the table for itself.
  std::string tag_attribute;  // Where.
  bool is_dynamic = false;    // Its objects are Maps.
  std::vector<Attribute> attributes;
  std::optional<KeyPart> partition, sort;
  std::vector<size_t> key_members;  // Of attributes, in the order get() takes them.
  std::vector<IndexSchema> indexes;
  std::vector<ObjectCheck> checks;
  std::vector<Derived> derived;
  std::vector<Unique> unique;
  Unknown unknown = Unknown::kIgnore;
  int64_t version = 0;  // Of the schema; 0: not versioned.
  std::string version_attribute;
  std::vector<Upgrade> upgrades;  // Ascending once finished.
  std::map<std::string, std::vector<size_t>, std::less<>> views;
  Hooks hooks;
  std::optional<Error> error;  // The declaration contradicts itself: every call answers this.

  std::optional<size_t> created_at, updated_at, expires_at, lock_version, extra;

  // Conditions that an item has the tag, and that it has or is not there; null without an entity.
  // Made by finish(), for every write.
  std::shared_ptr<const storage::Condition> has_tag, has_tag_or_is_absent;

  // By name or alias. Null: none.
  const Attribute* find(std::string_view name) const;
  const Attribute* find_stored(std::string_view stored_name) const;
  // By what a member pointer says. Null: the member is not mapped.
  const Attribute* find_member(ptrdiff_t offset, const ValueCodec* declared) const;
  const IndexSchema* find_index(std::string_view name) const;
  size_t position(const Attribute& attribute) const {
    return static_cast<size_t>(&attribute - attributes.data());
  }
  // Names that the mapper itself writes: tag, version, keys made of patterns.
  bool is_own_name(std::string_view stored_name) const;
  bool is_typed() const { return !is_dynamic && (attributes.empty() || attributes[0].offset >= 0); }

  // The member of an object; null if a dynamic item has none.
  const void* member(const Attribute& attribute, const void* object) const {
    if (attribute.offset >= 0) return static_cast<const char*>(object) + attribute.offset;
    return find_dynamic(attribute, object);
  }
  void* member(const Attribute& attribute, void* object) const {
    return const_cast<void*>(member(attribute, static_cast<const void*>(object)));
  }
  // Adds it to a dynamic item.
  void* make_member(const Attribute& attribute, void* object) const;
  bool is_absent(const Attribute& attribute, const void* object) const {
    const void* value = member(attribute, object);
    return value == nullptr || attribute.codec->is_absent(value);
  }

  // Resolves names, checks everything, fills what is derived from the rest. What is wrong is in
  // `error` afterwards. `key_arguments`: names of the members that get() takes, if known.
  void finish();

  // Attributes in ascending order of their stored names, for readers of items.
  struct StoredName {
    uint64_t rank = 0;  // Of the name, as its end (storage/encoding/text_rank.h).
    uint64_t end = 0;
    uint32_t size = 0;      // Its bytes.
    uint32_t position = 0;  // Of `attributes`.
    // What decoding it needs of the attribute, which is large: together here, in order of reading.
    const ValueCodec* codec = nullptr;
    ptrdiff_t offset = Attribute::kDynamic;
    std::string_view name = {};  // Of the attribute, in paths.
  };
  const std::vector<StoredName>& by_stored_name() const { return finished_.by_stored_name; }
  // Where items that have all attributes have the tag.
  uint32_t likely_tag_position() const { return finished_.likely_tag_position; }
  // Positions of the attributes that reading ends with (Attribute::finishes).
  const std::vector<uint32_t>& finishing() const { return finished_.finishing; }

 private:
  static const void* find_dynamic(const Attribute& attribute, const void* object);
  void make_tag_conditions();

  // What finish() makes of the attributes and refers to them: a copy has to be finished anew.
  struct Finished {
    Finished() = default;
    Finished(const Finished&) {}
    Finished(Finished&&) = default;
    Finished& operator=(Finished&&) = default;

    std::vector<StoredName> by_stored_name;
    std::vector<uint32_t> finishing;
    uint32_t likely_tag_position = 0;
  };

  Finished finished_;
  std::vector<std::string> own_names_;
};

// A codec for times stored in another form than milliseconds.
std::shared_ptr<const ValueCodec> time_codec(const ValueCodec& inner, TimeForm form);

}  // namespace dynolith::odm
