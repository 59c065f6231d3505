// Comparators as expressions of the service write them, with the blanks around.
#pragma once

#include <string_view>

#include "storage/expression/operators.h"

namespace dynolith::odm {

inline std::string_view comparator_text(storage::Comparator comparator) {
  switch (comparator) {
    case storage::Comparator::kEqual:
      return " = ";
    case storage::Comparator::kNotEqual:
      return " <> ";
    case storage::Comparator::kLess:
      return " < ";
    case storage::Comparator::kLessOrEqual:
      return " <= ";
    case storage::Comparator::kGreater:
      return " > ";
    case storage::Comparator::kGreaterOrEqual:
      return " >= ";
  }
  return {};
}

}  // namespace dynolith::odm
