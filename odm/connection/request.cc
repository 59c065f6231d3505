#include "odm/connection/request.h"

namespace dynolith::odm {

Request::Request(GetRequest request) : AnyRequest(std::move(request)) {}
Request::Request(PutRequest request) : AnyRequest(std::move(request)) {}
Request::Request(UpdateRequest request) : AnyRequest(std::move(request)) {}
Request::Request(DeleteRequest request) : AnyRequest(std::move(request)) {}
Request::Request(RangeRequest request) : AnyRequest(std::move(request)) {}
Request::Request(BatchGetRequest request) : AnyRequest(std::move(request)) {}
Request::Request(BatchWriteRequest request) : AnyRequest(std::move(request)) {}
Request::Request(TransactWriteRequest request) : AnyRequest(std::move(request)) {}
Request::Request(TransactGetRequest request) : AnyRequest(std::move(request)) {}
Request::Request(DescribeTableRequest request) : AnyRequest(std::move(request)) {}
Request::Request(CreateTableRequest request) : AnyRequest(std::move(request)) {}
Request::Request(UpdateTableRequest request) : AnyRequest(std::move(request)) {}
Request::Request(DeleteTableRequest request) : AnyRequest(std::move(request)) {}
Request::Request(TimeToLiveRequest request) : AnyRequest(std::move(request)) {}
Request::Request(ChangesRequest request) : AnyRequest(std::move(request)) {}
Request::~Request() = default;
Request::Request(const Request& other) = default;
Request::Request(Request&& other) noexcept = default;
Request& Request::operator=(const Request& other) = default;
Request& Request::operator=(Request&& other) noexcept = default;

}  // namespace dynolith::odm
