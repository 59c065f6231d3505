#include "odm/dynamic/schema_words.h"

#include <array>
#include <utility>

namespace dynolith::odm {
namespace {

using Kind = DynamicType::Kind;

constexpr std::array<std::pair<AttributeRole, std::string_view>, 5> kRoles{{
    {AttributeRole::kCreatedAt, "createdAt"},
    {AttributeRole::kUpdatedAt, "updatedAt"},
    {AttributeRole::kExpiresAt, "expiresAt"},
    {AttributeRole::kVersion, "version"},
    {AttributeRole::kCounter, "counter"},
}};

constexpr std::array<std::pair<Kind, std::string_view>, 11> kTypes{{
    {Kind::kString, "string"},
    {Kind::kNumber, "number"},
    {Kind::kInteger, "integer"},
    {Kind::kBoolean, "boolean"},
    {Kind::kBinary, "binary"},
    {Kind::kNull, "null"},
    {Kind::kAny, "any"},
    {Kind::kStringSet, "stringSet"},
    {Kind::kNumberSet, "numberSet"},
    {Kind::kBinarySet, "binarySet"},
    {Kind::kDate, "date"},
}};

constexpr std::array<std::pair<TimeForm, std::string_view>, 3> kForms{{
    {TimeForm::kMilliseconds, "milliseconds"},
    {TimeForm::kSeconds, "seconds"},
    {TimeForm::kIso, "iso"},
}};

template <class Table, class Key>
std::string_view word_of(const Table& table, Key key) {
  for (const auto& [one, word] : table)
    if (one == key) return word;
  return {};
}

}  // namespace

std::string_view role_name(AttributeRole role) { return word_of(kRoles, role); }

std::optional<AttributeRole> role_of_name(std::string_view name) {
  for (const auto& [role, word] : kRoles)
    if (word == name) return role;
  return std::nullopt;
}

std::string_view type_word(const DynamicType& type) {
  // Other forms are said as {"date": "seconds"}.
  if (type.kind == Kind::kDate && (type.form != TimeForm::kMilliseconds || type.is_optional))
    return {};
  return word_of(kTypes, type.kind);
}

std::optional<DynamicType> type_of_word(std::string_view word) {
  for (const auto& [kind, name] : kTypes)
    if (name == word) return DynamicType{kind};
  return std::nullopt;
}

std::string_view form_word(TimeForm form) { return word_of(kForms, form); }

std::optional<TimeForm> form_of_word(std::string_view word) {
  for (const auto& [form, name] : kForms)
    if (name == word) return form;
  return std::nullopt;
}

}  // namespace dynolith::odm
