// DescribeLimits: the service's default quotas; nothing here is throttled by them.
#include "api/operations/handlers.h"

namespace dynolith::api {

Result<void> describe_limits(const OperationContext&, const JsonObject&, std::string& reply) {
  reply += R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
           R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})";
  return {};
}

}  // namespace dynolith::api
