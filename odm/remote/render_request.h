// Requests as the service's JSON. Consumed capacity is always asked for (TOTAL).
//
// Threads: plain values.
#pragma once

#include <string>
#include <string_view>

#include "api/json/writer.h"
#include "odm/connection/request.h"

namespace dynolith::odm {

std::string body_of(const GetRequest& request);
std::string body_of(const PutRequest& request);
std::string body_of(const UpdateRequest& request);
std::string body_of(const DeleteRequest& request);
std::string body_of(const RangeRequest& request);
// The service says which item belongs to which key by the item's attributes alone. So a projection
// is asked for with the key attributes that it leaves out.
std::string body_of(const BatchGetRequest& request);
std::string body_of(const BatchWriteRequest& request);
// With `token` in place of the request's own.
std::string body_of(const TransactWriteRequest& request, std::string_view token);
std::string body_of(const TransactGetRequest& request);

// {"TableName": ...}: of DescribeTable, DeleteTable and DescribeTimeToLive.
std::string table_name_body(std::string_view table);
std::string body_of(const CreateTableRequest& request);
std::string body_of(const UpdateTableRequest& request);
std::string body_of(const TimeToLiveRequest& request);

// Whether a batch's projection has to be asked for with more than it selects.
bool lacks_keys(const storage::Projection& projection, const storage::ItemView& key);

// "Query" or "Scan".
std::string_view range_operation(const RangeRequest& request);

}  // namespace dynolith::odm
