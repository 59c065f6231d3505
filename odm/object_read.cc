// Items to objects.
#include <algorithm>

#include "odm/codecs.h"
#include "odm/object.h"
#include "odm/selection.h"
#include "storage/encoding/map_cursor.h"
#include "storage/encoding/text_rank.h"

namespace dynolith::odm {
namespace {

class Reader {
 public:
  Reader(const Schema& schema, void* object, Reading reading, Problems& problems,
         const SelectedParts* parts)
      : schema_(schema), object_(object), reading_(reading), problems_(problems), parts_(parts) {}

  // Both sides are sorted by stored name: one pass over them.
  void read(const storage::MapView& members, const PathFrame* at) {
    const StoredName* known = schema_.by_stored_name().data();
    const StoredName* const end = known + schema_.by_stored_name().size();
    PathFrame frame{at, {}, 0};
    for (storage::MapCursor member(members); !member.at_end(); member.next()) {
      const storage::RankedText name{member.name()};
      int order = 1;
      while (known != end && (order = compare(*known, name)) < 0) missing(*known++, at);
      if (order == 0) {
        frame.name = known->name;
        present(*known++, member.value(), frame);
      } else {
        unknown(name.text, member.value(), at);
      }
    }
    while (known != end) missing(*known++, at);
  }

 private:
  using StoredName = Schema::StoredName;

  const Attribute& attribute(const StoredName& stored) const {
    return schema_.attributes[stored.position];
  }

  int compare(const StoredName& stored, const storage::RankedText& name) const {
    if (stored.rank != name.rank) return stored.rank < name.rank ? -1 : 1;
    if (stored.size == name.text.size() && stored.size <= 2 * storage::kRankBytes &&
        stored.end == storage::end_of(name.text))
      return 0;
    return compare_long(stored, name.text);
  }

  [[gnu::noinline]] int compare_long(const StoredName& stored, std::string_view name) const {
    return std::string_view(attribute(stored).stored_name).compare(name);
  }

  void* member_of(const Attribute& attribute) const {
    if (attribute.offset >= 0) return static_cast<char*>(object_) + attribute.offset;
    return schema_.make_member(attribute, object_);
  }

  void present(const StoredName& stored, const ValueView& value, const PathFrame& at) {
    if (value.type() == AttributeType::kNull && stored.codec->type() != AttributeType::kNull &&
        !schema_.is_typed())
      return null_of_dynamic(attribute(stored), value, at.parent);
    DecodeContext context{
        problems_, &at,
        parts_ == nullptr ? nullptr : parts_->member(attribute(stored).stored_name)};
    void* const member = stored.offset >= 0 ? static_cast<char*>(object_) + stored.offset
                                            : schema_.make_member(attribute(stored), object_);
    const size_t before = problems_.size();
    stored.codec->decode(value, member, context);
    if (problems_.size() != before) [[unlikely]]
      mask(attribute(stored), before);
  }

  // Messages of problems quote values.
  [[gnu::noinline]] void mask(const Attribute& attribute, size_t before) {
    if (!attribute.masked) return;
    for (size_t i = before; i < problems_.size(); ++i)
      problems_.list()[i].message = "does not fit: ***";
  }

  // A dynamic item shows NULL only where its schema allows it.
  [[gnu::noinline]] void null_of_dynamic(const Attribute& attribute, const ValueView& value,
                                         const PathFrame* at) {
    const PathFrame frame{at, attribute.name, 0};
    DecodeContext context{problems_, &frame};
    if (attribute.nullable)
      *static_cast<Value*>(member_of(attribute)) = Value(Null{});
    else
      attribute.codec->decode(value, member_of(attribute), context);
  }

  [[gnu::noinline]] void missing(const StoredName& stored, const PathFrame* at) {
    const Attribute& attribute = this->attribute(stored);
    if (reading_ == Reading::kPartial) return;
    const PathFrame frame{at, attribute.name, 0};
    if (attribute.default_value) {
      void* member = member_of(attribute);
      if (attribute.default_value.kind == Source::Kind::kCall) {
        attribute.default_value.call(member);
      } else if (!attribute.default_value.literal.bytes.empty()) {
        DecodeContext context{problems_, &frame};
        attribute.codec->decode(attribute.default_value.literal.view(), member, context);
      }
      return;
    }
    if (attribute.required) problems_.add(&frame, "is missing");
    // What is not stored because it is absent does not read as what the member begins with.
    if (schema_.is_typed() && attribute.codec->can_be_absent())
      attribute.codec->reset(schema_.member(attribute, object_));
  }

  void unknown(std::string_view name, const ValueView& value, const PathFrame* at) {
    if (schema_.unknown != Unknown::kIgnore && !schema_.is_own_name(name))
      keep_or_refuse(name, value, at);
  }

  [[gnu::noinline]] void keep_or_refuse(std::string_view name, const ValueView& value,
                                        const PathFrame* at) {
    if (schema_.unknown == Unknown::kRefuse) {
      const PathFrame frame{at, name, 0};
      return problems_.add(&frame, "is not an attribute of " + schema_.model);
    }
    if (schema_.extra) {
      void* extra = schema_.member(schema_.attributes[*schema_.extra], object_);
      (*static_cast<Map*>(extra))[std::string(name)] = storage::to_attribute_value(value);
    } else if (!schema_.is_typed() && schema_.find(name) == nullptr) {
      // Not one stored where another attribute's name would be taken for it.
      (*static_cast<Map*>(object_))[std::string(name)] = storage::to_attribute_value(value);
    }
  }

  const Schema& schema_;
  void* object_;
  const Reading reading_;
  Problems& problems_;
  const SelectedParts* const parts_;  // Null: of documents inside, the whole.
};

}  // namespace

Result<std::optional<EncodedItem>> upgraded(const Schema& schema, const ItemView& item) {
  if (schema.version == 0) return std::optional<EncodedItem>();
  int64_t version = 0;
  if (const auto stored = item.find(schema.version_attribute);
      stored && stored->type() == AttributeType::kNumber)
    version = stored->number().to_int64().value_or(0);
  if (version >= schema.version) return std::optional<EncodedItem>();
  Map tree = storage::to_item(item);
  // Not version by version: what an item says it has may be far away.
  for (const Upgrade& upgrade : schema.upgrades)
    if (upgrade.from >= version) TRY(upgrade.apply(tree));
  tree[schema.version_attribute] = Value(schema.version);
  return std::optional<EncodedItem>(storage::encode_item(tree));
}

bool is_of(const Schema& schema, const ItemView& item) {
  if (schema.entity.empty()) return schema.unique.empty() || !item.find(kUniqueHolder);
  const auto tag = item.attributes().find(schema.tag_attribute, schema.likely_tag_position());
  return tag && tag->type() == AttributeType::kString && tag->text() == schema.entity;
}

Result<void> read_object(const Schema& schema, const ItemView& item, void* object, Reading reading,
                         const SelectedParts* parts) {
  if (schema.error) return *schema.error;
  std::optional<EncodedItem> newer;
  if (reading == Reading::kWhole && schema.version > 0) newer = TRY(upgraded(schema, item));
  Problems problems;
  Reader(schema, object, reading, problems, parts)
      .read(newer ? newer->view().attributes() : item.attributes(), nullptr);
  if (!problems.empty()) return mismatch_error(schema.model, std::move(problems));
  internal::finish_document(schema, object);
  for (const auto& hook : schema.hooks.after_read) hook(object);
  return {};
}

namespace internal {

const SelectedParts* parts_of_element(const SelectedParts& parts) { return parts.element(); }

const SelectedParts* parts_of_member(const SelectedParts& parts, std::string_view name) {
  return parts.member(name);
}

bool decode_document(const Schema& schema, const ValueView& value, void* object,
                     DecodeContext& context) {
  if (value.type() != AttributeType::kMap) return context.wrong_type(value, "a map");
  const size_t before = context.problems.size();
  const Reading reading = context.parts == nullptr ? Reading::kWhole : Reading::kPartial;
  Reader(schema, object, reading, context.problems, context.parts)
      .read(value.members(), context.at);
  return context.problems.size() == before;
}

void finish_document(const Schema& schema, void* object) {
  for (const uint32_t position : schema.finishing()) {
    const Attribute& attribute = schema.attributes[position];
    void* member = schema.member(attribute, object);
    if (member == nullptr) continue;
    attribute.codec->finish(member);
    if (attribute.on_get && !attribute.codec->is_absent(member)) attribute.on_get(member);
  }
}

}  // namespace internal
}  // namespace dynolith::odm
