#include "odm/change.h"

#include <algorithm>

#include "odm/unique.h"

namespace dynolith::odm {
namespace {

using storage::StreamEvent;
using storage::StreamOrigin;

ItemView image_of(const ChangeRecord& record) {
  return record.record.new_image.exists() ? record.record.new_image : record.record.old_image;
}

// One member out of the text of a key, which is what is left of `text` in front of what follows.
std::optional<std::string_view> take_member(const KeyPattern::Member& member, bool is_last,
                                            std::string_view& text) {
  size_t length = text.size();
  if (!member.following.empty())
    length = text.find(member.following);
  else if (!is_last)
    length = member.width;
  if (length == std::string_view::npos || length == 0 || length > text.size()) return std::nullopt;
  const std::string_view value = text.substr(0, length);
  text.remove_prefix(length + member.following.size());
  return value;
}

bool encode_text(std::string_view text, AttributeType type, ItemEncoder& out) {
  if (type == AttributeType::kNumber) {
    const auto number = Number::parse(text);
    if (!number.ok()) return false;
    out.number(*number);
    return true;
  }
  if (type == AttributeType::kBoolean) {
    out.boolean(text == "true");
    return text == "true" || text == "false";
  }
  out.string(text);
  return true;
}

// Calls `found` with the value of each member of one key attribute. False: the stored value is not
// of this key.
bool split_key(const Schema& schema, const KeyPart& part, const ItemView& key,
               storage::FunctionRef<bool(const Attribute&, const ValueView&)> found) {
  const auto stored = key.find(part.attribute);
  if (!stored || stored->type() != part.type) return false;
  if (!part.pattern) return found(schema.attributes[part.member], *stored);
  std::string_view text = stored->text();
  if (text.substr(0, part.pattern->leading.size()) != part.pattern->leading) return false;
  text.remove_prefix(part.pattern->leading.size());
  ItemEncoder encoder;
  const std::vector<KeyPattern::Member>& members = part.pattern->members;
  for (size_t i = 0; i < members.size(); ++i) {
    const auto value = take_member(members[i], i + 1 == members.size(), text);
    if (!value) return false;
    const Attribute& attribute = schema.attributes[members[i].attribute];
    encoder.begin_value();
    const bool fits = encode_text(*value, attribute.codec->type(), encoder);
    const EncodedValue encoded = encoder.finish_value();
    if (!fits || !found(attribute, encoded.view())) return false;
  }
  return text.empty();
}

bool split_keys(const Schema& schema, const ItemView& key,
                storage::FunctionRef<bool(const Attribute&, const ValueView&)> found) {
  if (schema.error || !schema.partition) return false;
  if (!split_key(schema, *schema.partition, key, found)) return false;
  return !schema.sort || split_key(schema, *schema.sort, key, found);
}

size_t literal_length(const std::optional<KeyPart>& part) {
  if (!part || !part->pattern) return 0;
  size_t length = part->pattern->leading.size();
  for (const KeyPattern::Member& member : part->pattern->members) length += member.following.size();
  return length;
}

EncodedItem key_item_of(const Schema& schema, const ItemView& item) {
  if (!item.exists() || !schema.partition) return {};
  std::vector<std::string> names{schema.partition->attribute};
  if (schema.sort) names.push_back(schema.sort->attribute);
  std::sort(names.begin(), names.end());
  return storage::with_only(item, names);
}

// The most telling of the models that a bare key fits.
std::optional<size_t> model_of_key(std::span<const Schema* const> models, const ItemView& key) {
  std::optional<size_t> best;
  size_t best_length = 0;
  for (size_t i = 0; i < models.size(); ++i) {
    const Schema& schema = *models[i];
    if (internal::is_holder_key(schema, key)) continue;
    if (!split_keys(schema, key, [](const Attribute&, const ValueView&) { return true; })) continue;
    const size_t length = literal_length(schema.partition) + literal_length(schema.sort);
    if (best && length <= best_length) continue;
    best = i;
    best_length = length;
  }
  return best;
}

EncodedItem owned(const ItemView& item) { return {std::string(item.bytes())}; }

}  // namespace

std::string_view to_text(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kInsert:
      return "insert";
    case ChangeKind::kModify:
      return "modify";
    case ChangeKind::kRemove:
      break;
  }
  return "remove";
}

OwnedChange OwnedChange::of(const ChangeRecord& record) {
  OwnedChange change;
  change.event = record.record.event;
  change.origin = record.record.origin;
  change.created_ms = record.record.created_ms;
  change.key = owned(record.record.key);
  change.old_image = owned(record.record.old_image);
  change.new_image = owned(record.record.new_image);
  change.sequence = record.sequence;
  return change;
}

ChangeRecord OwnedChange::view() const {
  ChangeRecord record;
  record.record.event = event;
  record.record.origin = origin;
  record.record.created_ms = created_ms;
  record.record.key = key.view();
  record.record.old_image = old_image.view();
  record.record.new_image = new_image.view();
  record.sequence = sequence;
  return record;
}

std::optional<size_t> model_of_change(std::span<const Schema* const> models,
                                      const ChangeRecord& record) {
  const ItemView image = image_of(record);
  if (!image.exists()) return model_of_key(models, record.record.key);
  for (size_t i = 0; i < models.size(); ++i)
    if (is_of(*models[i], image)) return i;
  return std::nullopt;
}

Result<void> read_key(const Schema& schema, const ItemView& key, void* object) {
  if (schema.error) return *schema.error;
  Problems problems;
  const bool fits =
      split_keys(schema, key, [&](const Attribute& attribute, const ValueView& value) {
        const PathFrame frame{nullptr, attribute.name, 0};
        DecodeContext context{problems, &frame};
        return attribute.codec->decode(value, schema.make_member(attribute, object), context);
      });
  if (!problems.empty()) return mismatch_error(schema.model, std::move(problems));
  if (!fits) return make_error(ErrorCode::kTypeMismatch, "a key is not one of " + schema.model);
  return {};
}

void read_change(const Schema& schema, const ChangeRecord& record, ChangeInfo& info,
                 storage::FunctionRef<void*(Image image)> make) {
  const storage::StreamRecordView& stored = record.record;
  info.kind = stored.event == StreamEvent::kInsert   ? ChangeKind::kInsert
              : stored.event == StreamEvent::kModify ? ChangeKind::kModify
                                                     : ChangeKind::kRemove;
  info.expired = stored.origin == StreamOrigin::kTimeToLive;
  info.created_ms = stored.created_ms;
  info.sequence = record.sequence;
  const ItemView image = image_of(record);
  info.key_item = key_item_of(schema, stored.key.exists() ? stored.key : image);
  Result<void> read;
  if (!image.exists()) read = read_key(schema, stored.key, make(Image::kKey));
  // An item may have been another model's before.
  if (stored.old_image.exists() && is_of(schema, stored.old_image))
    read = read_object(schema, stored.old_image, make(Image::kBefore));
  if (read.ok() && stored.new_image.exists())
    read = read_object(schema, stored.new_image, make(Image::kAfter));
  if (!read.ok()) info.problem = std::move(read).error();
}

}  // namespace dynolith::odm
