#include "api/request/table_settings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "api/json/arn.h"
#include "api/json/input_shapes.h"
#include "api/request/table_definition.h"
#include "storage/engine/table_update.h"

namespace dynolith::api {

namespace {

using storage::ThroughputLimits;
using storage::validation_error;

Error invalid(std::string_view sentence) {
  return validation_error("One or more parameter values were invalid: " + std::string(sentence));
}

storage::StreamViewType view_type_of(std::string_view text) {
  if (text == "NEW_IMAGE") return storage::StreamViewType::kNewImage;
  if (text == "OLD_IMAGE") return storage::StreamViewType::kOldImage;
  if (text == "NEW_AND_OLD_IMAGES") return storage::StreamViewType::kNewAndOldImages;
  return storage::StreamViewType::kKeysOnly;
}

// A key id, a key's or an alias's name, or an ARN, as an ARN. Without any it is the key that the
// account has for this service.
std::string key_arn(std::optional<std::string_view> id, std::string_view region) {
  if (id && id->starts_with("arn:")) return std::string(*id);
  const std::string resource = !id                         ? "alias/aws/dynamodb"
                               : id->starts_with("alias/") ? std::string(*id)
                                                           : "key/" + std::string(*id);
  return "arn:aws:kms:" + std::string(region) + ":" + std::string(kAccountId) + ":" + resource;
}

// Any letter, digit or blank, and + - = . _ : / @. Letters beyond ASCII are not told from other
// signs.
bool is_tag_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<uint8_t>(c);
    const bool letter_or_digit = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                                 (byte >= 'a' && byte <= 'z') || byte >= 0x80;
    return letter_or_digit || std::string_view(" \t\n\r+-=._:/@").find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<std::optional<storage::StreamViewType>> decode_stream(const Slot& specification) {
  using Given = StreamSpecificationShape;
  using View = std::optional<storage::StreamViewType>;
  if (!specification.present()) return View();
  const auto members = structure_in<Given>(specification);
  const auto view_type = members[Given::kStreamViewType].text();
  if (!*members[Given::kStreamEnabled].boolean()) {
    if (view_type) {
      return invalid(
          "Table is being created with a stream disabled, UpdateViewType should not be specified");
    }
    return View();
  }
  if (!view_type) {
    return invalid(
        "Invalid StreamViewType: Stream ViewType must not be null or empty when enabling streams.");
  }
  return View(view_type_of(*view_type));
}

Result<std::optional<storage::ServerSideEncryption>> decode_encryption(const Slot& specification,
                                                                       std::string_view region) {
  using Given = SseSpecificationShape;
  using Encryption = std::optional<storage::ServerSideEncryption>;
  const auto members = structure_in<Given>(specification);
  const auto key = members[Given::kKMSMasterKeyId].text();
  const auto type = members[Given::kSSEType].text();
  if (type == "AES256") return invalid("SSEType AES256 is not supported");
  if (!members[Given::kEnabled].boolean_or(false)) {
    if (key || type) {
      return invalid("SSEType and KMSMasterKeyId can only be specified when SSE is enabled");
    }
    return Encryption();
  }
  return Encryption(storage::ServerSideEncryption{"KMS", key_arn(key, region)});
}

Result<std::optional<ThroughputLimits>> decode_on_demand_limits(const Slot& limits) {
  auto decoded = TRY(decode_on_demand_change(limits));
  if (!decoded) return decoded;
  for (auto* units : {&decoded->read_units, &decoded->write_units}) {
    if (*units == storage::kNoLimit) units->reset();
  }
  return decoded;
}

Result<std::optional<ThroughputLimits>> decode_on_demand_change(const Slot& limits) {
  using Given = OnDemandThroughputShape;
  using Limits = std::optional<ThroughputLimits>;
  if (!limits.present()) return Limits();
  const auto members = structure_in<Given>(limits);
  ThroughputLimits decoded;
  for (const auto& [member, name, units] :
       {std::tuple{Given::kMaxReadRequestUnits, "MaxReadRequestUnits", &decoded.read_units},
        {Given::kMaxWriteRequestUnits, "MaxWriteRequestUnits", &decoded.write_units}}) {
    const auto given = members[member].integer();
    if (!given) continue;
    if (*given < 1 && *given != storage::kNoLimit) {
      return validation_error("Given value " + std::to_string(*given) + " for " + name +
                              " is out of bounds");
    }
    *units = *given;
  }
  return Limits(decoded);
}

Result<std::optional<ThroughputLimits>> decode_warm_throughput(const Slot& units) {
  using Given = WarmThroughputShape;
  using Limits = std::optional<ThroughputLimits>;
  if (!units.present()) return Limits();
  const auto members = structure_in<Given>(units);
  const ThroughputLimits decoded{members[Given::kReadUnitsPerSecond].integer(),
                                 members[Given::kWriteUnitsPerSecond].integer()};
  for (const auto& [given, name] : {std::pair{decoded.read_units, "ReadUnitsPerSecond"},
                                    {decoded.write_units, "WriteUnitsPerSecond"}}) {
    if (!given || *given >= 1) continue;
    return validation_error("Given value " + std::to_string(*given) + " for " + name +
                            " is out of bounds");
  }
  return Limits(decoded);
}

Result<std::vector<storage::Tag>> decode_tags(const Slot& tags) {
  std::vector<storage::Tag> decoded;
  if (!tags.present()) return decoded;
  for (const JsonValue element : tags.array()) {
    const auto members = structure_of<TagShape>(element);
    const std::string_view key = *members[TagShape::kKey].text();
    const std::string_view value = *members[TagShape::kValue].text();
    if (key.starts_with("aws:")) return invalid("Tag keys must not begin with aws:");
    if (!is_tag_text(key) || !is_tag_text(value)) {
      return invalid(
          "Tag keys and values can only contain letters, digits, whitespace and _.:/=+-@");
    }
    for (const storage::Tag& other : decoded) {
      if (other.key == key) return invalid("Duplicate tag key: " + std::string(key));
    }
    decoded.push_back({std::string(key), std::string(value)});
  }
  return decoded;
}

}  // namespace dynolith::api
