// One call to a service, configured by the environment and the shared files alone, for tests that
// play the service.
//   remote_call TARGET BODY
// Prints the status and the body of the answer, or the error; the status is 0, 1 for an error.
#include <cstdio>

#include "odm/remote/http_service_client.h"

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: remote_call TARGET BODY\n", stderr);
    return 64;
  }
  const auto client = dynolith::odm::make_service_client({});
  if (!client) {
    std::puts(client.error().to_text().c_str());
    return 1;
  }
  const auto reply = (*client)->call(arguments[1], arguments[2], dynolith::odm::CallKind::kWrite);
  if (!reply) {
    std::puts(reply.error().to_text().c_str());
    return 1;
  }
  std::printf("%d %s\n", reply->status, reply->body.c_str());
  return 0;
}
