// What expressions are written with, for those who pass expressions on without looking inside.
#pragma once

#include <cstdint>

namespace dynolith::storage {

struct Condition;   // condition.h
struct Update;      // update.h
struct Projection;  // projection.h

enum class Comparator : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual
};

// What SET does with two operands.
enum class Arithmetic : uint8_t { kNone, kAdd, kSubtract };

}  // namespace dynolith::storage
