// What the service refused, as the mapper's error.
//
// Threads: any.
#pragma once

#include <cstddef>

#include "odm/remote/service_client.h"
#include "odm/result.h"

namespace dynolith::odm {

// Of a reply whose status is not 200. `kind` decides what a failure of the service's own means: a
// write may have happened. `actions`: how many a transaction has; its reasons are as many.
Error error_of_reply(const ServiceReply& reply, CallKind kind, size_t actions = 0);

// As it was sent, without what stands before '#' or behind ':'.
std::string_view exception_name(std::string_view type);

}  // namespace dynolith::odm
