#include "odm/update_builder.h"

#include <algorithm>

#include "odm/codecs.h"
#include "odm/entity_support.h"

namespace dynolith::odm {
namespace {

using Kind = UpdateChange::Kind;
using internal::number_value;
using internal::path_of;
using storage::DocumentPath;
using storage::SetAction;
using storage::UpdateOperand;

constexpr size_t kChangesMax = 1000;  // Comparing them with one another stays cheap.

EncodedValue string_value(std::string_view text) {
  ItemEncoder encoder;
  encoder.begin_value();
  encoder.string(text);
  return encoder.finish_value();
}

EncodedValue null_value() {
  ItemEncoder encoder;
  encoder.begin_value();
  encoder.null();
  return encoder.finish_value();
}

EncodedValue empty_list() {
  ItemEncoder encoder;
  encoder.begin_value();
  encoder.begin_list();
  encoder.end();
  return encoder.finish_value();
}

UpdateOperand if_absent(const DocumentPath& path, EncodedValue otherwise) {
  return {storage::IfNotExists{
      path, std::make_unique<UpdateOperand>(UpdateOperand{std::move(otherwise)})}};
}

SetAction set_action(const DocumentPath& path, UpdateOperand operand) {
  SetAction action;
  action.path = path;
  action.left = std::move(operand);
  return action;
}

SetAction join_action(const UpdateChange& change) {
  UpdateOperand list = if_absent(change.field.path, empty_list());
  UpdateOperand more{change.value};
  if (change.kind == Kind::kPrepend) std::swap(list, more);
  storage::ListAppend both{std::make_unique<UpdateOperand>(std::move(list)),
                           std::make_unique<UpdateOperand>(std::move(more))};
  return set_action(change.field.path, {std::move(both)});
}

SetAction computed_action(const UpdateChange& change) {
  SetAction action = set_action(change.field.path, {change.from->path});
  action.arithmetic = change.arithmetic;
  if (change.arithmetic != storage::Arithmetic::kNone) action.right = UpdateOperand{change.value};
  return action;
}

// Attributes that a part of a key needs.
std::vector<size_t> members_of(const KeyPart& part) {
  std::vector<size_t> members;
  for (const KeyPattern::Member& member : part.pattern->members)
    members.push_back(member.attribute);
  return members;
}

}  // namespace

Result<PreparedUpdate> UpdateBuilder::build() {
  if (core_.error_) return *core_.error_;
  if (core_.condition_.error) return *core_.condition_.error;
  Result<void> good = check_changes();
  if (!good) return std::move(good).error();
  for (const UpdateChange& change : core_.changes_) add_change(change);
  note_known();
  if (Result<void> derived = add_derived(); !derived) return std::move(derived).error();
  if (core_.mode_ == UpdateMode::kUpsert) {
    if (Result<void> initial = add_initial_values(); !initial) return std::move(initial).error();
  }
  if (Result<void> keys = add_index_keys(); !keys) return std::move(keys).error();
  add_roles();
  if (Result<void> expiry = add_expiry(); !expiry) return std::move(expiry).error();
  return finish();
}

// --- The changes.

Result<void> UpdateBuilder::check_changes() const {
  const std::vector<UpdateChange>& changes = core_.changes_;
  if (changes.size() > kChangesMax)
    return make_error(ErrorCode::kBadRequest, "an update has more than 1000 changes");
  for (size_t i = 0; i < changes.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      const FieldCore& a = changes[k].field;
      const FieldCore& b = changes[i].field;
      if (storage::paths_overlap(a.path, b.path))
        return make_error(ErrorCode::kBadRequest, "two changes of one update overlap: \"" + a.name +
                                                      "\" and \"" + b.name + "\"");
      if (storage::paths_conflict(a.path, b.path))
        return make_error(ErrorCode::kBadRequest,
                          "two changes of one update contradict each other: \"" + a.name +
                              "\" and \"" + b.name + "\" fit no item");
    }
  }
  const bool does_something = !changes.empty() || !problems_.empty() || core_.touches_expiry_ ||
                              core_.mode_ == UpdateMode::kUpsert;
  if (!does_something)
    return make_error(ErrorCode::kBadRequest, schema_.model + ": the update changes nothing");
  return {};
}

void UpdateBuilder::add_change(const UpdateChange& change) {
  if (change.field.root != nullptr) touched_.push_back(schema_.position(*change.field.root));
  const DocumentPath& path = change.field.path;
  switch (change.kind) {
    case Kind::kSet:
      update_.actions.emplace_back(set_action(path, {change.value}));
      return;
    case Kind::kSetIfAbsent:
      update_.actions.emplace_back(set_action(path, if_absent(path, change.value)));
      return;
    case Kind::kCompute:
      update_.actions.emplace_back(computed_action(change));
      return;
    case Kind::kAdd:
      update_.actions.emplace_back(storage::AddAction{path, change.value});
      return;
    case Kind::kAppend:
    case Kind::kPrepend:
      update_.actions.emplace_back(join_action(change));
      return;
    case Kind::kRemove:
      update_.actions.emplace_back(storage::RemoveAction{path});
      return;
    case Kind::kErase:
      update_.actions.emplace_back(storage::DeleteAction{path, change.value});
      return;
  }
}

void UpdateBuilder::note_known() {
  for (const MemberValue& member : *core_.key_members_) known_[member.attribute] = member.value;
  for (const UpdateChange& change : core_.changes_) {
    if (change.field.root == nullptr || !change.field.path.is_top_level()) continue;
    const size_t attribute = schema_.position(*change.field.root);
    if (change.kind == Kind::kSet) known_[attribute] = change.value;
    if (change.kind == Kind::kRemove) known_[attribute] = std::nullopt;
  }
}

bool UpdateBuilder::is_touched(size_t attribute) const {
  return std::find(touched_.begin(), touched_.end(), attribute) != touched_.end();
}

bool UpdateBuilder::is_any_touched(const std::vector<size_t>& attributes) const {
  return std::any_of(attributes.begin(), attributes.end(),
                     [this](size_t attribute) { return is_touched(attribute); });
}

std::vector<size_t> UpdateBuilder::unknown_of(const std::vector<size_t>& attributes) const {
  std::vector<size_t> unknown;
  for (const size_t attribute : attributes)
    if (known_.find(attribute) == known_.end() &&
        std::find(unknown.begin(), unknown.end(), attribute) == unknown.end())
      unknown.push_back(attribute);
  return unknown;
}

Error UpdateBuilder::missing(const std::string& what, const std::vector<size_t>& attributes) const {
  std::string names;
  Error error;
  for (const size_t position : attributes) {
    const std::string& name = schema_.attributes[position].name;
    names.append(names.empty() ? "\"" : ", \"").append(name).append("\"");
    error.problems.push_back({name, "must be set too: it is needed for " + what});
  }
  error.code = ErrorCode::kBadKey;
  error.message = schema_.model + ": the update changes " + what + " and must also set " + names;
  return error;
}

// --- What follows from them.

Result<std::shared_ptr<void>> UpdateBuilder::object_of_known(bool with_initial_values) {
  std::shared_ptr<void> object = core_.make_object_();
  const auto fill = [&](const Known& values) -> Result<void> {
    for (const auto& [position, value] : values) {
      if (!value) continue;
      const Attribute& attribute = schema_.attributes[position];
      Problems problems;
      DecodeContext context{problems};
      attribute.codec->decode(value->view(), schema_.make_member(attribute, object.get()), context);
      if (!problems.empty()) return invalid_error(schema_.model, std::move(problems));
    }
    return {};
  };
  Result<void> filled = fill(known_);
  if (filled && with_initial_values) filled = fill(initial_);
  if (!filled) return std::move(filled).error();
  return object;
}

Result<void> UpdateBuilder::add_derived() {
  for (const Derived& rule : schema_.derived) {
    if (rule.inputs.empty()) continue;
    const std::vector<size_t> unknown = unknown_of(rule.inputs);
    const bool is_new = core_.mode_ == UpdateMode::kUpsert && unknown.empty();
    if (!is_any_touched(rule.inputs) && !is_new) continue;
    if (!unknown.empty())
      return missing("\"" + schema_.attributes[rule.target].name + "\"", unknown);
    Result<std::shared_ptr<void>> object = object_of_known(false);
    if (!object) return std::move(object).error();
    rule.compute(object->get());
    set_derived(rule, object->get());
  }
  return {};
}

void UpdateBuilder::set_derived(const Derived& rule, void* object) {
  const Attribute& target = schema_.attributes[rule.target];
  touched_.push_back(rule.target);
  if (schema_.is_absent(target, object)) {
    if (target.required) problems_.add(target.name, "is required");
    known_[rule.target] = std::nullopt;
    update_.actions.emplace_back(storage::RemoveAction{path_of(target.stored_name)});
    return;
  }
  const PathFrame frame{nullptr, target.name, 0};
  EncodedValue value =
      encode_alone(*target.codec, schema_.member(target, object), problems_, &frame);
  if (value.bytes.empty()) return;
  check_value(target, value.view(), &frame, problems_);
  known_[rule.target] = value;
  set(target.stored_name, std::move(value));
}

Result<void> UpdateBuilder::add_index_keys() {
  for (const IndexSchema& index : schema_.indexes) {
    if (index.kind == storage::IndexKind::kGlobal) {
      for (const KeyPart& part : index.partition) {
        Result<void> added = add_index_key(index, part);
        if (!added) return added;
      }
    }
    for (const KeyPart& part : index.sort) {
      Result<void> added = add_index_key(index, part);
      if (!added) return added;
    }
  }
  return {};
}

Result<void> UpdateBuilder::add_index_key(const IndexSchema& index, const KeyPart& part) {
  const auto is_table_key = [&](const std::optional<KeyPart>& key) {
    return key && key->attribute == part.attribute;
  };
  if (!part.pattern || is_table_key(schema_.partition) || is_table_key(schema_.sort)) return {};
  const DocumentPath path = path_of(part.attribute);
  for (const storage::UpdateAction& action : update_.actions)  // Of another index.
    if (storage::target(action) == path) return {};
  const std::vector<size_t> members = members_of(part);
  const std::vector<size_t> unknown = unknown_of(members);
  const bool is_touched = is_any_touched(members);
  if (is_touched && !unknown.empty()) return missing("the key of \"" + index.name + "\"", unknown);
  if (!is_touched && core_.mode_ != UpdateMode::kUpsert) return {};
  const auto lookup = [this](size_t attribute) -> std::optional<EncodedValue> {
    if (const auto found = known_.find(attribute); found != known_.end()) return found->second;
    if (const auto found = initial_.find(attribute); found != initial_.end()) return found->second;
    return std::nullopt;
  };
  Result<std::optional<EncodedValue>> value = key_value(schema_, part, lookup);
  if (!value) return std::move(value).error();
  if (!is_touched) {
    // A new item's; one that is there has it already.
    if (*value) set_if_absent(part.attribute, std::move(**value));
  } else if (*value) {
    set(part.attribute, std::move(**value));
  } else {
    update_.actions.emplace_back(storage::RemoveAction{path});
  }
  return {};
}

void UpdateBuilder::add_roles() {
  for (const Attribute& attribute : schema_.attributes) {
    if (attribute.role == AttributeRole::kVersion)
      count(attribute.stored_name, Number(0), Number(1));
    if (attribute.role == AttributeRole::kUpdatedAt) {
      if (auto now = time_value(attribute, core_.entity_.now_ms()))
        set(attribute.stored_name, std::move(*now));
    }
    if (attribute.role != AttributeRole::kCounter) continue;
    // So that the first write makes it `counter_start`.
    const Number step(attribute.counter_step);
    const auto before = Number(attribute.counter_start).subtract(step);
    if (before) count(attribute.stored_name, *before, step);
  }
}

Result<void> UpdateBuilder::add_expiry() {
  if (!core_.touches_expiry_) return {};
  if (!schema_.expires_at || schema_.attributes[*schema_.expires_at].lifetime_ms <= 0)
    return make_error(ErrorCode::kBadRequest,
                      schema_.model + ": touch_expiry() needs an expires_at() with a lifetime");
  const Attribute& attribute = schema_.attributes[*schema_.expires_at];
  if (is_touched(*schema_.expires_at))
    return make_error(ErrorCode::kBadRequest, schema_.model +
                                                  ": touch_expiry() and a change of \"" +
                                                  attribute.name + "\" contradict each other");
  if (auto value = time_value(attribute, core_.entity_.now_ms() + attribute.lifetime_ms))
    set(attribute.stored_name, std::move(*value));
  return {};
}

std::optional<EncodedValue> UpdateBuilder::time_value(const Attribute& attribute, int64_t ms) {
  const std::shared_ptr<void> object = core_.make_object_();
  void* member = schema_.make_member(attribute, object.get());
  attribute.codec->set_time(member, ms);
  const PathFrame frame{nullptr, attribute.name, 0};
  EncodedValue value = encode_alone(*attribute.codec, member, problems_, &frame);
  if (value.bytes.empty()) return std::nullopt;
  return value;
}

// --- The request.

// The values of unique attributes are held by other items, which change with them.
bool UpdateBuilder::changes_unique() const {
  if (core_.mode_ == UpdateMode::kUpsert) return !schema_.unique.empty();
  return std::any_of(schema_.unique.begin(), schema_.unique.end(),
                     [this](const Unique& unique) { return is_touched(unique.attribute); });
}

ConditionCore UpdateBuilder::condition() const {
  ConditionCore all = core_.mode_ == UpdateMode::kMustExist ? internal::is_there(schema_)
                                                            : internal::is_own_or_absent(schema_);
  if (core_.expected_version_)
    all = both(all, internal::version_condition(schema_, core_.expected_version_));
  return both(all, core_.condition_);
}

// Changes are meant for an item of the schema's version: the upgrades of an older one would come
// after them and undo them.
ConditionCore UpdateBuilder::is_of_this_version() const {
  if (schema_.upgrades.empty()) return {};
  ConditionCore current = internal::schema_version_condition(schema_);
  if (core_.mode_ == UpdateMode::kMustExist) return current;
  return either(internal::absent(schema_.partition->attribute), std::move(current));
}

Result<PreparedUpdate> UpdateBuilder::finish() {
  if (!problems_.empty()) return invalid_error(schema_.model, std::move(problems_));
  if (core_.expected_version_ && !schema_.lock_version)
    return make_error(ErrorCode::kBadRequest, schema_.model + " has no version to expect");
  if (update_.actions.empty())
    return make_error(ErrorCode::kBadRequest, schema_.model + ": the update changes nothing");
  PreparedUpdate prepared;
  prepared.condition = condition();
  if (prepared.condition.error) return *prepared.condition.error;
  prepared.request.table = core_.entity_.table().name;
  prepared.request.key = *core_.key_;
  prepared.request.update = std::make_shared<const storage::Update>(std::move(update_));
  prepared.request.condition = both(prepared.condition, is_of_this_version()).tree;
  prepared.request.returns = UpdateRequest::Return::kAllNew;
  prepared.request.return_old_on_failure = prepared.request.condition != nullptr;
  prepared.intent = core_.mode_ == UpdateMode::kMustExist ? EntityCore::Intent::kUpdateExisting
                                                          : EntityCore::Intent::kOther;
  prepared.expected_version = core_.expected_version_;
  // The service makes no item of an update that only removes.
  const bool creates =
      core_.mode_ != UpdateMode::kUpsert || storage::creates_item(*prepared.request.update);
  prepared.reads_first = changes_unique() || !creates;
  return prepared;
}

void UpdateBuilder::set(std::string_view attribute, EncodedValue value) {
  update_.actions.emplace_back(set_action(path_of(attribute), {std::move(value)}));
}

void UpdateBuilder::set_if_absent(std::string_view attribute, EncodedValue value) {
  const DocumentPath path = path_of(attribute);
  update_.actions.emplace_back(set_action(path, if_absent(path, std::move(value))));
}

void UpdateBuilder::count(std::string_view attribute, const Number& start, const Number& step) {
  const DocumentPath path = path_of(attribute);
  SetAction action = set_action(path, if_absent(path, number_value(start)));
  action.arithmetic = storage::Arithmetic::kAdd;
  action.right = UpdateOperand{number_value(step)};
  update_.actions.emplace_back(std::move(action));
}

// --- What an upsert gives a new item.

Result<void> UpdateBuilder::add_initial_values() {
  Result<std::shared_ptr<void>> object = object_of_known(false);
  if (!object) return std::move(object).error();
  // What whole-object rules say of an object that is known in part does not count.
  Problems ignored;
  PrepareContext context{core_.entity_.now_ms(), core_.entity_.connection().ids(), ignored};
  internal::prepare_document(schema_, object->get(), context);
  for (size_t i = 0; i < schema_.attributes.size(); ++i) {
    const Attribute& attribute = schema_.attributes[i];
    if (attribute.role != AttributeRole::kPlain) {
      if (!is_touched(i)) add_initial_role(attribute);
      continue;
    }
    if (attribute.is_key || is_touched(i)) continue;
    const bool is_filled_in = attribute.generated || attribute.default_value;
    if (is_filled_in && !schema_.is_absent(attribute, object->get())) {
      const PathFrame frame{nullptr, attribute.name, 0};
      EncodedValue value = encode_alone(*attribute.codec, schema_.member(attribute, object->get()),
                                        problems_, &frame);
      if (value.bytes.empty()) continue;
      check_value(attribute, value.view(), &frame, problems_);
      initial_[i] = value;
      set_if_absent(attribute.stored_name, std::move(value));
    } else if (attribute.required) {
      problems_.add(attribute.name, "is required");
    } else if (attribute.nullable) {
      set_if_absent(attribute.stored_name, null_value());
    }
  }
  // A member of a document does not make the document.
  for (const UpdateChange& change : core_.changes_)
    if (change.field.root != nullptr && change.field.root->required &&
        !change.field.path.is_top_level())
      problems_.add(change.field.root->name, "is required: a new item needs the whole of it");
  add_key_members();
  add_tags();
  return {};
}

void UpdateBuilder::add_initial_role(const Attribute& attribute) {
  const int64_t now_ms = core_.entity_.now_ms();
  std::optional<EncodedValue> value;
  if (attribute.role == AttributeRole::kCreatedAt) value = time_value(attribute, now_ms);
  if (attribute.role == AttributeRole::kExpiresAt && attribute.lifetime_ms > 0 &&
      !core_.touches_expiry_)
    value = time_value(attribute, now_ms + attribute.lifetime_ms);
  if (value) set_if_absent(attribute.stored_name, std::move(*value));
}

void UpdateBuilder::add_key_members() {
  const auto is_own = [](const std::optional<KeyPart>& part, size_t attribute) {
    return part && !part->pattern && part->member == attribute;
  };
  for (const MemberValue& member : *core_.key_members_) {
    if (is_own(schema_.partition, member.attribute) || is_own(schema_.sort, member.attribute))
      continue;
    const Attribute& attribute = schema_.attributes[member.attribute];
    const PathFrame frame{nullptr, attribute.name, 0};
    check_value(attribute, member.value.view(), &frame, problems_);
    set_if_absent(attribute.stored_name, member.value);
  }
}

void UpdateBuilder::add_tags() {
  if (!schema_.entity.empty()) set_if_absent(schema_.tag_attribute, string_value(schema_.entity));
  if (schema_.version > 0)
    set_if_absent(schema_.version_attribute, number_value(Number(schema_.version)));
}

}  // namespace dynolith::odm
