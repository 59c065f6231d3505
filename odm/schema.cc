#include "odm/schema.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "odm/model.h"
#include "storage/encoding/text_rank.h"
#include "storage/expression/condition.h"
#include "storage/limits.h"

namespace dynolith::odm {
namespace {

constexpr size_t kAttributesMax = 1000;

// Collects the first contradiction of a schema.
class Finisher {
 public:
  explicit Finisher(Schema& schema) : schema_(schema) {}

  void run() {
    check_names();
    find_roles();
    if (schema_.partition) resolve(*schema_.partition, false);
    if (schema_.sort) resolve(*schema_.sort, true);
    if (schema_.error) return;  // Patterns may name nothing.
    find_key_members();
    for (IndexSchema& index : schema_.indexes) resolve_index(index);
    check_unique();
    check_upgrades();
  }

 private:
  void bad(const std::string& why) { internal::bad_model(schema_, why); }

  void check_names() {
    if (schema_.attributes.size() > kAttributesMax) bad("more than 1000 attributes");
    std::set<std::string_view> names, stored;
    for (const Attribute& attribute : schema_.attributes) {
      if (attribute.role == AttributeRole::kExtra) continue;
      if (attribute.name.empty() || attribute.stored_name.empty()) bad("an attribute has no name");
      if (attribute.stored_name.size() > storage::kAttributeNameBytesMax)
        bad("an attribute's name is too long");
      if (!stored.insert(attribute.stored_name).second)
        bad("two attributes are stored as \"" + attribute.stored_name + "\"");
      if (!names.insert(attribute.name).second)
        bad("two attributes are called \"" + attribute.name + "\"");
      for (const std::string& alias : attribute.aliases)
        if (!names.insert(alias).second) bad("two attributes are called \"" + alias + "\"");
    }
    if (schema_.find_stored(schema_.tag_attribute) != nullptr && !schema_.entity.empty())
      bad("an attribute is stored as \"" + schema_.tag_attribute + "\", the place of the entity");
    if (schema_.version > 0 && schema_.find_stored(schema_.version_attribute) != nullptr)
      bad("an attribute is stored as \"" + schema_.version_attribute +
          "\", the place of the schema's version");
    if (schema_.version > 0 && !schema_.entity.empty() &&
        schema_.version_attribute == schema_.tag_attribute)
      bad("the entity and the schema's version are both stored as \"" + schema_.tag_attribute +
          "\"");
  }

  void find_roles() {
    for (size_t i = 0; i < schema_.attributes.size(); ++i) {
      switch (schema_.attributes[i].role) {
        case AttributeRole::kCreatedAt:
          set_role(schema_.created_at, i, "created_at");
          break;
        case AttributeRole::kUpdatedAt:
          set_role(schema_.updated_at, i, "updated_at");
          break;
        case AttributeRole::kExpiresAt:
          set_role(schema_.expires_at, i, "expires_at");
          break;
        case AttributeRole::kVersion:
          set_role(schema_.lock_version, i, "version");
          break;
        case AttributeRole::kExtra:
          set_role(schema_.extra, i, "extra");
          break;
        case AttributeRole::kPlain:
        case AttributeRole::kCounter:
          break;
      }
    }
  }

  void set_role(std::optional<size_t>& role, size_t position, const char* name) {
    if (role) bad("more than one " + std::string(name));
    role = position;
  }

  void resolve(KeyPart& part, bool is_sort) {
    if (!part.pattern) {
      const Attribute& attribute = schema_.attributes[part.member];
      part.attribute = attribute.stored_name;
      part.type = attribute.codec->type();
      if (!storage::is_key_type(part.type))
        bad("\"" + attribute.name + "\" is a key but no string, number or binary");
      return;
    }
    if (schema_.find_stored(part.attribute) != nullptr)
      bad("an attribute is stored as \"" + part.attribute + "\", which a pattern composes");
    if (part.attribute.empty()) bad("a key attribute has no name");
    if (part.pattern->text.empty()) bad("the key pattern of \"" + part.attribute + "\" is empty");
    if ((!schema_.entity.empty() && part.attribute == schema_.tag_attribute) ||
        (schema_.version > 0 && part.attribute == schema_.version_attribute))
      bad("a pattern composes \"" + part.attribute + "\", which the mapper writes itself");
    const auto [composed, is_new] = composed_.try_emplace(part.attribute, part.pattern->text);
    if (!is_new && composed->second != part.pattern->text)
      bad("two patterns compose \"" + part.attribute + "\": \"" + composed->second + "\" and \"" +
          part.pattern->text + "\"");
    for (KeyPattern::Member& member : part.pattern->members) {
      const Attribute* found = schema_.find(member.name);
      if (found == nullptr) {
        bad("key pattern \"" + part.pattern->text + "\": no attribute is called \"" + member.name +
            "\"");
        continue;
      }
      member.attribute = schema_.position(*found);
      check_pattern_member(part, is_sort, member, *found->codec);
    }
  }

  void check_pattern_member(const KeyPart& part, bool is_sort, const KeyPattern::Member& member,
                            const ValueCodec& codec) {
    const std::string where = "key pattern \"" + part.pattern->text + "\": ";
    const AttributeType type = codec.type();
    if (type != AttributeType::kString && type != AttributeType::kNumber &&
        type != AttributeType::kBoolean)
      bad(where + "\"" + member.name + "\" is neither text nor a number");
    if (!stores_only(codec, type))
      bad(where + "\"" + member.name + "\" may be of several types, and a text and a number like " +
          "\"7\" and 7 would make one key");
    if (member.width > 0 && type != AttributeType::kNumber)
      bad(where + "\"" + member.name + "\" is no number: only numbers are padded, for the texts " +
          "\"7\" and \"007\" would make one key");
    if (is_sort && type == AttributeType::kNumber && member.width == 0)
      bad(where + "the number \"" + member.name + "\" needs a width, like {" + member.name +
          ":08}, to sort as numbers do");
  }

  // Nothing else, whatever the value. A NULL is no part of a key.
  static bool stores_only(const ValueCodec& codec, AttributeType type) {
    const std::vector<const ValueCodec*> alternatives = codec.details().alternatives;
    if (alternatives.empty()) return codec.type() == type || codec.type() == AttributeType::kNull;
    return std::all_of(
        alternatives.begin(), alternatives.end(),
        [type](const ValueCodec* alternative) { return stores_only(*alternative, type); });
  }

  static void members_of(const KeyPart& part, std::vector<size_t>& members) {
    const auto add = [&members](size_t position) {
      if (std::find(members.begin(), members.end(), position) == members.end())
        members.push_back(position);
    };
    if (!part.pattern) return add(part.member);
    for (const KeyPattern::Member& member : part.pattern->members) add(member.attribute);
  }

  void find_key_members() {
    if (!schema_.partition) {
      if (schema_.sort) bad("a sort key without a partition key");
      if (!schema_.key_members.empty()) bad("a key is named but no partition_key is declared");
      return;
    }
    if (schema_.sort && schema_.sort->attribute == schema_.partition->attribute)
      bad("partition and sort key are one attribute");
    std::vector<size_t> needed;
    members_of(*schema_.partition, needed);
    if (schema_.sort) members_of(*schema_.sort, needed);
    if (schema_.key_members.empty()) schema_.key_members = needed;
    std::vector<size_t> given = schema_.key_members;
    std::sort(given.begin(), given.end());
    std::sort(needed.begin(), needed.end());
    if (given != needed) bad("its key does not name exactly the members of its key patterns");
    for (const size_t member : schema_.key_members) schema_.attributes[member].is_key = true;
  }

  void resolve_index(IndexSchema& index) {
    if (index.kind == storage::IndexKind::kLocal && schema_.partition)
      index.partition = {*schema_.partition};
    std::vector<size_t> needed;
    for (KeyPart& part : index.partition) {
      resolve(part, false);
      members_of(part, needed);
    }
    for (KeyPart& part : index.sort) {
      resolve(part, true);
      members_of(part, needed);
    }
    if (schema_.error) return;  // Patterns may name nothing.
    if (index.kind == storage::IndexKind::kLocal && index.sort.empty())
      bad("local index \"" + index.name + "\" has no sort key");
    if (index.partition.empty()) bad("index \"" + index.name + "\" has no partition key");
    for (const size_t member : needed)
      if (std::find(index.members.begin(), index.members.end(), member) == index.members.end())
        bad("index \"" + index.name + "\" does not name \"" + schema_.attributes[member].name +
            "\", which its key needs");
    for (const IndexSchema& other : schema_.indexes)
      if (&other != &index && other.name == index.name)
        bad("two indexes are called \"" + index.name + "\"");
  }

  void check_unique() {
    if (schema_.unique.empty()) return;
    const auto is_text = [](const std::optional<KeyPart>& part) {
      return !part || part->type == AttributeType::kString;
    };
    if (!schema_.partition || !is_text(schema_.partition) || !is_text(schema_.sort))
      bad("unique() needs a table whose keys are strings");
    std::set<size_t> seen;
    for (const Unique& unique : schema_.unique)
      if (!seen.insert(unique.attribute).second)
        bad("\"" + schema_.attributes[unique.attribute].name + "\" is said to be unique twice");
  }

  void check_upgrades() {
    for (const Upgrade& upgrade : schema_.upgrades) {
      if (upgrade.from < 0)
        bad("an upgrade starts at version " + std::to_string(upgrade.from) +
            "; the first version is 0");
      if (upgrade.from >= schema_.version)
        bad("an upgrade starts at version " + std::to_string(upgrade.from) +
            ", which is not before " + std::to_string(schema_.version));
    }
    std::stable_sort(schema_.upgrades.begin(), schema_.upgrades.end(),
                     [](const Upgrade& a, const Upgrade& b) { return a.from < b.from; });
  }

  Schema& schema_;
  std::map<std::string, std::string, std::less<>> composed_;  // Attributes, their patterns' texts.
};

}  // namespace

Schema::Schema() = default;
Schema::~Schema() = default;
Schema::Schema(const Schema& other) = default;
Schema::Schema(Schema&& other) noexcept = default;
Schema& Schema::operator=(Schema&& other) noexcept = default;

void ProjectionOption::apply(internal::IndexDraft& draft) const {
  draft.index.projection = projection;
}

ProjectionOption keys_only() { return {{storage::ProjectionType::kKeysOnly, {}}}; }

const Attribute* Schema::find(std::string_view name) const {
  for (const Attribute& attribute : attributes) {
    if (attribute.role == AttributeRole::kExtra) continue;
    if (attribute.name == name) return &attribute;
    for (const std::string& alias : attribute.aliases)
      if (alias == name) return &attribute;
  }
  return nullptr;
}

const Attribute* Schema::find_stored(std::string_view stored_name) const {
  for (const Attribute& attribute : attributes)
    if (attribute.role != AttributeRole::kExtra && attribute.stored_name == stored_name)
      return &attribute;
  return nullptr;
}

const Attribute* Schema::find_member(ptrdiff_t offset, const ValueCodec* declared) const {
  for (const Attribute& attribute : attributes)
    if (attribute.offset == offset && attribute.declared_codec == declared) return &attribute;
  return nullptr;
}

const IndexSchema* Schema::find_index(std::string_view name) const {
  for (const IndexSchema& index : indexes)
    if (index.name == name) return &index;
  return nullptr;
}

bool Schema::is_own_name(std::string_view stored_name) const {
  return std::find(own_names_.begin(), own_names_.end(), stored_name) != own_names_.end();
}

const void* Schema::find_dynamic(const Attribute& attribute, const void* object) {
  const Map& item = *static_cast<const Map*>(object);
  if (const auto found = item.find(attribute.name); found != item.end()) return &found->second;
  for (const std::string& alias : attribute.aliases)
    if (const auto found = item.find(alias); found != item.end()) return &found->second;
  return nullptr;
}

void* Schema::make_member(const Attribute& attribute, void* object) const {
  if (void* there = member(attribute, object)) return there;
  return &(*static_cast<Map*>(object))[attribute.name];
}

void Schema::finish() {
  Finisher(*this).run();
  for (Attribute& attribute : attributes) {
    // Only what is stored as a list or map can hold documents; what holds anything may.
    const AttributeType type = attribute.codec->type();
    attribute.finishes = attribute.on_get || type == AttributeType::kList ||
                         type == AttributeType::kMap || attribute.codec->meaning() == Meaning::kAny;
  }
  finished_.finishing.clear();
  for (size_t i = 0; i < attributes.size(); ++i)
    if (attributes[i].finishes) finished_.finishing.push_back(static_cast<uint32_t>(i));
  finished_.by_stored_name.clear();
  for (size_t i = 0; i < attributes.size(); ++i) {
    const Attribute& attribute = attributes[i];
    if (attribute.role == AttributeRole::kExtra) continue;
    finished_.by_stored_name.push_back(
        {storage::rank_of(attribute.stored_name), storage::end_of(attribute.stored_name),
         static_cast<uint32_t>(attribute.stored_name.size()), static_cast<uint32_t>(i),
         attribute.codec, attribute.offset, attribute.name});
  }
  std::sort(finished_.by_stored_name.begin(), finished_.by_stored_name.end(),
            [this](const StoredName& a, const StoredName& b) {
              return attributes[a.position].stored_name < attributes[b.position].stored_name;
            });
  own_names_.clear();
  if (!entity.empty()) own_names_.push_back(tag_attribute);
  if (version > 0) own_names_.push_back(version_attribute);
  const auto add = [this](const KeyPart& part) {
    if (part.pattern) own_names_.push_back(part.attribute);
  };
  if (partition) add(*partition);
  if (sort) add(*sort);
  for (const IndexSchema& index : indexes) {
    for (const KeyPart& part : index.partition) add(part);
    for (const KeyPart& part : index.sort) add(part);
  }
  std::set<std::string_view> names(own_names_.begin(), own_names_.end());
  for (const StoredName& stored : finished_.by_stored_name)
    names.insert(attributes[stored.position].stored_name);
  finished_.likely_tag_position =
      static_cast<uint32_t>(std::distance(names.begin(), names.lower_bound(tag_attribute)));
  make_tag_conditions();
}

void Schema::make_tag_conditions() {
  has_tag = has_tag_or_is_absent = nullptr;
  if (entity.empty()) return;
  const auto path_of = [](const std::string& attribute) {
    storage::DocumentPath path;
    path.steps.emplace_back(attribute);
    return path;
  };
  ItemEncoder encoder;
  encoder.begin_value();
  encoder.string(entity);
  const storage::Comparison tag{path_of(tag_attribute), storage::Comparator::kEqual,
                                encoder.finish_value()};
  has_tag = std::make_shared<const storage::Condition>(storage::Condition{tag});
  if (!partition) return;
  storage::Or either;
  either.any.push_back({storage::AttributeNotExists{path_of(partition->attribute)}});
  either.any.push_back({tag});
  has_tag_or_is_absent =
      std::make_shared<const storage::Condition>(storage::Condition{std::move(either)});
}

namespace internal {

void bad_model(Schema& schema, std::string message) {
  if (!schema.error)
    schema.error = make_error(ErrorCode::kBadModel, schema.model + ": " + std::move(message));
}

Attribute& add_attribute(Schema& schema, std::string_view name, ptrdiff_t offset,
                         const ValueCodec& codec) {
  if (offset >= 0 && schema.find_member(offset, &codec) != nullptr)
    bad_model(schema, "the member of \"" + std::string(name) + "\" is an attribute already");
  Attribute& added = schema.attributes.emplace_back();
  added.name = added.stored_name = name;
  added.codec = added.declared_codec = &codec;
  added.offset = offset;
  return added;
}

void set_role(Schema&, Attribute& attribute, AttributeRole role) { attribute.role = role; }

void set_key_part(Schema& schema, std::optional<KeyPart>& part, std::string_view attribute,
                  std::string_view pattern) {
  if (part) bad_model(schema, "a key is declared twice");
  Result<KeyPattern> parsed = parse_key_pattern(pattern);
  if (!parsed) return bad_model(schema, parsed.error().message);
  part.emplace();
  part->attribute = attribute;
  part->pattern = std::move(*parsed);
}

void set_member_key(Schema& schema, std::optional<KeyPart>& part, const Attribute& attribute) {
  if (part) bad_model(schema, "a key is declared twice");
  part.emplace();
  part->member = schema.position(attribute);
}

void add_index_part(IndexDraft& draft, bool is_sort, std::string_view attribute,
                    std::string_view pattern) {
  draft.has_parts = true;
  std::optional<KeyPart> part;
  set_key_part(draft.schema, part, attribute, pattern);
  if (part) (is_sort ? draft.index.sort : draft.index.partition).push_back(std::move(*part));
}

void finish_index(IndexDraft& draft) {
  if (draft.has_parts) return;
  const bool is_local = draft.index.kind == storage::IndexKind::kLocal;
  size_t partition_left = draft.partition_members;
  for (const size_t member : draft.index.members) {
    KeyPart part;
    part.member = member;
    const bool is_partition = partition_left > 0;
    if (is_partition) --partition_left;
    if (is_partition && is_local) continue;  // The table's own, set when the model is finished.
    (is_partition ? draft.index.partition : draft.index.sort).push_back(std::move(part));
  }
}

void add_check(Schema& schema, Attribute& attribute, Result<Check> check) {
  if (!check) return bad_model(schema, attribute.name + ": " + check.error().message);
  attribute.checks.push_back(std::move(*check));
}

void add_check(Attribute& attribute, Check check) { attribute.checks.push_back(std::move(check)); }

void add_alias(Attribute& attribute, std::string_view name) {
  attribute.aliases.emplace_back(name);
}

void add_derived(Schema& schema, Derived rule) { schema.derived.push_back(std::move(rule)); }

void add_unique(Schema& schema, const Attribute& attribute) {
  schema.unique.push_back({schema.position(attribute)});
}

void add_member(Schema& schema, std::vector<size_t>& members, const Attribute& attribute) {
  members.push_back(schema.position(attribute));
}

IndexSchema& add_index(Schema& schema, std::string_view name) {
  IndexSchema& added = schema.indexes.emplace_back();
  added.name = name;
  return added;
}

std::string short_type_name(std::string_view pretty_function) {
  const size_t begin = pretty_function.find("T = ") + 4;
  const size_t end = pretty_function.find_first_of(";]", begin);
  std::string_view name = pretty_function.substr(begin, end - begin);
  const size_t arguments = name.find('<');
  const size_t colon = name.substr(0, arguments).rfind("::");
  if (colon != std::string_view::npos) name.remove_prefix(colon + 2);
  return std::string(name);
}

std::string trim(std::string text) {
  constexpr std::string_view kBlank = " \t\r\n\f\v";
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

}  // namespace internal
}  // namespace dynolith::odm
