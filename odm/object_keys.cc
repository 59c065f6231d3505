// Key attributes from members.
#include <array>

#include "odm/object.h"
#include "odm/typed_key.h"
#include "storage/value/utf8.h"

namespace dynolith::odm {
namespace {

Error no_key(const Schema& schema) {
  if (schema.error) return *schema.error;
  return make_error(ErrorCode::kBadModel, schema.model + " has no key");
}

Error missing_member(const Schema& schema, const Attribute& attribute) {
  Error error =
      make_error(ErrorCode::kBadKey, schema.model + ": the key needs \"" + attribute.name + "\"");
  error.problems.push_back({attribute.name, "is needed for the key"});
  return error;
}

// The address of a member by its position in Schema::attributes; null: absent.
using FindMember = storage::FunctionRef<const void*(size_t attribute)>;

// Makes a key of its attributes, the partition key first. Every read of an item comes through here:
// what fails is said out of the way, and little is written twice.
class KeyMaker {
 public:
  KeyMaker(const Schema& schema, FindMember find) : schema_(schema), find_(find) {}

  // False: what is wrong is in `error`.
  [[gnu::noinline]] bool add(const KeyPart& part) {
    std::string& bytes = bytes_[count_];
    storage::NamedValue& added = attributes_[count_++];
    added.name = part.attribute;
    if (!part.pattern) return member_value(part.member, bytes, added.value);
    append(bytes, part.pattern->leading);
    for (const KeyPattern::Member& member : part.pattern->members) {
      ValueView value;
      if (!member_value(member.attribute, encoded_, value)) return false;
      error = append_member_text(member, value, bytes);
      if (!error) return false;
      append(bytes, member.following);
    }
    added.value = text_value(bytes);
    return true;
  }

  EncodedItem finish() {
    if (count_ == 2 && attributes_[1].name < attributes_[0].name) [[unlikely]]
      std::swap(attributes_[0], attributes_[1]);
    return storage::encode_attributes({attributes_.data(), count_});
  }

  Result<void> error;

 private:
  [[gnu::noinline]] static void append(std::string& bytes, std::string_view text) {
    bytes.append(text);
  }
  static ValueView text_value(std::string_view text) {
    return {static_cast<uint8_t>(AttributeType::kString), text};
  }

  // A text is read in place, what else a member may be is encoded into `bytes`.
  bool member_value(size_t position, std::string& bytes, ValueView& value) {
    const Attribute& attribute = schema_.attributes[position];
    const void* const member = find_(position);
    if (member == nullptr || attribute.codec->is_absent(member)) {
      error = missing_member(schema_, attribute);
      return false;
    }
    if (const auto text = attribute.codec->text_of(member); text && storage::is_valid_utf8(*text)) {
      value = text_value(*text);
      return true;
    }
    return encode_member(attribute, member, bytes, value);
  }

  [[gnu::noinline]] bool encode_member(const Attribute& attribute, const void* member,
                                       std::string& bytes, ValueView& value) {
    const PathFrame frame{nullptr, attribute.name, 0};
    Problems problems;
    bytes = encode_alone(*attribute.codec, member, problems, &frame).bytes;
    if (!bytes.empty() && problems.empty()) {
      value = ValueView::of(bytes);
      return true;
    }
    Error bad = make_error(ErrorCode::kBadKey, schema_.model + ": a key cannot be made");
    bad.problems = std::move(problems.list());
    error = std::move(bad);
    return false;
  }

  const Schema& schema_;
  const FindMember find_;
  std::array<storage::NamedValue, 2> attributes_;
  std::array<std::string, 2> bytes_;  // What their values refer to.
  std::string encoded_;               // A member's value, until its text is taken.
  size_t count_ = 0;
};

Result<EncodedItem> key_item(const Schema& schema, FindMember find) {
  if (schema.error || !schema.partition) [[unlikely]]
    return no_key(schema);
  KeyMaker maker(schema, find);
  if (!maker.add(*schema.partition) || (schema.sort && !maker.add(*schema.sort))) [[unlikely]]
    return std::move(maker.error).error();
  return maker.finish();
}

}  // namespace

Result<EncodedItem> make_key(const Schema& schema, std::span<const void* const> members) {
  return key_item(schema, [&](size_t attribute) -> const void* {
    for (size_t i = 0; i < members.size() && i < schema.key_members.size(); ++i)
      if (schema.key_members[i] == attribute) return members[i];
    return nullptr;
  });
}

Result<EncodedItem> key_of(const Schema& schema, const void* object) {
  return key_item(schema, [&](size_t attribute) {
    return schema.member(schema.attributes[attribute], object);
  });
}

Result<std::optional<EncodedValue>> key_value(const Schema& schema, const KeyPart& part,
                                              MemberLookup lookup) {
  if (!part.pattern) return lookup(part.member);
  std::string text = part.pattern->leading;
  for (const KeyPattern::Member& member : part.pattern->members) {
    const std::optional<EncodedValue> value = lookup(member.attribute);
    if (!value || value->bytes.empty() || value->view().type() == AttributeType::kNull)
      return std::optional<EncodedValue>();
    Result<void> appended = append_member_text(member, value->view(), text);
    if (!appended) {
      Error error = std::move(appended).error();
      error.message = schema.model + ": " + error.message;
      return error;
    }
    text.append(member.following);
  }
  thread_local ItemEncoder encoder;
  encoder.begin_value();
  encoder.string(text);
  return std::optional<EncodedValue>(encoder.finish_value());
}

namespace internal {

Error key_without_model_error(const Schema& schema) { return no_key(schema); }

Error key_member_range_error(const Schema& schema, size_t key_member) {
  const Attribute& attribute = schema.attributes[schema.key_members[key_member]];
  Error error = make_error(ErrorCode::kBadKey, schema.model + ": a key cannot be made");
  error.problems.push_back({attribute.name, "does not fit the member"});
  return error;
}

Error unknown_index_error(const Schema& schema, std::string_view name) {
  if (schema.error) return *schema.error;
  return make_error(ErrorCode::kBadModel,
                    schema.model + " has no index \"" + std::string(name) + "\"");
}

}  // namespace internal
}  // namespace dynolith::odm
