#include "odm/remote/changes_reader.h"

#include <algorithm>

#include "api/json/writer.h"
#include "odm/remote/render_request.h"
#include "storage/limits.h"

namespace dynolith::odm {

namespace {

constexpr size_t kKeptMax = 16;
constexpr size_t kListPagesMax = 100;
constexpr size_t kStreamsMax = 100;  // That one call goes through.

Error bad_request(std::string message) {
  return make_error(ErrorCode::kBadRequest, std::move(message));
}

std::string list_body(const std::string& table, const std::string& behind) {
  std::string body;
  api::JsonWriter json(body);
  json.begin_object().name("TableName").string(table);
  if (!behind.empty()) json.name("ExclusiveStartStreamArn").string(behind);
  json.end_object();
  return body;
}

// Oldest first.
Result<std::vector<StreamList::Entry>> list_streams(RemoteCalls& calls, const std::string& table) {
  std::vector<StreamList::Entry> streams;
  std::string behind;
  for (size_t page = 0; page < kListPagesMax; ++page) {
    const auto reply = TRY(calls.call_streams("ListStreams", list_body(table, behind)));
    auto list = TRY(of_reply(reply, parse_stream_list(reply.body)));
    streams.insert(streams.end(), std::make_move_iterator(list.streams.begin()),
                   std::make_move_iterator(list.streams.end()));
    behind = std::move(list.last_arn);
    if (!behind.empty()) continue;
    std::sort(streams.begin(), streams.end(),
              [](const auto& a, const auto& b) { return a.label < b.label; });
    return streams;
  }
  return make_error(ErrorCode::kInternal, "The service's list of streams does not end");
}

// The error of the table, if there is one: it may not be there.
Result<void> check_table(RemoteCalls& calls, const std::string& table) {
  TRY(calls.call("DescribeTable", table_name_body(table), CallKind::kRead));
  return {};
}

// arn:aws:dynamodb:<region>:<account>:table/<table>/stream/<label>; a table may be named by its
// ARN.
bool is_stream_of(std::string_view stream_arn, std::string_view table) {
  const size_t mark = stream_arn.rfind("/stream/");
  if (mark == std::string_view::npos) return false;
  const std::string_view table_arn = stream_arn.substr(0, mark);
  if (table.starts_with("arn:")) return table_arn == table;
  return table_arn.substr(table_arn.rfind('/') + 1) == table;
}

std::string_view label_of(std::string_view stream_arn) {
  return stream_arn.substr(stream_arn.rfind('/') + 1);
}

bool is_unknown_stream(const Error& error) {
  return error.service_code == "ResourceNotFoundException";
}

// Of a stream that is not there any more, unless the table is not either.
Error gone_error(RemoteCalls& calls, const std::string& table) {
  auto checked = check_table(calls, table);
  if (!checked.ok()) return std::move(checked).error();
  return make_error(ErrorCode::kTrimmed,
                    "The stream of this position is gone, and with it the records that follow");
}

}  // namespace

Result<ChangesSession> ChangesReader::open(RemoteCalls& calls, const ChangesRequest& request) {
  const bool is_newest = request.position == ChangesRequest::kNewest;
  if (request.position.empty() || is_newest) {
    const auto streams = TRY(list_streams(calls, request.table));
    if (streams.empty()) {
      TRY(check_table(calls, request.table));
      return bad_request("The table has no stream: " + request.table);
    }
    if (is_newest) return ChangesSession::at_newest(calls, streams.back().arn);
    return ChangesSession::at_oldest(calls, streams.front().arn);
  }
  auto position = ChangesPosition::parse(request.position);
  if (!position || !is_stream_of(position->stream_arn, request.table))
    return bad_request("Not a position of this table's streams: " + request.position.substr(0, 64));
  return ChangesSession::at_position(calls, *std::move(position));
}

std::optional<ChangesSession> ChangesReader::take(const ChangesRequest& request) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return kept.table == request.table && kept.position == request.position;
  });
  if (found == kept_.end()) return std::nullopt;
  std::optional<ChangesSession> session(std::move(found->session));
  kept_.erase(found);
  return session;
}

void ChangesReader::keep(Kept kept) {
  const std::lock_guard lock(mutex_);
  kept_.push_front(std::move(kept));
  if (kept_.size() > kKeptMax) kept_.pop_back();
}

Result<ChangesReply> ChangesReader::read(RemoteCalls& calls, const ChangesRequest& request,
                                         ChangeSink sink) {
  if (request.records_max == 0)
    return bad_request("The number of records to read must be greater than or equal to 1");
  auto session = take(request);
  if (!session) {
    auto opened = open(calls, request);
    if (!opened.ok() && is_unknown_stream(opened.error()) && !request.position.empty())
      return gone_error(calls, request.table);
    if (!opened.ok()) return std::move(opened).error();
    session = *std::move(opened);
  }
  uint32_t left = std::min(request.records_max, storage::kStreamRecordsMax);
  ChangesReply reply;
  bool any = false;
  for (size_t streams = 0; streams < kStreamsMax && left > 0; ++streams) {
    auto read = session->read(calls, left, sink);
    if (!read.ok() && any) break;
    if (!read.ok() && is_unknown_stream(read.error())) return gone_error(calls, request.table);
    if (!read.ok()) return std::move(read).error();
    left -= std::min(left, read->records);  // A service may give more than was asked for.
    any = any || read->records > 0;
    reply.at_end = read->at_end;
    if (!read->is_closed) break;
    const auto all = list_streams(calls, request.table);
    if (!all.ok() && !any) return all.error();
    if (!all.ok()) break;
    const std::string_view label = label_of(session->position().stream_arn);
    const auto next = std::find_if(all->begin(), all->end(),
                                   [&](const auto& stream) { return stream.label > label; });
    reply.is_closed = next == all->end();
    if (reply.is_closed) break;
    reply.at_end = false;
    auto opened = ChangesSession::at_oldest(calls, next->arn);
    if (!opened.ok() && !any) return std::move(opened).error();
    if (!opened.ok()) break;
    session = *std::move(opened);
  }
  reply.position = session->position().to_text();
  keep({request.table, reply.position, *std::move(session)});
  return reply;
}

}  // namespace dynolith::odm
