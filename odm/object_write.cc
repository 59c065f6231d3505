// Objects to items.
#include <algorithm>

#include "odm/codecs.h"
#include "odm/object.h"
#include "storage/limits.h"

namespace dynolith::odm {
namespace {

// Sets a number through the member's codec: versions and counters. Nothing: it does not fit there.
void set_number(const Attribute& attribute, void* member, std::optional<int64_t> value,
                Problems& problems) {
  const PathFrame frame{nullptr, attribute.name, 0};
  if (!value) return problems.add(&frame, "cannot be counted any further");
  thread_local ItemEncoder encoder;
  encoder.begin_value();
  encoder.number(Number(*value));
  const EncodedValue encoded = encoder.finish_value();
  DecodeContext context{problems, &frame};
  attribute.codec->decode(encoded.view(), member, context);
}

std::optional<int64_t> sum(int64_t a, int64_t b) {
  int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

int64_t number_of(const Attribute& attribute, const void* member) {
  Problems ignored;
  if (member == nullptr || attribute.codec->is_absent(member)) return 0;
  const EncodedValue value = encode_alone(*attribute.codec, member, ignored);
  if (value.bytes.empty() || value.view().type() != AttributeType::kNumber) return 0;
  return value.view().number().to_int64().value_or(0);
}

void set_text(const Attribute& attribute, void* member, std::string_view text,
              PrepareContext& context) {
  thread_local ItemEncoder encoder;
  encoder.begin_value();
  encoder.string(text);
  const EncodedValue encoded = encoder.finish_value();
  DecodeContext decoding{context.problems, context.at};
  attribute.codec->decode(encoded.view(), member, decoding);
}

void run(const Source& source, const Attribute& attribute, void* member, PrepareContext& context) {
  switch (source.kind) {
    case Source::Kind::kNone:
      return;
    case Source::Kind::kLiteral: {
      DecodeContext decoding{context.problems, context.at};
      if (!source.literal.bytes.empty())
        attribute.codec->decode(source.literal.view(), member, decoding);
      return;
    }
    case Source::Kind::kUuid:
      return set_text(attribute, member, new_uuid_text(context.ids), context);
    case Source::Kind::kUlid:
      return set_text(attribute, member, new_ulid_text(context.ids, context.now_ms), context);
    case Source::Kind::kCall:
      source.call(member);
      return;
  }
}

// `creates`: the object may be new. What was taken away from one that is saved stays away.
void prepare_attribute(const Schema& schema, const Attribute& attribute, void* object, bool creates,
                       PrepareContext& context) {
  const PathFrame frame{context.at, attribute.name, 0};
  PrepareContext inner{context.now_ms, context.ids, context.problems, &frame};
  void* member = schema.member(attribute, object);
  if (creates && attribute.generated &&
      (member == nullptr || attribute.codec->is_initial(member))) {
    member = schema.make_member(attribute, object);
    run(attribute.generated, attribute, member, inner);
  }
  if (attribute.default_value && (member == nullptr || attribute.codec->is_absent(member))) {
    member = schema.make_member(attribute, object);
    run(attribute.default_value, attribute, member, inner);
  }
  if (member == nullptr) return;
  attribute.codec->prepare(member, inner);
  if (attribute.on_set && !attribute.codec->is_absent(member)) attribute.on_set(member);
}

// Timestamps, version, time to live and counters of the whole object.
class Roles {
 public:
  Roles(const Schema& schema, void* object, WriteKind kind, int64_t now_ms, Problems& problems)
      : schema_(schema), object_(object), kind_(kind), now_ms_(now_ms), problems_(problems) {}

  void set() {
    is_new_ = looks_new();
    for (const Attribute& attribute : schema_.attributes) {
      if (attribute.role == AttributeRole::kPlain || attribute.role == AttributeRole::kExtra)
        continue;
      // Without a lifetime the caller says when an item expires, or it never does.
      if (attribute.role == AttributeRole::kExpiresAt && attribute.lifetime_ms == 0) continue;
      set_one(attribute, schema_.make_member(attribute, object_));
    }
  }

 private:
  // Whether no write has left its traces in an object that is put.
  bool looks_new() const {
    if (kind_ != WriteKind::kPut) return kind_ == WriteKind::kCreate;
    if (schema_.lock_version) {
      const Attribute& version = schema_.attributes[*schema_.lock_version];
      return number_of(version, schema_.member(version, object_)) == 0;
    }
    if (!schema_.created_at) return true;
    const Attribute& created = schema_.attributes[*schema_.created_at];
    const void* const time = schema_.member(created, object_);
    return time == nullptr || created.codec->is_initial(time);
  }
  bool is_first_count(const Attribute& attribute, const void* member) const {
    if (kind_ == WriteKind::kCreate || !is_new_) return is_new_;
    // A count of nothing is a count, where it can be told from none.
    return !schema_.is_typed() || attribute.codec->can_be_absent()
               ? attribute.codec->is_absent(member)
               : attribute.codec->is_initial(member);
  }

  void set_one(const Attribute& attribute, void* member) {
    switch (attribute.role) {
      case AttributeRole::kCreatedAt:
        if (kind_ == WriteKind::kCreate || attribute.codec->is_initial(member))
          attribute.codec->set_time(member, now_ms_);
        return;
      case AttributeRole::kUpdatedAt:
        attribute.codec->set_time(member, now_ms_);
        return;
      case AttributeRole::kExpiresAt:
        // Not when it is saved: what was taken away stays away.
        if (attribute.lifetime_ms > 0 && kind_ != WriteKind::kSave &&
            attribute.codec->is_initial(member))
          attribute.codec->set_time(member, now_ms_ + attribute.lifetime_ms);
        return;
      case AttributeRole::kVersion:
        set_number(attribute, member,
                   kind_ == WriteKind::kCreate ? 1 : sum(number_of(attribute, member), 1),
                   problems_);
        return;
      case AttributeRole::kCounter:
        set_number(attribute, member,
                   is_first_count(attribute, member)
                       ? attribute.counter_start
                       : sum(number_of(attribute, member), attribute.counter_step),
                   problems_);
        return;
      case AttributeRole::kPlain:
      case AttributeRole::kExtra:
        return;
    }
  }

  const Schema& schema_;
  void* object_;
  const WriteKind kind_;
  const int64_t now_ms_;
  Problems& problems_;
  bool is_new_ = false;
};

// Checks of documents inside a value: itself, or its elements.
void check_inside(const ValueCodec& codec, const ValueView& value, const PathFrame* at,
                  Problems& problems) {
  if (const ValueCodec* chosen = codec.chosen(value))
    return check_inside(*chosen, value, at, problems);
  if (const Schema* schema = codec.schema()) {
    if (value.type() == AttributeType::kMap) check_document(*schema, value.members(), at, problems);
    return;
  }
  const ValueCodec* element = codec.element();
  if (element == nullptr || (element->schema() == nullptr && element->element() == nullptr &&
                             element->meaning() != Meaning::kAny))
    return;
  if (value.type() == AttributeType::kList) {
    const storage::ListView elements = value.elements();
    for (uint32_t i = 0; i < elements.size(); ++i) {
      const PathFrame frame{at, {}, i};
      check_inside(*element, elements[i], &frame, problems);
    }
  } else if (value.type() == AttributeType::kMap) {
    const storage::MapView members = value.members();
    for (uint32_t i = 0; i < members.size(); ++i) {
      const auto [name, member] = members[i];
      const PathFrame frame{at, name, 0};
      check_inside(*element, member, &frame, problems);
    }
  }
}

bool is_empty_text(const ValueView& value) {
  return value.type() == AttributeType::kString && value.text().empty();
}

// Under which other name a dynamic item has an attribute that it has already; null: under none.
const std::string* second_name(const Schema& schema, const Attribute& attribute,
                               const void* object) {
  if (schema.is_typed() || attribute.aliases.empty()) return nullptr;
  const Map& item = *static_cast<const Map*>(object);
  bool is_there = item.count(attribute.name) > 0;
  for (const std::string& alias : attribute.aliases) {
    if (item.count(alias) == 0) continue;
    if (is_there) return &alias;
    is_there = true;
  }
  return nullptr;
}

// Writes the attributes of an object, the outermost one or a document.
void encode_attributes(const Schema& schema, const void* object, EncodeContext& context) {
  for (const Attribute& attribute : schema.attributes) {
    if (attribute.role == AttributeRole::kExtra) continue;
    const PathFrame frame{context.at, attribute.name, 0};
    if (const std::string* other = second_name(schema, attribute, object)) {
      context.problems.add(&frame, "is given twice, as " + *other + " too");
      context.out.name(attribute.stored_name);
      context.out.null();
      continue;
    }
    const void* member = schema.member(attribute, object);
    if (member == nullptr || attribute.codec->is_absent(member)) {
      if (attribute.required) context.problems.add(&frame, "is required");
      if (attribute.nullable) {
        context.out.name(attribute.stored_name);
        context.out.null();
      }
      continue;
    }
    context.out.name(attribute.stored_name);
    EncodeContext inner{context.out, context.problems, &frame, context.depth};
    attribute.codec->encode(member, inner);
  }
}

void encode_member(std::string_view name, const Value& value, EncodeContext& context) {
  const PathFrame frame{context.at, name, 0};
  EncodeContext inner{context.out, context.problems, &frame, context.depth};
  internal::check_member_name(name, inner);
  context.out.name(name);
  internal::encode_any(value, inner);
}

// What a struct keeps for attributes that its model does not know.
void encode_extra(const Schema& schema, const void* object, EncodeContext& context) {
  if (!schema.extra) return;
  const void* extra = schema.member(schema.attributes[*schema.extra], object);
  for (const auto& [name, value] : *static_cast<const Map*>(extra))
    if (schema.find_stored(name) == nullptr && !schema.is_own_name(name))
      encode_member(name, value, context);
}

// What a dynamic item has beside its schema's attributes.
void encode_unknown(const Schema& schema, const void* object, EncodeContext& context) {
  if (schema.is_typed()) return;
  for (const auto& [name, value] : *static_cast<const Map*>(object)) {
    if (schema.find(name) != nullptr || schema.is_own_name(name)) continue;
    // The place of another attribute in the item: what it holds comes from that one alone.
    if (schema.find_stored(name) != nullptr) continue;
    if (schema.unknown == Unknown::kKeep) encode_member(name, value, context);
    if (schema.unknown == Unknown::kRefuse) {
      const PathFrame frame{context.at, name, 0};
      context.problems.add(&frame, "is not an attribute of " + schema.model);
    }
  }
}

// Key attributes that patterns compose, of the table and of indexes.
class KeyAttributes {
 public:
  KeyAttributes(const Schema& schema, const void* object, EncodeContext& context)
      : schema_(schema), object_(object), context_(context) {}

  Result<void> write() {
    if (schema_.partition) TRY(write_one(*schema_.partition, true));
    if (schema_.sort) TRY(write_one(*schema_.sort, true));
    for (const IndexSchema& index : schema_.indexes) {
      if (index.kind == storage::IndexKind::kGlobal)
        for (const KeyPart& part : index.partition) TRY(write_one(part, false));
      for (const KeyPart& part : index.sort) TRY(write_one(part, false));
    }
    return {};
  }

 private:
  Result<void> write_one(const KeyPart& part, bool is_needed) {
    if (!part.pattern) {
      const Attribute& attribute = schema_.attributes[part.member];
      if (is_needed && !attribute.required && schema_.is_absent(attribute, object_))
        context_.problems.add(std::string(attribute.name), "is needed for the key");
      return {};
    }
    const auto lookup = [&](size_t position) -> std::optional<EncodedValue> {
      const Attribute& attribute = schema_.attributes[position];
      const void* member = schema_.member(attribute, object_);
      if (member == nullptr || attribute.codec->is_absent(member)) return std::nullopt;
      Problems ignored;  // The attribute itself has said them.
      return encode_alone(*attribute.codec, member, ignored);
    };
    const std::optional<EncodedValue> value = TRY(key_value(schema_, part, lookup));
    if (value) {
      context_.out.name(part.attribute);
      context_.out.value(value->view());
    } else if (is_needed) {
      for (const KeyPattern::Member& member : part.pattern->members)
        if (!lookup(member.attribute))
          context_.problems.add(std::string(member.name), "is needed for the key");
    }
    return {};
  }

  const Schema& schema_;
  const void* object_;
  EncodeContext& context_;
};

// Everything that an item consists of.
Result<void> encode_item(const Schema& schema, const void* object, EncodeContext& context) {
  context.out.begin_item();
  encode_attributes(schema, object, context);
  encode_extra(schema, object, context);
  encode_unknown(schema, object, context);
  if (!schema.entity.empty()) {
    context.out.name(schema.tag_attribute);
    context.out.string(schema.entity);
  }
  if (schema.version > 0) {
    context.out.name(schema.version_attribute);
    context.out.number(Number(schema.version));
  }
  return KeyAttributes(schema, object, context).write();
}

}  // namespace

std::string_view to_text(WriteKind kind) {
  switch (kind) {
    case WriteKind::kCreate:
      return "create";
    case WriteKind::kPut:
      return "put";
    case WriteKind::kSave:
      return "save";
  }
  return "write";
}

void check_value(const Attribute& attribute, const ValueView& value, const PathFrame* at,
                 Problems& problems) {
  if (value.type() == AttributeType::kNull && attribute.nullable) return;
  for (const Check& check : attribute.checks)
    if (!holds(check, value)) problems.add(at, check.message);
  // A struct's string is always there; a dynamic item says by leaving it out that it has none.
  if (attribute.required && attribute.offset != Attribute::kDynamic && is_empty_text(value))
    problems.add(at, "is required");
  check_inside(*attribute.codec, value, at, problems);
}

void check_document(const Schema& schema, const storage::MapView& members, const PathFrame* at,
                    Problems& problems) {
  for (const Attribute& attribute : schema.attributes) {
    if (!attribute.needs_check()) continue;
    const auto value = members.find(attribute.stored_name);
    if (!value) continue;
    const PathFrame frame{at, attribute.name, 0};
    check_value(attribute, *value, &frame, problems);
  }
}

Result<EncodedItem> encode_object(const Schema& schema, const void* object) {
  if (schema.error) return *schema.error;
  // Members are encoded alone, with another encoder, while this one is open.
  thread_local ItemEncoder encoder;
  Problems problems;
  EncodeContext context{encoder, problems};
  const Result<void> keys = encode_item(schema, object, context);
  if (!keys && problems.empty()) return keys.error();
  EncodedItem item = encoder.finish_item();
  check_document(schema, item.view().attributes(), nullptr, problems);
  if (!problems.empty()) return invalid_error(schema.model, std::move(problems));
  return item;
}

EncodedItem encode_as_is(const Schema& schema, const void* object) {
  if (schema.error) return {};
  thread_local ItemEncoder encoder;
  Problems ignored;
  EncodeContext context{encoder, ignored};
  const Result<void> keys = encode_item(schema, object, context);
  return encoder.finish_item();
}

Result<EncodedItem> make_item(const Schema& schema, void* object, WriteKind kind, Moment moment) {
  if (schema.error) return *schema.error;
  for (const auto& hook : schema.hooks.before_write) TRY(hook(to_text(kind), object));
  Problems problems;
  PrepareContext context{moment.now_ms, moment.ids, problems};
  for (const Attribute& attribute : schema.attributes)
    prepare_attribute(schema, attribute, object, kind != WriteKind::kSave, context);
  Roles(schema, object, kind, moment.now_ms, problems).set();
  for (const Derived& rule : schema.derived) rule.compute(object);
  for (const ObjectCheck& check : schema.checks)
    if (!check.holds(object)) problems.add(std::string(), check.message);
  Result<EncodedItem> item = encode_object(schema, object);
  if (problems.empty()) return item;
  if (!item)
    for (const Problem& problem : item.error().problems)
      problems.add(problem.path, problem.message);
  return invalid_error(schema.model, std::move(problems));
}

namespace internal {

bool encode_document(const Schema& schema, const void* object, EncodeContext& context) {
  if (!enter_document(context)) return false;
  const size_t before = context.problems.size();
  EncodeContext inner{context.out, context.problems, context.at, context.depth + 1};
  context.out.begin_map();
  encode_attributes(schema, object, inner);
  encode_extra(schema, object, inner);
  encode_unknown(schema, object, inner);
  context.out.end();
  return context.problems.size() == before;
}

void prepare_document(const Schema& schema, void* object, PrepareContext& context) {
  for (const Attribute& attribute : schema.attributes)
    prepare_attribute(schema, attribute, object, true, context);
  for (const Derived& rule : schema.derived) rule.compute(object);
  for (const ObjectCheck& check : schema.checks)
    if (!check.holds(object)) context.problems.add(context.at, check.message);
}

}  // namespace internal
}  // namespace dynolith::odm
