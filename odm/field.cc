#include "odm/field.h"

#include <limits>

#include "storage/limits.h"

namespace dynolith::odm {
namespace {

constexpr size_t kNameBytesMax = 16 * 1024;  // Of a path written as text.

FieldCore& fail(FieldCore& field, ErrorCode code, std::string message) {
  if (!field.error) field.error = make_error(code, std::move(message));
  return field;
}

// Reads a path's text and goes down the model with it.
class PathReader {
 public:
  PathReader(const Schema& schema, std::string_view text) : schema_(schema), text_(text) {}

  FieldCore read() {
    if (schema_.error) {
      field_.error = *schema_.error;
      return std::move(field_);
    }
    if (text_.size() > kNameBytesMax) return bad("is too long");
    field_.name = text_;
    bool is_first = true;
    do {
      if (!is_first && rest().starts_with('[')) {
        if (!read_index()) return std::move(field_);
      } else {
        if (!is_first && !take('.')) return bad("has no \".\" or \"[\" after a name");
        if (!read_name(is_first)) return std::move(field_);
      }
      is_first = false;
      if (field_.path.steps.size() > storage::kDocumentPathDepthMax) return bad("is too deep");
    } while (at_ < text_.size());
    return std::move(field_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  FieldCore bad(const std::string& what) {
    fail(field_, ErrorCode::kBadRequest,
         schema_.model + ": the path \"" + std::string(text_.substr(0, 200)) + "\" " + what);
    return std::move(field_);
  }
  bool refuse(const std::string& what) {
    field_ = bad(what);
    return false;
  }

  bool read_name(bool is_first) {
    std::string name;
    if (take('`')) {
      const size_t end = text_.find('`', at_);
      if (end == std::string_view::npos) return refuse("has a backquote without its partner");
      name = text_.substr(at_, end - at_);
      at_ = end + 1;
    } else {
      const size_t end = std::min(text_.find_first_of(".[`", at_), text_.size());
      name = text_.substr(at_, end - at_);
      at_ = end;
    }
    if (name.empty()) return refuse("has an empty name");
    return go_to(std::move(name), is_first);
  }

  bool go_to(std::string name, bool is_first) {
    const Schema* document = is_first ? &schema_ : field_.codec->schema();
    if (document != nullptr) {
      const Attribute* found = document->find(name);
      if (found == nullptr && document->unknown == Unknown::kKeep && !document->is_own_name(name) &&
          document->find_stored(name) == nullptr) {
        step(std::move(name), nullptr, codec_of<Value>());
        return true;
      }
      if (found == nullptr)
        return refuse("names \"" + name + "\", which is no attribute of " + document->model);
      step(found->stored_name, found, *found->codec);
      if (is_first) field_.root = found;
      return true;
    }
    if (const ValueCodec* below = below_any()) return step(std::move(name), nullptr, *below), true;
    if (field_.codec->type() != AttributeType::kMap || field_.codec->element() == nullptr)
      return refuse("names \"" + name + "\" inside something that is no map");
    step(std::move(name), nullptr, *field_.codec->element());
    return true;
  }

  bool read_index() {
    take('[');
    uint64_t index = 0;
    const size_t begin = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      index = index * 10 + static_cast<uint64_t>(text_[at_] - '0');
      if (index > std::numeric_limits<int32_t>::max()) return refuse("has an index out of range");
    }
    if (at_ == begin || !take(']')) return refuse("has an index that is no number");
    const ValueCodec* of = below_any();
    if (of == nullptr && field_.codec->type() == AttributeType::kList) of = field_.codec->element();
    if (of == nullptr) return refuse("has an index behind something that is no list");
    field_.path.steps.emplace_back(static_cast<uint32_t>(index));
    field_.leaf = nullptr;
    field_.codec = of;
    return true;
  }

  // Of what may hold anything. Null: this may not.
  const ValueCodec* below_any() const {
    return field_.codec->meaning() == Meaning::kAny ? &codec_of<Value>() : nullptr;
  }

  void step(std::string name, const Attribute* leaf, const ValueCodec& codec) {
    field_.path.steps.emplace_back(std::move(name));
    field_.leaf = leaf;
    field_.codec = &codec;
  }

  const Schema& schema_;
  const std::string_view text_;
  size_t at_ = 0;
  FieldCore field_;
};

bool is_named(const Attribute* attribute) {
  return attribute != nullptr && attribute->role != AttributeRole::kExtra;
}

}  // namespace

FieldCore field_core(const Schema& schema, const Attribute* attribute) {
  FieldCore field;
  if (schema.error) {
    field.error = *schema.error;
    return field;
  }
  if (!is_named(attribute))
    return fail(field, ErrorCode::kBadModel,
                schema.model + ": a member is named that is not an attribute");
  field.path.steps.emplace_back(attribute->stored_name);
  field.name = attribute->name;
  field.root = field.leaf = attribute;
  field.codec = attribute->codec;
  return field;
}

FieldCore field_core(const Schema& schema, std::string_view path) {
  return PathReader(schema, path).read();
}

FieldCore FieldCore::member(const Attribute* attribute, const ValueCodec* expected) const {
  FieldCore field = *this;
  field.codec = expected;
  if (field.error) return field;
  if (!is_named(attribute))
    return fail(field, ErrorCode::kBadModel,
                "\"" + name + "\": a member of it is named that is not an attribute");
  field.path.steps.emplace_back(attribute->stored_name);
  field.name.append(".").append(attribute->name);
  field.leaf = attribute;
  field.codec = attribute->codec;
  return field;
}

FieldCore FieldCore::element(uint32_t index, const ValueCodec& of) const {
  FieldCore field = *this;
  field.path.steps.emplace_back(index);
  field.name.append("[").append(std::to_string(index)).append("]");
  field.leaf = nullptr;
  field.codec = &of;
  return field;
}

FieldCore FieldCore::entry(std::string_view key, const ValueCodec& of) const {
  FieldCore field = *this;
  field.path.steps.emplace_back(std::string(key));
  field.name.append(".").append(key);
  field.leaf = nullptr;
  field.codec = &of;
  return field;
}

namespace internal {

Result<EncodedValue> operand_of(const FieldCore& field, const ValueCodec& codec, void* member) {
  if (field.error) return *field.error;
  // A setter knows one type; an operand of another, a number beside an integer, passes it by.
  if (field.leaf != nullptr && field.leaf->on_set && &codec == field.leaf->codec &&
      !codec.is_absent(member))
    field.leaf->on_set(member);
  Problems problems;
  const std::string name = field.name.empty() ? std::string("value") : field.name;
  const PathFrame frame{nullptr, name, 0};
  EncodedValue value = encode_alone(codec, member, problems, &frame);
  if (problems.empty()) return value;
  Error error = make_error(ErrorCode::kInvalid, "a value for \"" + name + "\" is not valid");
  error.problems = std::move(problems.list());
  return error;
}

}  // namespace internal
}  // namespace dynolith::odm
