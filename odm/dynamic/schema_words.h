// The words of schemas in JSON. Inside this folder.
#pragma once

#include <optional>
#include <string_view>

#include "odm/dynamic/dynamic_type.h"

namespace dynolith::odm {

// "createdAt"; empty for plain attributes and the place of unknown ones.
std::string_view role_name(AttributeRole role);
std::optional<AttributeRole> role_of_name(std::string_view name);

// "string" of types that one word describes; empty for others.
std::string_view type_word(const DynamicType& type);
std::optional<DynamicType> type_of_word(std::string_view word);

std::string_view form_word(TimeForm form);
std::optional<TimeForm> form_of_word(std::string_view word);

}  // namespace dynolith::odm
