// Errors of the engine and of the service as the mapper's: the one place where they are translated.
//
// Threads: any, no state.
#pragma once

#include <string_view>

#include "odm/result.h"
#include "storage/error.h"

namespace dynolith::odm {

// Whether the service puts "1 validation error detected: " in front of what is wrong with a request
// alone; it does for writes of one item.
enum class Envelope : uint8_t { kBare, kOneError };

// With the words and the name that the service has for it. The stored item of a failed condition
// and the reasons of a cancelled transaction come along.
Error to_error(storage::Error error, Envelope envelope = Envelope::kBare);

// "ConditionalCheckFailedException" is kConditionFailed; unknown names are kBadRequest.
ErrorCode code_of_exception(std::string_view name);
// Of a cancelled transaction: "ConditionalCheckFailed" is kConditionFailed. "None" and unknown ones
// are kInternal.
ErrorCode code_of_reason(std::string_view reason);

}  // namespace dynolith::odm
