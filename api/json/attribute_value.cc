#include "api/json/attribute_value.h"

#include <algorithm>
#include <string>
#include <vector>

#include "api/json/base64.h"
#include "api/json/classic_number.h"
#include "api/json/datatype.h"
#include "api/json/shape.h"
#include "storage/limits.h"
#include "storage/value/number.h"

namespace dynolith::api {

namespace {

using storage::AttributeType;
using storage::ItemEncoder;
using storage::request_error;

constexpr std::string_view kInvalidValue = "One or more parameter values were invalid: ";

Error invalid_value(std::string_view sentence) {
  return request_error(std::string(kInvalidValue).append(sentence));
}

Error nesting_error() {
  return request_error(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
}

std::optional<Error> name_error(std::string_view name) {
  if (name.empty()) return request_error("Empty attribute name");
  if (name.size() > storage::kAttributeNameBytesMax) {
    return invalid_value("Attribute name is too large, must not exceed 65535 bytes");
  }
  return std::nullopt;
}

constexpr std::string_view kEmptyValue =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
constexpr std::string_view kSeveralDatatypes =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
    "supported datatypes";

// The members of a set that repeats one, as the service's complaint lists them: since 2026 those
// before the repeat in byte order, then the repeat, then the rest as sent; before, all as sent.
template <class Order>
std::vector<std::string_view> echo_order(std::vector<std::string_view> members, Wording wording,
                                         Order sort_key) {
  if (wording == Wording::kClassic) return members;
  std::map<std::string, size_t> seen;
  size_t repeat = 0;
  while (repeat < members.size() && seen.emplace(sort_key(members[repeat]), repeat).second)
    ++repeat;
  std::vector<std::string_view> echo;
  for (const auto& [key, index] : seen) echo.push_back(members[index]);
  echo.insert(echo.end(), members.begin() + static_cast<std::ptrdiff_t>(repeat), members.end());
  return echo;
}

std::string joined(const std::vector<std::string_view>& members, std::string_view separator,
                   std::string_view quote) {
  std::string text = "[";
  for (size_t i = 0; i < members.size(); ++i) {
    if (i > 0) text += separator;
    text.append(quote).append(members[i]).append(quote);
  }
  return text += "]";
}

Error duplicates_error(AttributeType set, const JsonArray& array, Wording wording) {
  const bool classic = wording == Wording::kClassic;
  if (set == AttributeType::kNumberSet) {
    return classic ? request_error("Input collection contains duplicates")
                   : invalid_value("Input collection contains duplicates.");
  }
  std::vector<std::string_view> members;
  for (const JsonValue member : array) members.push_back(text_of(member));
  const std::string_view quote = classic ? "" : "\"";
  if (set == AttributeType::kStringSet) {
    const auto echo =
        echo_order(members, wording, [](std::string_view m) { return std::string(m); });
    return invalid_value("Input collection " + joined(echo, ", ", quote) + " contains duplicates.");
  }
  const auto echo = echo_order(members, wording, [](std::string_view member) {
    std::string bytes;
    decode_base64(member, bytes);
    return bytes;
  });
  return invalid_value("Input collection " + joined(echo, classic ? ", " : ",", quote) +
                       "of type BS contains duplicates.");
}

Error empty_set_error(AttributeType set) {
  switch (set) {
    case AttributeType::kStringSet:
      return invalid_value("An string set  may not be empty");
    case AttributeType::kNumberSet:
      return invalid_value("An number set  may not be empty");
    default:
      return invalid_value("Binary sets should not be empty");
  }
}

// Writes values into an encoder; the first error in document order ends it. The functions return
// whether there was none: this is the hot path of every write.
class Decoder {
 public:
  Decoder(ItemEncoder& encoder, Wording wording) : encoder_(encoder), wording_(wording) {}

  bool members(const JsonObject& object, int depth) {
    for (const auto field : object) {
      if (field.key.empty() || field.key.size() > storage::kAttributeNameBytesMax) [[unlikely]] {
        return fail(*name_error(field.key));
      }
      encoder_.name(field.key);
      if (!value(field.value, depth)) return false;
    }
    return true;
  }

  // `depth` counts the value itself. Recursion ends at kNestingLevelsMax.
  bool value(const JsonValue& json, int depth) {
    if (depth > storage::kNestingLevelsMax) return fail(nesting_error());
    std::optional<AttributeType> type;
    JsonValue content;
    if (!json.is_null()) {
      for (const auto field : object_of(json)) {
        const auto named = datatype_of(field.key);
        if (!named || field.value.is_null()) continue;
        if (type && type != named) return fail(request_error(std::string(kSeveralDatatypes)));
        type = named;
        content = field.value;
      }
    }
    if (!type) return fail(request_error(std::string(kEmptyValue)));
    return content_of(*type, content, depth);
  }

  Error take_error() { return std::move(*error_); }

 private:
  bool fail(Error error) {
    error_ = std::move(error);
    return false;
  }

  bool content_of(AttributeType type, const JsonValue& content, int depth) {
    switch (type) {
      case AttributeType::kString:
      case AttributeType::kNumber:
      case AttributeType::kBinary:
        return scalar(type, text_of(content));
      case AttributeType::kBoolean:
        encoder_.boolean(boolean_of(content));
        return true;
      case AttributeType::kNull:
        encoder_.null();
        return boolean_of(content) ||
               fail(invalid_value("Null attribute value types must have the value of true"));
      case AttributeType::kStringSet:
      case AttributeType::kNumberSet:
      case AttributeType::kBinarySet:
        return set(type, array_of(content));
      case AttributeType::kList:
        encoder_.begin_list();
        for (const JsonValue element : array_of(content)) {
          if (!value(element, depth + 1)) return false;
        }
        encoder_.end();
        return true;
      case AttributeType::kMap:
        encoder_.begin_map();
        if (!members(object_of(content), depth + 1)) return false;
        encoder_.end();
        return true;
    }
    return false;
  }

  bool scalar(AttributeType type, std::string_view text) {
    if (type == AttributeType::kString) {
      encoder_.string(text);
      return true;
    }
    if (type == AttributeType::kNumber) return number(text);
    thread_local std::string bytes;
    decode_base64(text, bytes);
    encoder_.binary(bytes);
    return true;
  }

  bool number(std::string_view text) {
    if (wording_ == Wording::kClassic) {
      if (auto error = classic_number_error(text)) return fail(std::move(*error));
    }
    auto parsed = storage::Number::parse(text);
    if (!parsed) return fail(std::move(parsed).error());
    encoder_.number(*parsed);
    return true;
  }

  bool set(AttributeType type, const JsonArray& array) {
    if (array.begin() == array.end()) return fail(empty_set_error(type));
    encoder_.begin_set(type);
    for (const JsonValue member : array) {
      if (member.is_null()) return fail(request_error(std::string(kEmptyValue)));
      if (!scalar(storage::set_member_type(type), text_of(member))) return false;
    }
    encoder_.end();
    return !encoder_.last_set_had_duplicates() || fail(duplicates_error(type, array, wording_));
  }

  ItemEncoder& encoder_;
  Wording wording_;
  std::optional<Error> error_;
};

bool nests_too_deep(const JsonValue& json, int depth) {
  if (depth > storage::kNestingLevelsMax) return true;
  if (json.is_null()) return false;
  for (const auto field : object_of(json)) {
    const auto type = datatype_of(field.key);
    if (type == AttributeType::kList && field.value.is_array()) {
      for (const JsonValue element : array_of(field.value)) {
        if (nests_too_deep(element, depth + 1)) return true;
      }
    } else if (type == AttributeType::kMap && field.value.is_object()) {
      for (const auto member : object_of(field.value)) {
        if (nests_too_deep(member.value, depth + 1)) return true;
      }
    }
  }
  return false;
}

// Which of an item's errors the service reports, given the first in document order.
Error foremost_item_error(const JsonObject& attributes, Error first_found) {
  for (const auto field : attributes) {
    if (auto error = name_error(field.key)) return std::move(*error);
  }
  for (const auto field : attributes) {
    if (nests_too_deep(field.value, 1)) return nesting_error();
  }
  return first_found;
}

ItemEncoder& thread_encoder() {
  thread_local ItemEncoder encoder;
  return encoder;
}

}  // namespace

DecodedItem decode_item(const JsonObject& attributes, Wording wording) {
  ItemEncoder& encoder = thread_encoder();
  encoder.begin_item();
  Decoder decoder(encoder, wording);
  if (decoder.members(attributes, 1)) [[likely]] {
    return {encoder.finish_item(), std::nullopt};
  }
  return {{}, foremost_item_error(attributes, decoder.take_error())};
}

DecodedValue decode_value(const JsonValue& value, Wording wording) {
  ItemEncoder& encoder = thread_encoder();
  encoder.begin_value();
  Decoder decoder(encoder, wording);
  if (decoder.value(value, 1)) [[likely]] {
    return {encoder.finish_value(), std::nullopt};
  }
  if (nests_too_deep(value, 1)) return {{}, nesting_error()};
  return {{}, decoder.take_error()};
}

}  // namespace dynolith::api
