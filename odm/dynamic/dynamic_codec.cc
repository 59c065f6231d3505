// Values of dynamic items to stored values and back.
#include <algorithm>
#include <optional>

#include "odm/codecs.h"
#include "odm/dynamic/dynamic_type.h"

namespace dynolith::odm {
namespace {

using Kind = DynamicType::Kind;

constexpr int64_t kTimeMax = 9'223'372'036'854;  // In ms: as a signed count of ns.

std::string_view wanted(Kind kind) {
  switch (kind) {
    case Kind::kString:
    case Kind::kEnumeration:
      return "a string";
    case Kind::kNumber:
    case Kind::kInteger:
      return "a number";
    case Kind::kBoolean:
      return "a boolean";
    case Kind::kBinary:
      return "binary";
    case Kind::kDate:
      return "a time";
    case Kind::kNull:
      return "null";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
    case Kind::kDocument:
      return "a map";
    case Kind::kStringSet:
      return "a set of strings";
    case Kind::kNumberSet:
      return "a set of numbers";
    case Kind::kBinarySet:
      return "a set of binary values";
    case Kind::kConstant:
    case Kind::kAny:
    case Kind::kUnion:
      break;
  }
  return "of its type";
}

bool is_empty_set(const Value& value) {
  if (const auto* set = value.get_if<StringSet>()) return set->members.empty();
  if (const auto* set = value.get_if<NumberSet>()) return set->members.empty();
  if (const auto* set = value.get_if<BinarySet>()) return set->members.empty();
  return false;
}

bool is_whole(const Number& number) { return number.digit_count() <= number.exponent(); }

int64_t floor_seconds(int64_t ms) { return ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000); }

class DynamicCodec final : public ValueCodec {
 public:
  explicit DynamicCodec(DynamicType type) : type_(std::move(type)) {
    for (const DynamicType& inner : type_.of) inner_.push_back(dynamic_codec(inner));
  }

  bool is_absent(const void* value) const override {
    const Value& held = of(value);
    return held.type() == AttributeType::kNull ? !takes_null() : is_empty_set(held);
  }
  bool encode(const void* value, EncodeContext& context) const override;
  bool decode(const ValueView& stored, void* value, DecodeContext& context) const override;
  void reset(void* value) const override { of(value) = Value(); }
  bool is_initial(const void* value) const override;
  void prepare(void* value, PrepareContext& context) const override;
  void finish(void* value) const override;
  bool set_time(void* value, int64_t ms) const override;
  std::optional<int64_t> time_of(const void* value) const override;
  AttributeType type() const override;
  Meaning meaning() const override;
  const Schema* schema() const override { return type_.document.get(); }
  const ValueCodec* element() const override;
  const ValueCodec* chosen(const ValueView& stored) const override;
  CodecDetails details() const override;

 private:
  static const Value& of(const void* value) { return *static_cast<const Value*>(value); }
  static Value& of(void* value) { return *static_cast<Value*>(value); }

  bool takes_null() const {
    if (type_.kind == Kind::kUnion)
      return std::any_of(inner_.begin(), inner_.end(), [](const auto& alternative) {
        const Value null;
        return !alternative->is_absent(&null);
      });
    if (type_.kind == Kind::kConstant) return type_.constant.type() == AttributeType::kNull;
    return type_.kind == Kind::kNull || type_.kind == Kind::kAny;
  }
  bool fail_type(const Value& value, EncodeContext& context) const {
    std::string message("is ");
    message.append(storage::type_name(value.type())).append(", not ").append(wanted(type_.kind));
    return context.fail(std::move(message));
  }
  std::string not_the_constant() const;
  bool encode_date(const Value& value, EncodeContext& context) const;
  bool encode_list(const Value& value, EncodeContext& context) const;
  bool encode_map(const Value& value, EncodeContext& context) const;
  bool encode_union(const Value& value, EncodeContext& context) const;
  bool encode_element(const Value& value, EncodeContext& context) const;
  bool decode_list(const ValueView& stored, Value& value, DecodeContext& context) const;
  bool decode_map(const ValueView& stored, Value& value, DecodeContext& context) const;
  bool check_date(const ValueView& stored, DecodeContext& context) const;
  // Those of lists, maps and unions that a value in memory is for.
  template <class Visit>
  void each_inside(Value& value, Visit visit) const;
  const ValueCodec* fitting(const Value& value) const;
  void prepare_union(Value& value, PrepareContext& context) const;

  const DynamicType type_;
  std::vector<std::shared_ptr<const ValueCodec>> inner_;
};

bool DynamicCodec::encode(const void* value, EncodeContext& context) const {
  const Value& held = of(value);
  switch (type_.kind) {
    case Kind::kAny:
      return internal::encode_any(held, context);
    case Kind::kConstant:
      if (!(held == type_.constant)) return context.fail(not_the_constant());
      return internal::encode_any(held, context);
    case Kind::kUnion:
      return encode_union(held, context);
    case Kind::kDate:
      return encode_date(held, context);
    case Kind::kList:
      return encode_list(held, context);
    case Kind::kMap:
      return encode_map(held, context);
    case Kind::kDocument:
      if (const Map* map = held.get_if<Map>())
        return internal::encode_document(*type_.document, map, context);
      return fail_type(held, context);
    default:
      break;
  }
  if (held.type() != type()) return fail_type(held, context);
  if (type_.kind == Kind::kEnumeration &&
      std::find(type_.names.begin(), type_.names.end(), *held.get_if<std::string>()) ==
          type_.names.end())
    return context.fail("\"" + *held.get_if<std::string>() + "\" is no enumerator");
  if (type_.kind == Kind::kInteger && !is_whole(*held.get_if<Number>()))
    return context.fail(held.get_if<Number>()->to_text() + " is not a whole number");
  return internal::encode_any(held, context);
}

std::string DynamicCodec::not_the_constant() const {
  if (const auto* text = type_.constant.get_if<std::string>())
    return "is not the constant \"" + *text + "\"";
  if (const auto* number = type_.constant.get_if<Number>())
    return "is not the constant " + number->to_text();
  return "is not the constant of its type";
}

bool DynamicCodec::encode_date(const Value& value, EncodeContext& context) const {
  if (value.type() != type()) return fail_type(value, context);
  const std::optional<int64_t> ms = time_of(&value);
  if (!ms) return context.fail("is no time");
  // One text for one moment: as structs write it.
  if (type_.form == TimeForm::kIso)
    context.out.string(to_iso_text(timestamp_of_ms(*ms)));
  else
    context.out.number(*value.get_if<Number>());
  return true;
}

// NULL in a document says that an optional element is absent.
bool DynamicCodec::encode_element(const Value& value, EncodeContext& context) const {
  const ValueCodec& codec = *inner_.front();
  if (!codec.is_absent(&value)) return codec.encode(&value, context);
  if (!is_empty_set(value) && !type_.of.front().is_optional)
    return context.fail("is NULL, not " + std::string(wanted(type_.of.front().kind)));
  context.out.null();
  return true;
}

bool DynamicCodec::encode_list(const Value& value, EncodeContext& context) const {
  const List* list = value.get_if<List>();
  if (list == nullptr) return fail_type(value, context);
  if (!internal::enter_document(context)) return false;
  bool good = true;
  PathFrame frame{context.at, {}, 0};
  EncodeContext inner{context.out, context.problems, &frame, context.depth + 1};
  context.out.begin_list();
  for (const Value& element : *list) {
    good = encode_element(element, inner) && good;
    ++frame.index;
  }
  context.out.end();
  return good;
}

bool DynamicCodec::encode_map(const Value& value, EncodeContext& context) const {
  const Map* map = value.get_if<Map>();
  if (map == nullptr) return fail_type(value, context);
  if (!internal::enter_document(context)) return false;
  bool good = true;
  context.out.begin_map();
  for (const auto& [name, member] : *map) {
    const PathFrame frame{context.at, name, 0};
    EncodeContext inner{context.out, context.problems, &frame, context.depth + 1};
    good = internal::check_member_name(name, inner) && good;
    context.out.name(name);
    good = encode_element(member, inner) && good;
  }
  context.out.end();
  return good;
}

bool DynamicCodec::encode_union(const Value& value, EncodeContext& context) const {
  std::optional<Problems> fewest;
  // Not the thread's encoder: whoever encodes a value alone may be using it.
  ItemEncoder encoder;
  for (const auto& alternative : inner_) {
    if (alternative->is_absent(&value)) continue;
    Problems problems;
    encoder.begin_value();
    EncodeContext attempt{encoder, problems, context.at, context.depth};
    const bool good = alternative->encode(&value, attempt);
    const EncodedValue encoded = encoder.finish_value();
    if (good && problems.empty()) {
      context.out.value(encoded.view());
      return true;
    }
    // What a value of another type would have to be is of no interest.
    const bool same_type = alternative->type() == value.type();
    if (same_type && (!fewest || problems.size() < fewest->size())) fewest = std::move(problems);
  }
  if (!fewest) return context.fail("fits none of the types it may have");
  for (const Problem& problem : fewest->list()) context.problems.add(problem.path, problem.message);
  context.out.null();
  return false;
}

bool DynamicCodec::decode(const ValueView& stored, void* value, DecodeContext& context) const {
  Value& held = of(value);
  if (stored.type() == AttributeType::kNull && (type_.is_optional || takes_null())) {
    held = Value();
    return true;
  }
  switch (type_.kind) {
    case Kind::kList:
      return decode_list(stored, held, context);
    case Kind::kMap:
      return decode_map(stored, held, context);
    case Kind::kDocument: {
      Map map;
      const bool good = internal::decode_document(*type_.document, stored, &map, context);
      held = Value(std::move(map));
      return good;
    }
    case Kind::kUnion:
      for (const auto& alternative : inner_) {
        Problems ignored;
        DecodeContext attempt{ignored, context.at, context.parts};
        Value decoded;
        if (!alternative->decode(stored, &decoded, attempt) || !ignored.empty()) continue;
        held = std::move(decoded);
        return true;
      }
      return context.fail("fits none of the types it may have");
    default:
      break;
  }
  if (type_.kind != Kind::kAny && stored.type() != type())
    return context.wrong_type(stored, wanted(type_.kind));
  if (type_.kind == Kind::kDate && !check_date(stored, context)) return false;
  if (type_.kind == Kind::kInteger && !is_whole(stored.number()))
    return context.fail(stored.number().to_text() + " is not a whole number");
  if (type_.kind == Kind::kEnumeration &&
      std::find(type_.names.begin(), type_.names.end(), stored.text()) == type_.names.end())
    return context.fail("\"" + std::string(stored.text()) + "\" is no enumerator");
  held = storage::to_attribute_value(stored);
  if (type_.kind == Kind::kConstant && !(held == type_.constant))
    return context.fail(not_the_constant());
  return true;
}

bool DynamicCodec::check_date(const ValueView& stored, DecodeContext& context) const {
  const Value held = storage::to_attribute_value(stored);
  return time_of(&held) ||
         context.fail(type_.form == TimeForm::kIso ? "is not a time in ISO 8601 text"
                                                   : stored.number().to_text() + " is no time");
}

bool DynamicCodec::decode_list(const ValueView& stored, Value& value,
                               DecodeContext& context) const {
  if (stored.type() != AttributeType::kList) return context.wrong_type(stored, "a list");
  const storage::ListView elements = stored.elements();
  List list;
  list.reserve(elements.size());
  bool good = true;
  for (uint32_t i = 0; i < elements.size(); ++i) {
    const PathFrame frame{context.at, {}, i};
    DecodeContext inner = context.element(&frame);
    good = inner_.front()->decode(elements[i], &list.emplace_back(), inner) && good;
  }
  value = Value(std::move(list));
  return good;
}

bool DynamicCodec::decode_map(const ValueView& stored, Value& value, DecodeContext& context) const {
  if (stored.type() != AttributeType::kMap) return context.wrong_type(stored, "a map");
  const storage::MapView members = stored.members();
  Map map;
  bool good = true;
  for (uint32_t i = 0; i < members.size(); ++i) {
    const auto [name, member] = members[i];
    const PathFrame frame{context.at, name, 0};
    DecodeContext inner = context.member(name, &frame);
    good = inner_.front()->decode(member, &map[std::string(name)], inner) && good;
  }
  value = Value(std::move(map));
  return good;
}

bool DynamicCodec::is_initial(const void* value) const {
  const Value& held = of(value);
  if (held.type() == AttributeType::kNull || is_empty_set(held)) return true;
  if (const auto* text = held.get_if<std::string>()) return text->empty();
  if (const auto* number = held.get_if<Number>()) return number->is_zero();
  if (const auto* binary = held.get_if<Binary>()) return binary->bytes.empty();
  if (const auto* boolean = held.get_if<bool>()) return !*boolean;
  if (const auto* list = held.get_if<List>()) return list->empty();
  if (const auto* map = held.get_if<Map>()) return map->empty();
  return false;
}

template <class Visit>
void DynamicCodec::each_inside(Value& value, Visit visit) const {
  if (type_.kind == Kind::kUnion) {
    if (const ValueCodec* alternative = fitting(value)) visit(*alternative, value, nullptr, 0);
  } else if (type_.kind == Kind::kList && value.get_if<List>() != nullptr) {
    size_t index = 0;
    for (Value& element : *value.get_if<List>()) visit(*inner_.front(), element, nullptr, index++);
  } else if (type_.kind == Kind::kMap && value.get_if<Map>() != nullptr) {
    for (auto& [name, member] : *value.get_if<Map>()) visit(*inner_.front(), member, &name, 0);
  }
}

size_t problems_of(const ValueCodec& codec, const Value& value) {
  ItemEncoder encoder;
  Problems problems;
  EncodeContext context{encoder, problems};
  encoder.begin_value();
  const bool good = codec.encode(&value, context);
  (void)encoder.finish_value();
  return good ? problems.size() : std::max<size_t>(problems.size(), 1);
}

// The alternative of a union that a value is one of; null: it fits none, or has to be filled in
// first to fit several of one type.
const ValueCodec* DynamicCodec::fitting(const Value& value) const {
  const auto is_of_type = [&](const auto& alternative) {
    return alternative->type() == value.type();
  };
  const auto first = std::find_if(inner_.begin(), inner_.end(), is_of_type);
  if (first == inner_.end()) return nullptr;
  if (std::none_of(first + 1, inner_.end(), is_of_type)) return first->get();
  for (const auto& alternative : inner_)
    if (is_of_type(alternative) && problems_of(*alternative, value) == 0) return alternative.get();
  return nullptr;
}

// What is filled in is that of the alternative which the value is, or becomes by it.
void DynamicCodec::prepare_union(Value& value, PrepareContext& context) const {
  if (const ValueCodec* alternative = fitting(value)) return alternative->prepare(&value, context);
  std::optional<Value> best;
  size_t fewest = 0;
  for (const auto& alternative : inner_) {
    if (alternative->type() != value.type()) continue;
    Value filled = value;
    Problems problems;
    PrepareContext attempt{context.now_ms, context.ids, problems, context.at};
    alternative->prepare(&filled, attempt);
    const size_t count = problems.size() + problems_of(*alternative, filled);
    if (best && count >= fewest) continue;
    fewest = count;
    best = std::move(filled);
  }
  if (best) value = *std::move(best);
}

void DynamicCodec::prepare(void* value, PrepareContext& context) const {
  Value& held = of(value);
  if (type_.kind == Kind::kUnion) return prepare_union(held, context);
  if (type_.kind == Kind::kDocument) {
    if (Map* map = held.get_if<Map>()) internal::prepare_document(*type_.document, map, context);
    return;
  }
  each_inside(
      held, [&](const ValueCodec& codec, Value& inside, const std::string* name, size_t index) {
        const PathFrame frame{context.at, name != nullptr ? *name : std::string_view(), index};
        PrepareContext inner{context.now_ms, context.ids, context.problems, &frame};
        codec.prepare(&inside, inner);
      });
}

void DynamicCodec::finish(void* value) const {
  Value& held = of(value);
  if (type_.kind == Kind::kDocument) {
    if (Map* map = held.get_if<Map>()) internal::finish_document(*type_.document, map);
    return;
  }
  each_inside(held, [](const ValueCodec& codec, Value& inside, const std::string*, size_t) {
    codec.finish(&inside);
  });
}

bool DynamicCodec::set_time(void* value, int64_t ms) const {
  if (type_.kind != Kind::kDate) return false;
  if (type_.form == TimeForm::kIso)
    of(value) = Value(to_iso_text(timestamp_of_ms(std::clamp(ms, kFirstIsoMs, kLastIsoMs))));
  else
    of(value) = Value(type_.form == TimeForm::kSeconds ? floor_seconds(ms) : ms);
  return true;
}

std::optional<int64_t> DynamicCodec::time_of(const void* value) const {
  if (type_.kind != Kind::kDate) return std::nullopt;
  if (const auto* text = of(value).get_if<std::string>(); text && type_.form == TimeForm::kIso) {
    const auto time = parse_iso_text(*text);
    if (!time) return std::nullopt;
    const int64_t ms = time->time_since_epoch().count();
    return ms >= kFirstIsoMs && ms <= kLastIsoMs ? std::optional(ms) : std::nullopt;
  }
  const auto* number = of(value).get_if<Number>();
  if (number == nullptr || type_.form == TimeForm::kIso) return std::nullopt;
  const std::optional<int64_t> count = number->to_int64();
  const int64_t scale = type_.form == TimeForm::kSeconds ? 1000 : 1;
  if (!count || *count > kTimeMax / scale || *count < -kTimeMax / scale) return std::nullopt;
  return *count * scale;
}

AttributeType DynamicCodec::type() const {
  switch (type_.kind) {
    case Kind::kString:
    case Kind::kEnumeration:
      return AttributeType::kString;
    case Kind::kNumber:
    case Kind::kInteger:
      return AttributeType::kNumber;
    case Kind::kBoolean:
      return AttributeType::kBoolean;
    case Kind::kBinary:
      return AttributeType::kBinary;
    case Kind::kDate:
      return type_.form == TimeForm::kIso ? AttributeType::kString : AttributeType::kNumber;
    case Kind::kNull:
    case Kind::kAny:
      return AttributeType::kNull;
    case Kind::kConstant:
      return type_.constant.type();
    case Kind::kList:
      return AttributeType::kList;
    case Kind::kMap:
    case Kind::kDocument:
      return AttributeType::kMap;
    case Kind::kStringSet:
      return AttributeType::kStringSet;
    case Kind::kNumberSet:
      return AttributeType::kNumberSet;
    case Kind::kBinarySet:
      return AttributeType::kBinarySet;
    case Kind::kUnion:
      return inner_.empty() ? AttributeType::kNull : inner_.front()->type();
  }
  return AttributeType::kNull;
}

Meaning DynamicCodec::meaning() const {
  switch (type_.kind) {
    case Kind::kNumber:
      return Meaning::kReal;
    case Kind::kInteger:
      return Meaning::kInteger;
    case Kind::kDate:
      return Meaning::kTime;
    case Kind::kEnumeration:
      return Meaning::kEnumeration;
    case Kind::kDocument:
      return Meaning::kDocument;
    case Kind::kAny:
    case Kind::kUnion:
      return Meaning::kAny;
    default:
      return Meaning::kPlain;
  }
}

const ValueCodec* DynamicCodec::element() const {
  static const std::shared_ptr<const ValueCodec> kString = dynamic_codec(DynamicType::string());
  static const std::shared_ptr<const ValueCodec> kNumber = dynamic_codec(DynamicType::number());
  static const std::shared_ptr<const ValueCodec> kBinary = dynamic_codec(DynamicType::binary());
  switch (type_.kind) {
    case Kind::kList:
    case Kind::kMap:
      return inner_.front().get();
    case Kind::kStringSet:
      return kString.get();
    case Kind::kNumberSet:
      return kNumber.get();
    case Kind::kBinarySet:
      return kBinary.get();
    default:
      return nullptr;
  }
}

const ValueCodec* DynamicCodec::chosen(const ValueView& stored) const {
  if (type_.kind != Kind::kUnion) return nullptr;
  const ValueCodec* of_its_type = nullptr;
  for (const auto& alternative : inner_) {
    if (alternative->type() == stored.type()) of_its_type = alternative.get();
    Problems ignored;
    DecodeContext context{ignored};
    Value decoded;
    if (alternative->decode(stored, &decoded, context) && ignored.empty()) return alternative.get();
  }
  return of_its_type;
}

CodecDetails DynamicCodec::details() const {
  CodecDetails details;
  details.is_optional = type_.is_optional;
  details.dynamic_type = &type_;
  if (type_.kind == Kind::kUnion)
    for (const auto& alternative : inner_) details.alternatives.push_back(alternative.get());
  return details;
}

}  // namespace

std::shared_ptr<const ValueCodec> dynamic_codec(DynamicType type) {
  if ((type.kind == Kind::kList || type.kind == Kind::kMap) && type.of.empty())
    type.of.push_back(DynamicType::any());
  return std::make_shared<DynamicCodec>(std::move(type));
}

}  // namespace dynolith::odm
