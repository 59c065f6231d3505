#include "odm/update_core.h"

#include <algorithm>

#include "odm/entity_support.h"
#include "odm/unique.h"
#include "odm/update_builder.h"

namespace dynolith::odm {
namespace {

using Kind = UpdateChange::Kind;

constexpr const char* kNotWhole = "is an integer: nothing but a whole number is added to it";

// What is written on the way to an item, not by programs.
const char* why_fixed(const Attribute& attribute) {
  switch (attribute.role) {
    case AttributeRole::kCreatedAt:
    case AttributeRole::kUpdatedAt:
    case AttributeRole::kVersion:
    case AttributeRole::kCounter:
      return "is kept by the mapper";
    case AttributeRole::kPlain:
    case AttributeRole::kExpiresAt:
    case AttributeRole::kExtra:
      break;
  }
  return attribute.read_only ? "is read-only" : nullptr;
}

// Whether a field of this type takes such an operand; what may hold anything is not looked at.
bool takes(const FieldCore& field, AttributeType type) {
  return field.codec->meaning() == Meaning::kAny || field.codec->type() == type;
}

// An integer that became a fraction could not be read any more.
bool keeps_whole(const FieldCore& field, const ValueView& operand) {
  if (field.codec->meaning() != Meaning::kInteger || operand.type() != AttributeType::kNumber)
    return true;
  const Number number = operand.number();
  return number.is_zero() || number.digit_count() <= number.exponent();
}

}  // namespace

UpdateCore::UpdateCore(EntityCore entity, Result<EncodedItem> key,
                       Result<std::vector<MemberValue>> key_members, UpdateMode mode,
                       MakeObject make_object)
    : entity_(std::move(entity)),
      key_(std::move(key)),
      key_members_(std::move(key_members)),
      mode_(mode),
      make_object_(make_object) {
  if (entity_.schema().error) keep_error(*entity_.schema().error);
  if (!key_) keep_error(key_.error());
  if (!key_members_) keep_error(key_members_.error());
}

void UpdateCore::keep_error(Error error) {
  if (!error_) error_ = std::move(error);
}

void UpdateCore::add_problem(const FieldCore& field, std::string message) {
  if (accept(field)) problems_.add(field.name, std::move(message));
}

bool UpdateCore::accept(const FieldCore& field) {
  if (field.error) keep_error(*field.error);
  return !field.error && field.codec != nullptr;
}

// Every attribute on the way counts: a member of what is read-only is read-only too.
void UpdateCore::refuse_fixed(const FieldCore& field, Kind kind) {
  const Schema* schema = &entity_.schema();
  const ValueCodec* element = nullptr;
  for (const storage::PathStep& step : field.path.steps) {
    const auto* name = step.name_if();
    const Attribute* attribute =
        name == nullptr || schema == nullptr ? nullptr : schema->find_stored(*name);
    if (attribute != nullptr && attribute->is_key && &entity_.schema() == schema) {
      Error error =
          make_error(ErrorCode::kBadKey, entity_.schema().model + ": \"" + attribute->name +
                                             "\" belongs to the key and cannot change");
      error.problems.push_back({field.name, "belongs to the key"});
      return keep_error(std::move(error));
    }
    if (attribute != nullptr) {
      const char* why = why_fixed(*attribute);
      if (why != nullptr && !is_given_at_creation(field, kind))
        return problems_.add(field.name, why);
    }
    const ValueCodec* codec = attribute != nullptr ? attribute->codec : element;
    schema = codec == nullptr ? nullptr : codec->schema();
    element = codec == nullptr ? nullptr : codec->element();
  }
}

// What is read-only is given at creation, which an upsert may be.
bool UpdateCore::is_given_at_creation(const FieldCore& field, Kind kind) const {
  const Schema& schema = entity_.schema();
  if (mode_ != UpdateMode::kUpsert || kind != Kind::kSetIfAbsent || !field.path.is_top_level() ||
      field.root == nullptr || field.root->role != AttributeRole::kPlain)
    return false;
  const size_t position = schema.position(*field.root);
  return std::none_of(schema.derived.begin(), schema.derived.end(),
                      [position](const Derived& rule) { return rule.target == position; });
}

std::optional<EncodedValue> UpdateCore::encode(const FieldCore& field, const ValueCodec& codec,
                                               const void* operand) {
  const size_t before = problems_.size();
  const PathFrame frame{nullptr, field.name, 0};
  EncodedValue value = encode_alone(codec, operand, problems_, &frame);
  if (problems_.size() != before || value.bytes.empty()) return std::nullopt;
  return value;
}

void UpdateCore::set_value(Kind kind, const FieldCore& field, void* member) {
  if (!accept(field)) return;
  refuse_fixed(field, kind);
  const PathFrame frame{nullptr, field.name, 0};
  PrepareContext context{entity_.now_ms(), entity_.connection().ids(), problems_, &frame};
  const ValueCodec& codec = *field.codec;
  codec.prepare(member, context);
  if (codec.is_absent(member)) {
    if (field.leaf != nullptr && field.leaf->nullable) {
      ItemEncoder encoder;
      encoder.begin_value();
      encoder.null();
      changes_.push_back({kind, field, encoder.finish_value()});
    } else if (kind == Kind::kSet) {
      remove(field);
    }
    return;
  }
  if (field.leaf != nullptr && field.leaf->on_set) field.leaf->on_set(member);
  std::optional<EncodedValue> value = encode(field, codec, member);
  if (!value) return;
  if (field.leaf != nullptr)
    check_value(*field.leaf, value->view(), &frame, problems_);
  else if (codec.schema() != nullptr && value->view().type() == AttributeType::kMap)
    check_document(*codec.schema(), value->view().members(), &frame, problems_);
  changes_.push_back({kind, field, std::move(*value)});
}

void UpdateCore::set(const FieldCore& field, void* member) { set_value(Kind::kSet, field, member); }

void UpdateCore::set_if_absent(const FieldCore& field, void* member) {
  set_value(Kind::kSetIfAbsent, field, member);
}

void UpdateCore::add(const FieldCore& field, const ValueCodec& codec, const void* operand) {
  if (!accept(field)) return;
  refuse_fixed(field, Kind::kAdd);
  // Adding no members, erasing none: no change, and no error either.
  if (codec.is_absent(operand)) return;
  std::optional<EncodedValue> value = encode(field, codec, operand);
  if (!value) return;
  const AttributeType type = value->view().type();
  if ((type != AttributeType::kNumber && !storage::is_set(type)) || !takes(field, type))
    return problems_.add(field.name, "is no number and no set of such members: nothing is added");
  if (!keeps_whole(field, value->view())) return problems_.add(field.name, kNotWhole);
  changes_.push_back({Kind::kAdd, field, std::move(*value)});
}

void UpdateCore::subtract(const FieldCore& field, const ValueCodec& codec, const void* operand) {
  if (!accept(field)) return;
  refuse_fixed(field, Kind::kAdd);
  const std::optional<EncodedValue> value = encode(field, codec, operand);
  if (!value) return;
  if (value->view().type() != AttributeType::kNumber || !takes(field, AttributeType::kNumber))
    return problems_.add(field.name, "is no number, or no number is subtracted");
  if (!keeps_whole(field, value->view())) return problems_.add(field.name, kNotWhole);
  const auto negative = Number().subtract(value->view().number());
  if (!negative) return problems_.add(field.name, negative.error().message);
  ItemEncoder encoder;
  encoder.begin_value();
  encoder.number(*negative);
  changes_.push_back({Kind::kAdd, field, encoder.finish_value()});
}

void UpdateCore::erase(const FieldCore& field, const ValueCodec& codec, const void* operand) {
  if (!accept(field)) return;
  refuse_fixed(field, Kind::kErase);
  if (codec.is_absent(operand)) return;
  std::optional<EncodedValue> value = encode(field, codec, operand);
  if (!value) return;
  if (!storage::is_set(value->view().type()) || !takes(field, value->view().type()))
    return problems_.add(field.name, "is no set of such members: nothing is erased");
  changes_.push_back({Kind::kErase, field, std::move(*value)});
}

void UpdateCore::join(Kind kind, const FieldCore& field, const ValueCodec& codec, void* elements) {
  if (!accept(field)) return;
  refuse_fixed(field, kind);
  const PathFrame frame{nullptr, field.name, 0};
  PrepareContext context{entity_.now_ms(), entity_.connection().ids(), problems_, &frame};
  codec.prepare(elements, context);
  if (codec.is_absent(elements)) return;
  std::optional<EncodedValue> value = encode(field, codec, elements);
  if (!value) return;
  if (value->view().type() != AttributeType::kList || !takes(field, AttributeType::kList))
    return problems_.add(field.name, "is no list");
  const storage::ListView list = value->view().elements();
  if (list.size() == 0) return;
  const Schema* of = field.codec->element() == nullptr ? nullptr : field.codec->element()->schema();
  for (uint32_t i = 0; of != nullptr && i < list.size(); ++i) {
    const PathFrame at{&frame, {}, i};
    if (list[i].type() == AttributeType::kMap)
      check_document(*of, list[i].members(), &at, problems_);
  }
  changes_.push_back({kind, field, std::move(*value)});
}

void UpdateCore::append(const FieldCore& field, const ValueCodec& codec, void* elements) {
  join(Kind::kAppend, field, codec, elements);
}

void UpdateCore::prepend(const FieldCore& field, const ValueCodec& codec, void* elements) {
  join(Kind::kPrepend, field, codec, elements);
}

void UpdateCore::copy(const FieldCore& field, const FieldCore& from) {
  if (!accept(field) || !accept(from)) return;
  refuse_fixed(field, Kind::kCompute);
  changes_.push_back({Kind::kCompute, field, {}, from});
}

void UpdateCore::compute(const FieldCore& field, const FieldCore& from,
                         storage::Arithmetic arithmetic, Result<EncodedValue> operand) {
  if (!accept(field) || !accept(from)) return;
  refuse_fixed(field, Kind::kCompute);
  if (!operand)
    return problems_.add(field.name, operand.error().problems.empty()
                                         ? operand.error().message
                                         : operand.error().problems.front().message);
  const bool is_real =
      field.codec->meaning() == Meaning::kInteger && from.codec->meaning() == Meaning::kReal;
  if (is_real || !keeps_whole(field, operand->view())) return problems_.add(field.name, kNotWhole);
  changes_.push_back({Kind::kCompute, field, std::move(operand).value(), from, arithmetic});
}

void UpdateCore::remove(const FieldCore& field, bool may_be_absent) {
  if (!accept(field)) return;
  refuse_fixed(field, Kind::kRemove);
  if (field.leaf != nullptr && field.leaf->required)
    return problems_.add(field.name, "is required");
  if (field.leaf != nullptr && !may_be_absent)
    return problems_.add(field.name, "cannot be removed: its member is no optional");
  changes_.push_back({Kind::kRemove, field});
}

void UpdateCore::when(const ConditionCore& condition) { condition_ = both(condition_, condition); }

Result<PreparedUpdate> UpdateCore::prepare() const { return UpdateBuilder(*this).build(); }

Result<Request> UpdateCore::request() const {
  PreparedUpdate prepared = TRY(prepare());
  if (!prepared.reads_first) return Request(std::move(prepared.request));
  Result<Request> shown = internal::show_stored(entity_, {prepared.request, prepared.condition});
  if (shown) return shown;
  return entity_.explain_failure(std::move(shown).error(), prepared.intent, prepared.condition,
                                 prepared.expected_version);
}

Result<EncodedItem> UpdateCore::send(UpdateRequest::Return returns) const {
  PreparedUpdate prepared = TRY(prepare());
  if (prepared.reads_first) return send_after_reading(prepared, returns);
  prepared.request.returns = returns;
  // An item of an older schema version is upgraded with the update.
  const auto fit = [&](const ItemView& stored) -> Result<std::optional<UpdateRequest>> {
    if (internal::is_other_entitys(entity_.schema(), stored)) return std::optional<UpdateRequest>();
    const std::optional<EncodedItem> newer = TRY(upgraded(entity_.schema(), stored));
    if (!newer) return std::optional<UpdateRequest>();
    return std::optional<UpdateRequest>(TRY(internal::upgrading_request(
        entity_.schema(), prepared.request, prepared.condition, stored, newer->view())));
  };
  Result<WriteReply> reply = internal::send_fitting(
      prepared.request, fit,
      [this](const UpdateRequest& request) { return entity_.connection().update(request); });
  if (!reply)
    return entity_.explain_failure(std::move(reply).error(), prepared.intent, prepared.condition,
                                   prepared.expected_version);
  return std::move(reply->item);
}

// The item is read; the update, what it gives up and what it takes become one transaction.
Result<EncodedItem> UpdateCore::send_after_reading(const PreparedUpdate& prepared,
                                                   UpdateRequest::Return returns) const {
  Result<EncodedItem> before =
      internal::write_stored(entity_, {prepared.request, prepared.condition});
  if (!before)
    return entity_.explain_failure(std::move(before).error(), prepared.intent, prepared.condition,
                                   prepared.expected_version);
  if (returns == UpdateRequest::Return::kAllOld) return before;
  return internal::stored_item(entity_, prepared.request.key);
}

Result<void> UpdateCore::exec(void* object) const {
  Result<EncodedItem> item = send(UpdateRequest::Return::kAllNew);
  if (!item) return std::move(item).error();
  Result<bool> shown = entity_.read_item(item->view(), object);
  if (!shown) return std::move(shown).error();
  if (!*shown)
    return make_error(ErrorCode::kNotFound, "the item was changed, but it is no " +
                                                entity_.schema().model + " that is shown");
  return {};
}

Result<bool> UpdateCore::exec_old(void* object) const {
  Result<EncodedItem> item = send(UpdateRequest::Return::kAllOld);
  if (!item) return std::move(item).error();
  if (!item->exists()) return false;
  return entity_.read_item(item->view(), object);
}

}  // namespace dynolith::odm
