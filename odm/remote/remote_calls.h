// How the remote connection calls the service, for its parts.
//
// Threads: any.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "odm/remote/service_client.h"
#include "odm/result.h"

namespace dynolith::odm {

class RemoteCalls {
 public:
  explicit RemoteCalls(std::shared_ptr<ServiceClient> client) : client_(std::move(client)) {}

  // Calls an operation of the database or of its streams. Errors: the client's and the service's.
  Result<ServiceReply> call(std::string_view operation, const std::string& body, CallKind kind,
                            size_t actions = 0);
  Result<ServiceReply> call_streams(std::string_view operation, const std::string& body);

  ServiceClient& client() { return *client_; }

 private:
  Result<ServiceReply> call_target(std::string_view target, const std::string& body, CallKind kind,
                                   size_t actions);

  std::shared_ptr<ServiceClient> client_;
};

// An error of parsing, with what is known of the reply.
template <class T>
Result<T> of_reply(const ServiceReply& reply, Result<T> parsed) {
  if (parsed.ok()) return parsed;
  Error error = std::move(parsed).error();
  error.request_id = reply.request_id;
  error.http_status = reply.status;
  return error;
}

}  // namespace dynolith::odm
