// Members of keys as calls give them: query("acme", ...) and query(by_email, "a@b.c").
//
// Threads: values.
#pragma once

#include "odm/result.h"
#include "odm/schema.h"

namespace dynolith::odm {

// A member's value in its stored form.
struct MemberValue {
  size_t attribute = 0;  // Of Schema::attributes.
  EncodedValue value = {};
};

// `member` points to a value of the attribute's C++ type (a Value of dynamic schemas). Errors:
// kBadKey (absent, or it cannot be encoded).
Result<MemberValue> member_value(const Schema& schema, size_t attribute, const void* member);

}  // namespace dynolith::odm
