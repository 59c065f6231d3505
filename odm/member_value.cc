#include "odm/member_value.h"

namespace dynolith::odm {

Result<MemberValue> member_value(const Schema& schema, size_t attribute, const void* member) {
  const Attribute& of = schema.attributes[attribute];
  Problems problems;
  if (of.codec->is_absent(member)) {
    const PathFrame frame{nullptr, of.name, 0};
    problems.add(&frame, "is needed for the key");
  } else {
    const PathFrame frame{nullptr, of.name, 0};
    MemberValue value{attribute, encode_alone(*of.codec, member, problems, &frame)};
    if (problems.empty()) return value;
  }
  Error error = make_error(ErrorCode::kBadKey, schema.model + ": a key cannot be made");
  error.problems = std::move(problems.list());
  return error;
}

}  // namespace dynolith::odm
