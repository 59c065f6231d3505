// All requests as one variant, for what goes through their kinds.
#pragma once

#include <variant>

#include "odm/connection/request.h"

namespace dynolith::odm {

struct AnyRequest {
  std::variant<GetRequest, PutRequest, UpdateRequest, DeleteRequest, RangeRequest, BatchGetRequest,
               BatchWriteRequest, TransactWriteRequest, TransactGetRequest, DescribeTableRequest,
               CreateTableRequest, UpdateTableRequest, DeleteTableRequest, TimeToLiveRequest,
               ChangesRequest>
      kind;
};

}  // namespace dynolith::odm
