// The event that AWS Lambda hands to a function of a stream: records whose items are in the
// service's typed JSON, {"S": "..."}.
#include <cmath>

#include "api/json/base64.h"
#include "odm/change.h"
#include "odm/json/json_text.h"
#include "storage/limits.h"

namespace dynolith::odm {
namespace {

Error bad(const std::string& path, std::string_view why) {
  return make_error(ErrorCode::kBadRequest,
                    "not an event of a stream: " + path + " " + std::string(why));
}

const Value* find(const Map& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() || found->second.get_if<Null>() != nullptr ? nullptr
                                                                          : &found->second;
}

Result<std::string> text_in(const Map& object, std::string_view name, const std::string& path) {
  const Value* value = find(object, name);
  const std::string* text = value == nullptr ? nullptr : value->get_if<std::string>();
  if (text == nullptr) return bad(path + "." + std::string(name), "is not a string");
  return *text;
}

// Reads typed values into an encoder, which a failure leaves in the middle.
class TypedValues {
 public:
  explicit TypedValues(ItemEncoder& out) : out_(out) {}

  Result<void> read_item(const Map& attributes, const std::string& path) {
    for (const auto& [name, value] : attributes) {
      if (name.empty() || name.size() > storage::kAttributeNameBytesMax)
        return bad(path, "has an attribute whose name is empty or too long");
      out_.name(name);
      TRY(read(value, path + "." + name, 0));
    }
    return {};
  }

 private:
  Result<void> read(const Value& value, const std::string& path, int depth) {
    const Map* typed = value.get_if<Map>();
    if (typed == nullptr || typed->size() != 1) return bad(path, "is no attribute value");
    if (depth > storage::kNestingLevelsMax) return bad(path, "is nested too deep");
    const auto& [type, held] = *typed->begin();
    if (type == "L") return read_list(held, path, depth);
    if (type == "M") return read_map(held, path, depth);
    if (type == "SS" || type == "NS" || type == "BS") return read_set(type[0], held, path);
    if (type == "BOOL") {
      if (held.get_if<bool>() == nullptr) return bad(path, "is no boolean");
      return out_.boolean(*held.get_if<bool>()), Result<void>();
    }
    if (type == "NULL") return out_.null(), Result<void>();
    if (type == "S" || type == "N" || type == "B") return read_scalar(type[0], held, path);
    return bad(path, "has a type that does not exist");
  }

  Result<void> read_scalar(char type, const Value& held, const std::string& path) {
    const std::string* text = held.get_if<std::string>();
    if (text == nullptr) return bad(path, "is not given as a string");
    if (type == 'S') return out_.string(*text), Result<void>();
    if (type == 'N') {
      const auto number = Number::parse(*text);
      if (!number.ok()) return bad(path, "is no number");
      return out_.number(*number), Result<void>();
    }
    if (api::base64_error(*text)) return bad(path, "is not base64");
    std::string bytes;
    api::decode_base64(*text, bytes);
    return out_.binary(bytes), Result<void>();
  }

  Result<void> read_set(char type, const Value& held, const std::string& path) {
    const List* members = held.get_if<List>();
    if (members == nullptr || members->empty()) return bad(path, "is no set");
    out_.begin_set(type == 'S'   ? AttributeType::kStringSet
                   : type == 'N' ? AttributeType::kNumberSet
                                 : AttributeType::kBinarySet);
    for (const Value& member : *members) TRY(read_scalar(type, member, path));
    out_.end();
    return {};
  }

  Result<void> read_list(const Value& held, const std::string& path, int depth) {
    const List* elements = held.get_if<List>();
    if (elements == nullptr) return bad(path, "is no list");
    out_.begin_list();
    for (size_t i = 0; i < elements->size(); ++i)
      TRY(read((*elements)[i], path + "[" + std::to_string(i) + "]", depth + 1));
    out_.end();
    return {};
  }

  Result<void> read_map(const Value& held, const std::string& path, int depth) {
    const Map* members = held.get_if<Map>();
    if (members == nullptr) return bad(path, "is no map");
    out_.begin_map();
    for (const auto& [name, member] : *members) {
      out_.name(name);
      TRY(read(member, path + "." + name, depth + 1));
    }
    out_.end();
    return {};
  }

  ItemEncoder& out_;
};

// The absent item if the member is.
Result<EncodedItem> item_in(const Map& object, std::string_view name, const std::string& path) {
  const Value* value = find(object, name);
  if (value == nullptr) return EncodedItem();
  const std::string where = path + "." + std::string(name);
  const Map* attributes = value->get_if<Map>();
  if (attributes == nullptr) return bad(where, "is no item");
  ItemEncoder encoder;
  encoder.begin_item();
  TRY(TypedValues(encoder).read_item(*attributes, where));
  return encoder.finish_item();
}

// Seconds since 1970, perhaps with a fraction.
int64_t milliseconds_in(const Map& object) {
  const Value* value = find(object, "ApproximateCreationDateTime");
  const Number* seconds = value == nullptr ? nullptr : value->get_if<Number>();
  if (seconds == nullptr || seconds->exponent() > 12) return 0;
  const double milliseconds = std::strtod(seconds->to_text().c_str(), nullptr) * 1000;
  return static_cast<int64_t>(std::llround(milliseconds));
}

bool is_time_to_live(const Map& record) {
  const Value* identity = find(record, "userIdentity");
  const Map* who = identity == nullptr ? nullptr : identity->get_if<Map>();
  const Value* principal = who == nullptr ? nullptr : find(*who, "principalId");
  const std::string* name = principal == nullptr ? nullptr : principal->get_if<std::string>();
  return name != nullptr && *name == "dynamodb.amazonaws.com";
}

Result<storage::StreamEvent> event_in(const Map& record, const std::string& path) {
  const std::string name = TRY(text_in(record, "eventName", path));
  if (name == "INSERT") return storage::StreamEvent::kInsert;
  if (name == "MODIFY") return storage::StreamEvent::kModify;
  if (name == "REMOVE") return storage::StreamEvent::kRemove;
  return bad(path + ".eventName", "is none of INSERT, MODIFY and REMOVE");
}

Result<OwnedChange> change_in(const Map& record, const std::string& path) {
  OwnedChange change;
  change.event = TRY(event_in(record, path));
  if (is_time_to_live(record)) change.origin = storage::StreamOrigin::kTimeToLive;
  if (find(record, "eventSourceARN") != nullptr)
    change.source = TRY(text_in(record, "eventSourceARN", path));
  const Value* data = find(record, "dynamodb");
  const Map* stream = data == nullptr ? nullptr : data->get_if<Map>();
  if (stream == nullptr) return bad(path + ".dynamodb", "is no object");
  const std::string inner = path + ".dynamodb";
  change.key = TRY(item_in(*stream, "Keys", inner));
  if (!change.key.exists()) return bad(inner + ".Keys", "is missing");
  change.old_image = TRY(item_in(*stream, "OldImage", inner));
  change.new_image = TRY(item_in(*stream, "NewImage", inner));
  change.sequence = TRY(text_in(*stream, "SequenceNumber", inner));
  change.created_ms = milliseconds_in(*stream);
  return change;
}

bool is_of_dynamodb(const Map& record) {
  const Value* source = find(record, "eventSource");
  const std::string* name = source == nullptr ? nullptr : source->get_if<std::string>();
  return name == nullptr || *name == "aws:dynamodb";
}

}  // namespace

Result<std::vector<OwnedChange>> parse_lambda_event(std::string_view json) {
  const Value event = TRY(parse_json(json));
  const Map* object = event.get_if<Map>();
  const Value* records = object == nullptr ? nullptr : find(*object, "Records");
  const List* list = records == nullptr ? nullptr : records->get_if<List>();
  if (list == nullptr) return bad("Records", "is no array");
  std::vector<OwnedChange> changes;
  changes.reserve(list->size());
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string path = "Records[" + std::to_string(i) + "]";
    const Map* record = (*list)[i].get_if<Map>();
    if (record == nullptr) return bad(path, "is no object");
    if (is_of_dynamodb(*record)) changes.push_back(TRY(change_in(*record, path)));
  }
  return changes;
}

}  // namespace dynolith::odm
