#include "api/request/constraints.h"

#include <algorithm>

namespace dynolith::api {

namespace {
constexpr size_t kReportedMax = 10;
constexpr size_t kEchoBytesMax = 1024;
constexpr int64_t kIndexNameMin = 3;
constexpr int64_t kIndexNameMax = 255;
}  // namespace

bool contains(EnumValues values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

void Constraints::null(std::string_view path) {
  violations_.push_back(std::string("Value null at '")
                            .append(path)
                            .append("' failed to satisfy constraint: Member must not be null"));
}

void Constraints::echo(std::string_view value, std::string_view path, std::string_view constraint) {
  violations_.push_back(std::string("Value '")
                            .append(value)
                            .append("' at '")
                            .append(path)
                            .append("' failed to satisfy constraint: ")
                            .append(constraint));
}

void Constraints::quiet(std::string_view path, std::string_view constraint) {
  violations_.push_back(std::string("Value at '")
                            .append(path)
                            .append("' failed to satisfy constraint: ")
                            .append(constraint));
}

void Constraints::nameless(std::string_view constraint) {
  violations_.push_back(std::string("Failed to satisfy constraint: ").append(constraint));
}

void Constraints::required(const Slot& slot, std::string_view path) {
  if (!slot.present()) null(path);
}

void Constraints::one_of(const Slot& slot, std::string_view path, EnumValues values) {
  const auto text = slot.text();
  if (text && !contains(values, *text)) echo(*text, path, enum_constraint(values));
}

void Constraints::in_range(const Slot& slot, std::string_view path, int64_t least, int64_t most) {
  const auto number = slot.integer();
  if (!number) return;
  if (*number < least) echo(std::to_string(*number), path, at_least("value", least));
  if (*number > most) echo(std::to_string(*number), path, at_most("value", most));
}

void Constraints::index_name(const Slot& slot) {
  constexpr std::string_view kPath = "indexName";
  const auto text = slot.text();
  if (!text) return;
  if (!is_name_text(*text)) echo(*text, kPath, kNameConstraint);
  const auto length = static_cast<int64_t>(text->size());
  if (length < kIndexNameMin) echo(*text, kPath, at_least("length", kIndexNameMin));
  if (length > kIndexNameMax) echo(*text, kPath, at_most("length", kIndexNameMax));
}

Result<void> Constraints::check() const {
  if (violations_.empty()) [[likely]]
    return {};
  const size_t count = std::min(violations_.size(), kReportedMax);
  std::string message = std::to_string(count);
  message += count == 1 ? " validation error detected: " : " validation errors detected: ";
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) message += "; ";
    message += violations_[i];
  }
  return storage::validation_error(std::move(message));
}

std::string at_least(std::string_view what, int64_t bound) {
  return std::string("Member must have ")
      .append(what)
      .append(" greater than or equal to ")
      .append(std::to_string(bound));
}

std::string at_most(std::string_view what, int64_t bound) {
  return std::string("Member must have ")
      .append(what)
      .append(" less than or equal to ")
      .append(std::to_string(bound));
}

std::string enum_constraint(EnumValues values) {
  std::string text = "Member must satisfy enum value set: [";
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ", ";
    text += values[i];
  }
  return text += ']';
}

bool is_name_text(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

int64_t characters_of(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(),
                       [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; });
}

std::string echo_of(const JsonValue& value) {
  std::string text = simdjson::minify(value);
  if (text.size() <= kEchoBytesMax) return text;
  size_t end = kEchoBytesMax;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  return text += "...";
}

}  // namespace dynolith::api
