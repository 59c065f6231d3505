// Operations that have one answer: because what they would list does not exist here (backups,
// exports, replicas), or because they are deliberately not supported.
#pragma once

#include <span>

#include "api/operations/operations.h"

namespace dynolith::api {

// Sorted by name.
std::span<const Operation> fixed_operations();

}  // namespace dynolith::api
