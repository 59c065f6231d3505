// DescribeEndpoints: clients that look for an endpoint are sent back to where they asked.
#include "api/json/writer.h"
#include "api/operations/handlers.h"

namespace dynolith::api {

Result<void> describe_endpoints(const OperationContext& context, const JsonObject&,
                                std::string& reply) {
  JsonWriter json(reply);
  json.begin_object().name("Endpoints").begin_array().begin_object();
  json.name("Address").string(context.host).name("CachePeriodInMinutes").integer(1440);
  json.end_object().end_array().end_object();
  return {};
}

}  // namespace dynolith::api
