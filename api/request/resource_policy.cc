#include "api/request/resource_policy.h"

#include "storage/limits.h"

namespace dynolith::api {

namespace {

constexpr int64_t kRevisionMax = 255;

}  // namespace

void check_expected_revision(Constraints& constraints, const Slot& slot) {
  constexpr std::string_view kPath = "expectedRevisionId";
  const auto revision = slot.text();
  if (!revision) return;
  const auto length = static_cast<int64_t>(revision->size());
  if (length < 1) constraints.echo(*revision, kPath, at_least("length", 1));
  if (length > kRevisionMax) constraints.echo(*revision, kPath, at_most("length", kRevisionMax));
}

Result<void> check_policy(std::string_view policy) {
  if (policy.size() > storage::kPolicyBytesMax) {
    return storage::validation_error("Resource policy is too large: it has more than " +
                                     std::to_string(storage::kPolicyBytesMax) + " bytes");
  }
  JsonParser parser;  // Not the one that holds the request.
  if (!parser.parse(policy).ok()) {
    return storage::validation_error("Resource policy is not a JSON object");
  }
  return {};
}

}  // namespace dynolith::api
