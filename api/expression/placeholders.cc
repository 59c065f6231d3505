// ExpressionAttributeNames and ExpressionAttributeValues.
#include <algorithm>
#include <string>
#include <utility>

#include "api/expression/expressions.h"
#include "storage/limits.h"

namespace dynolith::api {
namespace {

using storage::request_error;
using storage::Result;

constexpr std::string_view kNames = "ExpressionAttributeNames";
constexpr std::string_view kValues = "ExpressionAttributeValues";

// Searching one by one is quicker up to about here.
constexpr size_t kUnindexedMax = 16;

constexpr bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Result<void> check_key(std::string_view key, char sign, std::string_view parameter) {
  std::string message(parameter);
  if (key.size() < 2 || key[0] != sign ||
      !std::all_of(key.begin() + 1, key.end(), is_key_character)) {
    message += " contains invalid key: Syntax error; key: \"";
    message += key;
    message += '"';
    return request_error(std::move(message));
  }
  if (key.size() > storage::kPlaceholderNameBytesMax) {
    message += " contains invalid key: The key is too long; key: \"";
    message += key;
    message += '"';
    return request_error(std::move(message));
  }
  return {};
}

Result<void> check_target(std::string_view attribute) {
  if (attribute.empty()) return request_error("Empty attribute name");
  if (attribute.size() > storage::kAttributeNameBytesMax) {
    return request_error(
        "One or more parameter values were invalid: Attribute name is too large, must not exceed "
        "65535 bytes");
  }
  return {};
}

}  // namespace

template <class Target>
void Placeholders::Table<Target>::add(std::string_view key, Target target) {
  if (Entry* const known = find(key)) {
    known->target = std::move(target);
    return;
  }
  entries.push_back({std::string(key), std::move(target)});
  if (entries.size() <= kUnindexedMax) return;
  for (size_t i = index.size(); i < entries.size(); ++i) index.emplace(entries[i].key, i);
}

template <class Target>
auto Placeholders::Table<Target>::find(std::string_view key) -> Entry* {
  if (!index.empty()) {
    const auto at = index.find(key);
    return at == index.end() ? nullptr : &entries[at->second];
  }
  const auto at = std::find_if(entries.begin(), entries.end(),
                               [&](const Entry& entry) { return entry.key == key; });
  return at == entries.end() ? nullptr : &*at;
}

template <class Target>
Result<void> Placeholders::Table<Target>::check_all_used(std::string_view parameter) const {
  std::string unused;
  for (const Entry& entry : entries) {
    if (entry.used) continue;
    if (!unused.empty()) unused += ", ";
    unused += entry.key;
  }
  if (unused.empty()) return {};
  return request_error("Value provided in " + std::string(parameter) +
                       " unused in expressions: keys: {" + unused + "}");
}

void Placeholders::add_name(std::string_view key, std::string_view attribute) {
  names_.add(key, std::string(attribute));
}

void Placeholders::add_value(std::string_view key, storage::EncodedValue value) {
  values_.add(key, std::move(value));
}

Result<void> Placeholders::check() const {
  for (const auto& name : names_.entries) TRY(check_key(name.key, '#', kNames));
  for (const auto& value : values_.entries) TRY(check_key(value.key, ':', kValues));
  size_t bytes = 0;
  for (const auto& name : names_.entries) {
    TRY(check_target(name.target));
    bytes += name.key.size() + name.target.size();
  }
  for (const auto& value : values_.entries) {
    bytes += value.key.size() + value_item_bytes(value.target.view());
  }
  if (bytes > storage::kPlaceholderBytesTotalMax) {
    return request_error(
        "Expression attribute names and values have exceeded the maximum allowed size; size: " +
        std::to_string(bytes));
  }
  return {};
}

size_t Placeholders::value_bytes() const {
  size_t bytes = 0;
  for (const auto& value : values_.entries) bytes += value_item_bytes(value.target.view());
  return bytes;
}

const std::string* Placeholders::use_name(std::string_view key) {
  auto* const name = names_.find(key);
  if (name == nullptr) return nullptr;
  name->used = true;
  return &name->target;
}

const storage::EncodedValue* Placeholders::use_value(std::string_view key) {
  auto* const value = values_.find(key);
  if (value == nullptr) return nullptr;
  value->used = true;
  return &value->target;
}

Result<void> Placeholders::check_all_used() const {
  TRY(names_.check_all_used(kNames));
  return values_.check_all_used(kValues);
}

}  // namespace dynolith::api
