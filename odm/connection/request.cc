#include "odm/connection/request.h"

namespace dynolith::odm {

Request::~Request() = default;
Request::Request(const Request& other) = default;
Request::Request(Request&& other) noexcept = default;
Request& Request::operator=(const Request& other) = default;
Request& Request::operator=(Request&& other) noexcept = default;

}  // namespace dynolith::odm
