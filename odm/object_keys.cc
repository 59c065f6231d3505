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

// Writes one key attribute into the item that the encoder is building.
class KeyWriter {
 public:
  KeyWriter(const Schema& schema, ItemEncoder& out) : schema_(schema), out_(out) {}

  // `find` gives the address of a member by its position in Schema::attributes; null: absent.
  template <class Find>
  Result<void> write(const KeyPart& part, Find find) {
    if (!part.pattern) {
      const Attribute& attribute = schema_.attributes[part.member];
      const void* member = find(part.member);
      if (member == nullptr || attribute.codec->is_absent(member))
        return missing_member(schema_, attribute);
      out_.name(part.attribute);
      const PathFrame frame{nullptr, attribute.name, 0};
      EncodeContext context{out_, problems_, &frame};
      if (!attribute.codec->encode(member, context)) return bad_members();
      return {};
    }
    std::string text = part.pattern->leading;
    for (const KeyPattern::Member& member : part.pattern->members) {
      const Attribute& attribute = schema_.attributes[member.attribute];
      const void* address = find(member.attribute);
      if (address == nullptr || attribute.codec->is_absent(address))
        return missing_member(schema_, attribute);
      if (const auto plain = attribute.codec->text_of(address);
          plain && storage::is_valid_utf8(*plain)) {
        const ValueView view(static_cast<uint8_t>(AttributeType::kString), *plain);
        TRY(append_member_text(member, view, text));
      } else {
        const PathFrame frame{nullptr, attribute.name, 0};
        const EncodedValue value = encode_alone(*attribute.codec, address, problems_, &frame);
        if (!problems_.empty()) return bad_members();
        TRY(append_member_text(member, value.view(), text));
      }
      text.append(member.following);
    }
    out_.name(part.attribute);
    out_.string(text);
    return {};
  }

 private:
  Error bad_members() {
    Error error = make_error(ErrorCode::kBadKey, schema_.model + ": a key cannot be made");
    error.problems = std::move(problems_.list());
    return error;
  }

  const Schema& schema_;
  ItemEncoder& out_;
  Problems problems_;
};

template <class Find>
Result<EncodedItem> key_item(const Schema& schema, Find find) {
  if (schema.error || !schema.partition) return no_key(schema);
  // Not the thread's shared encoder: members are encoded alone meanwhile.
  thread_local ItemEncoder encoder;
  encoder.begin_item();
  KeyWriter writer(schema, encoder);
  TRY(writer.write(*schema.partition, find));
  if (schema.sort) TRY(writer.write(*schema.sort, find));
  return encoder.finish_item();
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
