// One call to a DynamoDB endpoint: signed, pooled, retried.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "odm/result.h"
#include "storage/clock.h"

namespace dynolith::odm {

struct ServiceReply {
  int status = 0;
  std::string body;
  std::string request_id;
};

// Whether a call may be sent again when no answer came: a write that is not idempotent and was
// already sent is kUnknownOutcome instead.
enum class CallKind : uint8_t { kRead, kIdempotentWrite, kWrite };

class ServiceClient {
 public:
  virtual ~ServiceClient() = default;
  // `target` is the X-Amz-Target header: "DynamoDB_20120810.PutItem",
  // "DynamoDBStreams_20120810.GetRecords". Answers with what the service said, also errors that
  // retries did not cure (status 4xx and 5xx). Errors of its own: kNoCredentials, kNetwork,
  // kTimeout, kUnknownOutcome. Threads: any.
  virtual Result<ServiceReply> call(std::string_view target, const std::string& body,
                                    CallKind kind) = 0;
  virtual storage::Clock& clock() = 0;
  virtual storage::IdSource& ids() = 0;
  virtual void wait_ms(int64_t milliseconds) = 0;
};

}  // namespace dynolith::odm
