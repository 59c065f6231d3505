#include "api/json/attribute_value.h"

#include <algorithm>
#include <string>
#include <vector>

#include "api/json/base64.h"
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

// The one datatype that an attribute value has set.
struct Datatype {
  AttributeType type;
  JsonValue value;
};

Result<Datatype> only_datatype(const JsonValue& json) {
  std::optional<Datatype> found;
  if (!json.is_null()) {
    for (const auto field : object_of(json)) {
      const auto type = datatype_of(field.key);
      if (!type || field.value.is_null()) continue;
      if (found && found->type != *type) {
        return request_error(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the "
            "supported datatypes");
      }
      found = Datatype{*type, field.value};
    }
  }
  if (!found) {
    return request_error(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  return *found;
}

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

// Writes values into an encoder; the first error in document order ends it.
class Decoder {
 public:
  Decoder(ItemEncoder& encoder, Wording wording) : encoder_(encoder), wording_(wording) {}

  Result<void> members(const JsonObject& object, int depth) {
    for (const auto field : object) {
      if (auto error = name_error(field.key)) return std::move(*error);
      encoder_.name(field.key);
      TRY(value(field.value, depth));
    }
    return {};
  }

  // `depth` counts the value itself. Recursion ends at kNestingLevelsMax.
  Result<void> value(const JsonValue& json, int depth) {
    if (depth > storage::kNestingLevelsMax) return nesting_error();
    const Datatype datatype = TRY(only_datatype(json));
    switch (datatype.type) {
      case AttributeType::kString:
      case AttributeType::kNumber:
      case AttributeType::kBinary:
        return scalar(datatype.type, text_of(datatype.value));
      case AttributeType::kBoolean:
        encoder_.boolean(boolean_of(datatype.value));
        return {};
      case AttributeType::kNull:
        if (!boolean_of(datatype.value)) {
          return invalid_value("Null attribute value types must have the value of true");
        }
        encoder_.null();
        return {};
      case AttributeType::kStringSet:
      case AttributeType::kNumberSet:
      case AttributeType::kBinarySet:
        return set(datatype.type, array_of(datatype.value));
      case AttributeType::kList:
        encoder_.begin_list();
        for (const JsonValue element : array_of(datatype.value)) {
          TRY(value(element, depth + 1));
        }
        encoder_.end();
        return {};
      case AttributeType::kMap:
        encoder_.begin_map();
        TRY(members(object_of(datatype.value), depth + 1));
        encoder_.end();
        return {};
    }
    return {};
  }

 private:
  Result<void> scalar(AttributeType type, std::string_view text) {
    if (type == AttributeType::kString) {
      encoder_.string(text);
    } else if (type == AttributeType::kNumber) {
      encoder_.number(TRY(number(text)));
    } else {
      thread_local std::string bytes;
      decode_base64(text, bytes);
      encoder_.binary(bytes);
    }
    return {};
  }

  Result<storage::Number> number(std::string_view text) {
    if (text.empty() && wording_ == Wording::kClassic) {
      return request_error("The parameter cannot be converted to a numeric value");
    }
    return storage::Number::parse(text);
  }

  Result<void> set(AttributeType type, const JsonArray& array) {
    if (array.begin() == array.end()) return empty_set_error(type);
    encoder_.begin_set(type);
    for (const JsonValue member : array) {
      if (member.is_null()) {
        return request_error(
            "Supplied AttributeValue is empty, must contain exactly one of the supported "
            "datatypes");
      }
      TRY(scalar(storage::set_member_type(type), text_of(member)));
    }
    encoder_.end();
    if (encoder_.last_set_had_duplicates()) return duplicates_error(type, array, wording_);
    return {};
  }

  ItemEncoder& encoder_;
  Wording wording_;
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
  auto written = Decoder(encoder, wording).members(attributes, 1);
  if (written) [[likely]]
    return {encoder.finish_item(), std::nullopt};
  return {{}, foremost_item_error(attributes, std::move(written).error())};
}

DecodedValue decode_value(const JsonValue& value, Wording wording) {
  ItemEncoder& encoder = thread_encoder();
  encoder.begin_value();
  auto written = Decoder(encoder, wording).value(value, 1);
  if (written) [[likely]]
    return {encoder.finish_value(), std::nullopt};
  if (nests_too_deep(value, 1)) return {{}, nesting_error()};
  return {{}, std::move(written).error()};
}

}  // namespace dynolith::api
