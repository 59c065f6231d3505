// Objects as JSON and back.
#include <algorithm>

#include "api/json/base64.h"
#include "odm/codecs.h"
#include "odm/json.h"
#include "odm/json/json_text.h"

namespace dynolith::odm {
namespace {

// --- Writing.

void append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  append_json_text(out, name);
  out += ':';
}

void append_coded(std::string& out, const ValueCodec& codec, const ValueView& value);

// A document inside, by the names of its model; what that does not know, as it is stored.
void append_document(std::string& out, const Schema& schema, const storage::MapView& members) {
  out += '{';
  for (const Attribute& attribute : schema.attributes) {
    if (attribute.role == AttributeRole::kExtra || attribute.hidden) continue;
    const auto value = members.find(attribute.stored_name);
    if (!value) continue;
    append_name(out, attribute.name);
    append_coded(out, *attribute.codec, *value);
  }
  for (uint32_t i = 0; i < members.size(); ++i) {
    const auto [name, value] = members[i];
    if (schema.find_stored(name) != nullptr || schema.is_own_name(name)) continue;
    append_name(out, name);
    append_json(out, value);
  }
  out += '}';
}

void append_coded(std::string& out, const ValueCodec& codec, const ValueView& value) {
  if (const ValueCodec* chosen = codec.chosen(value)) return append_coded(out, *chosen, value);
  if (codec.schema() != nullptr && value.type() == AttributeType::kMap)
    return append_document(out, *codec.schema(), value.members());
  const ValueCodec* element = codec.element();
  if (element == nullptr || (element->schema() == nullptr && element->element() == nullptr &&
                             element->meaning() != Meaning::kAny))
    return append_json(out, value);
  if (value.type() == AttributeType::kList) {
    const storage::ListView elements = value.elements();
    out += '[';
    for (uint32_t i = 0; i < elements.size(); ++i) {
      if (i > 0) out += ',';
      append_coded(out, *element, elements[i]);
    }
    out += ']';
  } else if (value.type() == AttributeType::kMap) {
    const storage::MapView members = value.members();
    out += '{';
    for (uint32_t i = 0; i < members.size(); ++i) {
      const auto [name, member] = members[i];
      append_name(out, name);
      append_coded(out, *element, member);
    }
    out += '}';
  } else {
    append_json(out, value);
  }
}

// Which members a selection shows.
class Chosen {
 public:
  static Result<Chosen> of(const Schema& schema, const JsonSelection& selection) {
    Chosen chosen;
    const std::vector<size_t>* view = nullptr;
    if (!selection.view.empty()) {
      const auto found = schema.views.find(selection.view);
      if (found == schema.views.end())
        return make_error(ErrorCode::kBadRequest,
                          schema.model + " has no view \"" + selection.view + "\"");
      view = &found->second;
    }
    std::vector<size_t> only, except;
    TRY(resolve(schema, selection.only, only));
    TRY(resolve(schema, selection.except, except));
    chosen.all_ = view == nullptr && only.empty();
    for (size_t i = 0; i < schema.attributes.size(); ++i) {
      const Attribute& attribute = schema.attributes[i];
      const bool is_named = !only.empty() && contains(only, i);
      const bool is_shown = view != nullptr ? contains(*view, i) && (only.empty() || is_named)
                                            : is_named || (only.empty() && !attribute.hidden);
      if (attribute.role != AttributeRole::kExtra && is_shown && !contains(except, i))
        chosen.attributes_.push_back(i);
    }
    return chosen;
  }
  const std::vector<size_t>& attributes() const { return attributes_; }
  bool with_unknown() const { return all_; }

 private:
  static bool contains(const std::vector<size_t>& list, size_t value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  }
  static Result<void> resolve(const Schema& schema, const std::vector<std::string>& names,
                              std::vector<size_t>& positions) {
    for (const std::string& name : names) {
      const Attribute* attribute = schema.find(name);
      if (attribute == nullptr)
        return make_error(ErrorCode::kBadRequest, schema.model + " has no member \"" + name + "\"");
      positions.push_back(schema.position(*attribute));
    }
    return {};
  }

  std::vector<size_t> attributes_;
  bool all_ = false;
};

// Members that the model does not know: of a struct's extra map, of a dynamic item.
void append_unknown(std::string& out, const Schema& schema, const void* object) {
  const Map* members = nullptr;
  if (schema.extra)
    members = static_cast<const Map*>(schema.member(schema.attributes[*schema.extra], object));
  else if (!schema.is_typed() && schema.unknown == Unknown::kKeep)
    members = static_cast<const Map*>(object);
  if (members == nullptr) return;
  for (const auto& [name, value] : *members) {
    if (schema.find(name) != nullptr || schema.is_own_name(name)) continue;
    append_name(out, name);
    append_json(out, storage::encode_value(value).view());
  }
}

// --- Reading.

using storage::encode_into;

// Writes JSON as the value that a codec expects. What it does not expect becomes the value that the
// JSON looks like, and the codec says why it does not fit.
class Converter {
 public:
  Converter(ItemEncoder& out, Problems& problems) : out_(out), problems_(problems) {}

  void convert(const ValueCodec& codec, const Value& json, const PathFrame* at) {
    if (codec.meaning() == Meaning::kAny) return convert_any(codec, json, at);
    if (codec.schema() != nullptr && json.get_if<Map>() != nullptr)
      return convert_document(*codec.schema(), *json.get_if<Map>(), at);
    switch (codec.type()) {
      case AttributeType::kBinary:
        return convert_binary(json, at);
      case AttributeType::kStringSet:
      case AttributeType::kNumberSet:
      case AttributeType::kBinarySet:
        return convert_set(codec.type(), json, at);
      case AttributeType::kList:
      case AttributeType::kMap:
        return convert_container(codec, json, at);
      default:
        return encode_into(out_, json);
    }
  }

 private:
  // As the first type that takes it: texts and the like as they look, documents by their names.
  void convert_any(const ValueCodec& codec, const Value& json, const PathFrame* at) {
    const std::vector<const ValueCodec*> alternatives = codec.details().alternatives;
    const bool is_container = json.get_if<Map>() != nullptr || json.get_if<List>() != nullptr;
    if (alternatives.empty() ||
        (!is_container && codec.chosen(storage::encode_value(json).view()) != nullptr))
      return encode_into(out_, json);
    for (const ValueCodec* alternative : alternatives) {
      ItemEncoder encoder;
      Problems problems;
      encoder.begin_value();
      Converter(encoder, problems).convert(*alternative, json, at);
      const EncodedValue encoded = encoder.finish_value();
      if (problems.empty() && codec.chosen(encoded.view()) == alternative)
        return out_.value(encoded.view());
    }
    encode_into(out_, json);
  }

  void convert_binary(const Value& json, const PathFrame* at) {
    const std::string* text = json.get_if<std::string>();
    if (text == nullptr) return encode_into(out_, json);
    std::string bytes;
    if (api::base64_error(*text))
      problems_.add(at, "is not base64");
    else
      api::decode_base64(*text, bytes);
    out_.binary(bytes);
  }

  void convert_set(AttributeType type, const Value& json, const PathFrame* at) {
    const List* elements = json.get_if<List>();
    if (elements == nullptr) return encode_into(out_, json);
    out_.begin_set(type);
    for (size_t i = 0; i < elements->size(); ++i) {
      const PathFrame frame{at, {}, i};
      const std::string* text = (*elements)[i].get_if<std::string>();
      const Number* number = (*elements)[i].get_if<Number>();
      if (type == AttributeType::kStringSet && text != nullptr)
        out_.string(*text);
      else if (type == AttributeType::kNumberSet && number != nullptr)
        out_.number(*number);
      else if (type == AttributeType::kBinarySet && text != nullptr)
        convert_binary((*elements)[i], &frame);
      else
        problems_.add(&frame,
                      type == AttributeType::kNumberSet ? "is not a number" : "is not a string");
    }
    out_.end();
  }

  void convert_container(const ValueCodec& codec, const Value& json, const PathFrame* at) {
    const ValueCodec* element = codec.element();
    if (element == nullptr) return encode_into(out_, json);
    if (const List* elements = json.get_if<List>()) {
      out_.begin_list();
      for (size_t i = 0; i < elements->size(); ++i) {
        const PathFrame frame{at, {}, i};
        convert(*element, (*elements)[i], &frame);
      }
      out_.end();
    } else if (const Map* members = json.get_if<Map>()) {
      out_.begin_map();
      for (const auto& [name, member] : *members) {
        const PathFrame frame{at, name, 0};
        out_.name(name);
        convert(*element, member, &frame);
      }
      out_.end();
    } else {
      encode_into(out_, json);
    }
  }

  void convert_document(const Schema& schema, const Map& members, const PathFrame* at) {
    out_.begin_map();
    std::vector<bool> given(schema.attributes.size());
    for (const auto& [name, member] : members) {
      const Attribute* attribute = schema.find(name);
      if (member.get_if<Null>() != nullptr && attribute != nullptr) continue;
      const PathFrame frame{at, name, 0};
      if (attribute == nullptr && schema.find_stored(name) != nullptr) {
        // The place of an attribute that has another name here.
        if (schema.unknown == Unknown::kRefuse)
          problems_.add(&frame, "is not an attribute of " + schema.model);
        continue;
      }
      if (attribute != nullptr && given[schema.position(*attribute)]) {
        problems_.add(&frame, "is given twice, as " + attribute->name + " too");
        continue;
      }
      if (attribute != nullptr) given[schema.position(*attribute)] = true;
      out_.name(attribute == nullptr ? name : attribute->stored_name);
      if (attribute == nullptr)
        encode_into(out_, member);
      else
        convert(*attribute->codec, member, &frame);
    }
    out_.end();
  }

  ItemEncoder& out_;
  Problems& problems_;
};

class ObjectReader {
 public:
  ObjectReader(const Schema& schema, void* object, Problems& problems)
      : schema_(schema), object_(object), problems_(problems) {}

  void read(const Map& members) {
    std::vector<bool> given(schema_.attributes.size());
    for (const auto& [name, value] : members) {
      const Attribute* attribute = schema_.find(name);
      if (attribute == nullptr) {
        unknown(name, value);
      } else if (given[schema_.position(*attribute)]) {
        problems_.add(std::string(name), "is given twice, as " + attribute->name + " too");
      } else if (!is_absent(*attribute, value)) {
        given[schema_.position(*attribute)] = true;
        present(*attribute, value);
      }
    }
    for (const Attribute& attribute : schema_.attributes)
      if (!given[schema_.position(attribute)] && attribute.role != AttributeRole::kExtra)
        missing(attribute);
  }

 private:
  // null, and an empty array where a set is expected.
  static bool is_absent(const Attribute& attribute, const Value& value) {
    if (value.get_if<Null>() != nullptr) return attribute.codec->meaning() != Meaning::kAny;
    const List* list = value.get_if<List>();
    const AttributeType type = attribute.codec->type();
    return list != nullptr && list->empty() &&
           (type == AttributeType::kStringSet || type == AttributeType::kNumberSet ||
            type == AttributeType::kBinarySet);
  }

  void present(const Attribute& attribute, const Value& value) {
    const PathFrame frame{nullptr, attribute.name, 0};
    ItemEncoder encoder;
    encoder.begin_value();
    const size_t before = problems_.size();
    Converter(encoder, problems_).convert(*attribute.codec, value, &frame);
    const EncodedValue encoded = encoder.finish_value();
    if (problems_.size() != before) return;
    DecodeContext context{problems_, &frame};
    attribute.codec->decode(encoded.view(), schema_.make_member(attribute, object_), context);
  }

  void missing(const Attribute& attribute) {
    const Source& source = attribute.default_value;
    if (source.kind == Source::Kind::kCall) {
      source.call(schema_.make_member(attribute, object_));
    } else if (source.kind == Source::Kind::kLiteral && !source.literal.bytes.empty()) {
      const PathFrame frame{nullptr, attribute.name, 0};
      DecodeContext context{problems_, &frame};
      attribute.codec->decode(source.literal.view(), schema_.make_member(attribute, object_),
                              context);
    } else if (attribute.required && !attribute.generated &&
               attribute.role == AttributeRole::kPlain && !is_derived(attribute)) {
      problems_.add(attribute.name, "is missing");
    } else if (schema_.is_typed() && attribute.codec->can_be_absent()) {
      // As an item is read that lacks it.
      attribute.codec->reset(schema_.member(attribute, object_));
    }
  }

  bool is_derived(const Attribute& attribute) const {
    return std::any_of(schema_.derived.begin(), schema_.derived.end(), [&](const Derived& rule) {
      return rule.target == schema_.position(attribute);
    });
  }

  void unknown(const std::string& name, const Value& value) {
    if (schema_.unknown == Unknown::kIgnore || schema_.is_own_name(name)) return;
    if (schema_.unknown == Unknown::kRefuse)
      return problems_.add(name, "is not an attribute of " + schema_.model);
    if (schema_.extra) {
      void* extra = schema_.member(schema_.attributes[*schema_.extra], object_);
      (*static_cast<Map*>(extra))[name] = value;
    } else if (!schema_.is_typed()) {
      (*static_cast<Map*>(object_))[name] = value;
    }
  }

  const Schema& schema_;
  void* object_;
  Problems& problems_;
};

}  // namespace

Result<std::string> object_to_json(const Schema& schema, const void* object,
                                   const JsonSelection& selection) {
  if (schema.error) return *schema.error;
  const Chosen chosen = TRY(Chosen::of(schema, selection));
  std::string out = "{";
  Problems problems;
  for (const size_t position : chosen.attributes()) {
    const Attribute& attribute = schema.attributes[position];
    const void* member = schema.member(attribute, object);
    if (member == nullptr || attribute.codec->is_absent(member)) {
      if (attribute.nullable) {
        append_name(out, attribute.name);
        out += "null";
      }
      continue;
    }
    const PathFrame frame{nullptr, attribute.name, 0};
    const EncodedValue value = encode_alone(*attribute.codec, member, problems, &frame);
    append_name(out, attribute.name);
    append_coded(out, *attribute.codec, value.view());
  }
  if (!problems.empty()) return invalid_error(schema.model, std::move(problems));
  if (chosen.with_unknown()) append_unknown(out, schema, object);
  out += '}';
  return out;
}

Result<void> object_from_json(const Schema& schema, std::string_view json, void* object) {
  if (schema.error) return *schema.error;
  const Value value = TRY(parse_json(json));
  const Map* members = value.get_if<Map>();
  if (members == nullptr)
    return make_error(ErrorCode::kBadRequest,
                      "the JSON of a " + schema.model + " is an object, not something else");
  Problems problems;
  ObjectReader(schema, object, problems).read(*members);
  if (!problems.empty()) return invalid_error(schema.model, std::move(problems));
  return {};
}

}  // namespace dynolith::odm
