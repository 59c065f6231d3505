#include "odm/connection/any_request.h"
#include "storage/engine/table_update.h"

namespace dynolith::odm {

UpdateTableRequest::UpdateTableRequest(storage::TableUpdate change)
    : update(std::make_shared<const storage::TableUpdate>(std::move(change))) {}

Request::Request(GetRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(PutRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(UpdateRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(DeleteRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(RangeRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(BatchGetRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(BatchWriteRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(TransactWriteRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(TransactGetRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(DescribeTableRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(CreateTableRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(UpdateTableRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(DeleteTableRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(TimeToLiveRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::Request(ChangesRequest request) : any_(new AnyRequest{std::move(request)}) {}
Request::~Request() = default;
Request::Request(const Request& other) : any_(std::make_unique<AnyRequest>(*other.any_)) {}
Request::Request(Request&& other) noexcept = default;
Request& Request::operator=(const Request& other) { return *this = Request(other); }
Request& Request::operator=(Request&& other) noexcept = default;

template <class R>
requires std::is_constructible_v<Request, R>
const R* Request::get_if() const { return std::get_if<R>(&any_->kind); }

template const GetRequest* Request::get_if<GetRequest>() const;
template const PutRequest* Request::get_if<PutRequest>() const;
template const UpdateRequest* Request::get_if<UpdateRequest>() const;
template const DeleteRequest* Request::get_if<DeleteRequest>() const;
template const RangeRequest* Request::get_if<RangeRequest>() const;
template const BatchGetRequest* Request::get_if<BatchGetRequest>() const;
template const BatchWriteRequest* Request::get_if<BatchWriteRequest>() const;
template const TransactWriteRequest* Request::get_if<TransactWriteRequest>() const;
template const TransactGetRequest* Request::get_if<TransactGetRequest>() const;
template const DescribeTableRequest* Request::get_if<DescribeTableRequest>() const;
template const CreateTableRequest* Request::get_if<CreateTableRequest>() const;
template const UpdateTableRequest* Request::get_if<UpdateTableRequest>() const;
template const DeleteTableRequest* Request::get_if<DeleteTableRequest>() const;
template const TimeToLiveRequest* Request::get_if<TimeToLiveRequest>() const;
template const ChangesRequest* Request::get_if<ChangesRequest>() const;

}  // namespace dynolith::odm
