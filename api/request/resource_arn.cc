#include "api/request/resource_arn.h"

#include <string>

#include "api/request/table_name.h"

namespace dynolith::api {

namespace {

constexpr int64_t kArnBytesMin = 1;
constexpr int64_t kArnBytesMax = 1283;

Error invalid(std::string_view what, std::string_view arn) {
  return storage::validation_error(
      std::string("One or more parameter values were invalid: ").append(what).append(arn));
}

}  // namespace

void check_resource_arn(Constraints& constraints, const Slot& slot) {
  constexpr std::string_view kPath = "resourceArn";
  const auto arn = slot.text();
  if (!arn) return constraints.null(kPath);
  const auto bytes = static_cast<int64_t>(arn->size());
  if (bytes < kArnBytesMin) constraints.echo(*arn, kPath, at_least("length", kArnBytesMin));
  if (bytes > kArnBytesMax) constraints.echo(*arn, kPath, at_most("length", kArnBytesMax));
}

Result<std::string_view> table_of_resource(std::string_view arn) {
  if (!arn.starts_with("arn:"))
    return invalid("ARNs must start with 'arn:'. Provided resource arn: ", arn);
  const size_t index = arn.find("/index/");
  if (index != std::string_view::npos && table_reference(arn.substr(0, index)).ok())
    return invalid(
        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ",
        arn);
  return TRY(table_reference(arn)).name;
}

}  // namespace dynolith::api
