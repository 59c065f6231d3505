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

// "Query" or "Scan".
std::string_view range_operation(const RangeRequest& request);

}  // namespace dynolith::odm
