// The remote connection keeps what every connection promises: over the service's operations alone,
// and over HTTP.
#include "odm/remote/remote_connection.h"
#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/remote/in_process_client.h"
#include "tests/support/served_database.h"

namespace dynolith::odm {
namespace {

ConnectionPtr over_operations() { return remote_connection(std::make_shared<InProcessClient>()); }

// A connection that keeps its server.
ConnectionPtr over_http() {
  struct Served {
    test::ServedDatabase server;
    ConnectionPtr connection;
  };
  auto served = std::make_shared<Served>();
  RemoteOptions options;
  options.region = "us-east-1";
  options.endpoint = served->server.endpoint();
  options.credentials = {"key", "secret"};
  served->connection = connect(options).value();
  Connection* const connection = served->connection.get();
  return {std::move(served), connection};
}

INSTANTIATE_TEST_SUITE_P(Remote, ConnectionConformance,
                         testing::Values(ConnectionFactory{"operations", over_operations},
                                         ConnectionFactory{"http", over_http}),
                         connection_name);

}  // namespace
}  // namespace dynolith::odm
