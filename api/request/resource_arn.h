// ResourceArn: the ARN by which tags and policies name a table.
#pragma once

#include <string>
#include <string_view>

#include "api/request/constraints.h"
#include "storage/result.h"

namespace dynolith::api {

void check_resource_arn(Constraints& constraints, const Slot& slot);

// The table's name. Needs: it has passed check_resource_arn(). Errors: kValidation: not an ARN, of
// an index, of anything else but a table.
Result<std::string_view> table_of_resource(std::string_view arn);

// An error that says that there is no such table, worded for the resource; else what is given.
template <class T>
Result<T> found_resource(Result<T> result, std::string_view arn) {
  if (result.ok() || result.error().code != ErrorCode::kResourceNotFound) return result;
  return storage::make_error(
      ErrorCode::kResourceNotFound,
      std::string("Requested resource not found: ResourcArn: ").append(arn).append(" not found"));
}

}  // namespace dynolith::api
