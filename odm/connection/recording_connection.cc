#include "odm/connection/recording_connection.h"

#include <algorithm>
#include <string>
#include <utility>

namespace dynolith::odm {
namespace {

const EncodedItem kAbsent;

const EncodedItem& item_at(const std::vector<EncodedItem>& items, size_t i) {
  return i < items.size() ? items[i] : kAbsent;
}

// Removes the first of a queue and returns it.
template <class T>
std::optional<T> take_first(std::deque<T>& queue) {
  if (queue.empty()) return std::nullopt;
  T first = std::move(queue.front());
  queue.pop_front();
  return first;
}

// The positions from `begin` on.
void append_positions(size_t begin, size_t end, std::vector<size_t>& positions) {
  for (size_t i = begin; i < end; ++i) positions.push_back(i);
}

Error no_table(const std::string& name) {
  Error error = make_error(ErrorCode::kTableNotFound,
                           "Requested resource not found: Table: " + name + " not found");
  error.service_code = "ResourceNotFoundException";
  return error;
}

}  // namespace

RecordingConnection::RecordingConnection(ConnectionPtr inner, RecordingOptions options)
    : inner_(std::move(inner)), options_(std::move(options)) {}

std::shared_ptr<RecordingConnection> recording(ConnectionPtr inner, RecordingOptions options) {
  return std::make_shared<RecordingConnection>(std::move(inner), std::move(options));
}

// --- What was asked.

std::vector<Request> RecordingConnection::requests() const {
  const std::scoped_lock lock(mutex_);
  return {requests_.begin(), requests_.end()};
}

std::vector<WireRequest> RecordingConnection::wire() const {
  std::vector<WireRequest> rendered;
  for (const Request& request : requests()) rendered.push_back(to_wire(request));
  return rendered;
}

size_t RecordingConnection::forgotten() const {
  const std::scoped_lock lock(mutex_);
  return forgotten_;
}

std::vector<int64_t> RecordingConnection::waits() const {
  const std::scoped_lock lock(mutex_);
  return {waits_.begin(), waits_.end()};
}

void RecordingConnection::clear() {
  const std::scoped_lock lock(mutex_);
  requests_.clear();
  waits_.clear();
  forgotten_ = 0;
}

void RecordingConnection::wait_ms(int64_t milliseconds) {
  options_.clock->advance_ms(std::max<int64_t>(milliseconds, 0));
  const std::scoped_lock lock(mutex_);
  waits_.push_back(milliseconds);
  if (waits_.size() > options_.requests_max) waits_.pop_front();
}

// --- What is answered.

void RecordingConnection::answer_next(std::vector<EncodedItem> items,
                                      EncodedItem last_evaluated_key) {
  const std::scoped_lock lock(mutex_);
  answers_.push_back({std::move(items), std::move(last_evaluated_key)});
}

void RecordingConnection::describe_next(TableState table) {
  const std::scoped_lock lock(mutex_);
  tables_.push_back(std::move(table));
}

void RecordingConnection::fail_next(Error error, size_t times) {
  if (times == 0) return;
  const std::scoped_lock lock(mutex_);
  failures_.push_back({std::move(error), times});
}

void RecordingConnection::leave_unprocessed_next(size_t members) {
  const std::scoped_lock lock(mutex_);
  unprocessed_.push_back(members);
}

// Keeps the request. The error that it is to be answered with, if there is one.
std::optional<Error> RecordingConnection::record(Request request) {
  const std::scoped_lock lock(mutex_);
  requests_.push_back(std::move(request));
  if (requests_.size() > options_.requests_max) {
    requests_.pop_front();
    ++forgotten_;
  }
  if (failures_.empty()) return std::nullopt;
  if (failures_.front().times > 1) {
    --failures_.front().times;
    return failures_.front().error;
  }
  return take_first(failures_)->error;
}

std::optional<RecordingConnection::Answer> RecordingConnection::next_answer() {
  const std::scoped_lock lock(mutex_);
  return take_first(answers_);
}

size_t RecordingConnection::next_unprocessed() {
  const std::scoped_lock lock(mutex_);
  return take_first(unprocessed_).value_or(0);
}

// --- The connection.

Result<ReadReply> RecordingConnection::get(const GetRequest& request,
                                           FunctionRef<void(const ItemView& item)> sink) {
  if (auto error = record(request)) return *std::move(error);
  const auto answer = next_answer();
  if (!answer && inner_ != nullptr) return inner_->get(request, sink);
  sink(answer ? item_at(answer->items, 0).view() : ItemView());
  return ReadReply();
}

Result<WriteReply> RecordingConnection::written(
    bool returns_item, FunctionRef<Result<WriteReply>(Connection& inner)> forward) {
  std::optional<Answer> answer;
  if (returns_item) answer = next_answer();
  if (!answer && inner_ != nullptr) return forward(*inner_);
  WriteReply reply;
  if (answer) reply.item = item_at(answer->items, 0);
  return reply;
}

Result<WriteReply> RecordingConnection::put(const PutRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  return written(request.return_old, [&](Connection& inner) { return inner.put(request); });
}

Result<WriteReply> RecordingConnection::update(const UpdateRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  return written(request.returns != UpdateRequest::Return::kNone,
                 [&](Connection& inner) { return inner.update(request); });
}

Result<WriteReply> RecordingConnection::remove(const DeleteRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  return written(request.return_old, [&](Connection& inner) { return inner.remove(request); });
}

Result<RangeReply> RecordingConnection::read_range(const RangeRequest& request,
                                                   FunctionRef<void(const ItemView& item)> sink) {
  if (auto error = record(request)) return *std::move(error);
  auto answer = next_answer();
  if (!answer && inner_ != nullptr) return inner_->read_range(request, sink);
  RangeReply reply;
  if (!answer) return reply;
  reply.count = reply.scanned_count = static_cast<uint32_t>(answer->items.size());
  reply.last_evaluated_key = std::move(answer->last_evaluated_key);
  if (request.count_only) return reply;
  for (const EncodedItem& item : answer->items) sink(item.view());
  return reply;
}

Result<BatchReply> RecordingConnection::batch_get(
    const BatchGetRequest& request, FunctionRef<void(size_t index, const ItemView& item)> sink) {
  if (auto error = record(request)) return *std::move(error);
  const auto answer = next_answer();
  const size_t left = std::min(next_unprocessed(), request.gets.size());
  const size_t done = request.gets.size() - left;
  BatchReply reply;
  if (answer || inner_ == nullptr) {
    const auto items = answer ? answer->items : std::vector<EncodedItem>();
    for (size_t i = 0; i < done; ++i) sink(i, item_at(items, i).view());
  } else if (left == 0) {
    return inner_->batch_get(request, sink);
  } else if (done > 0) {
    BatchGetRequest some;
    some.gets.assign(request.gets.begin(), request.gets.end() - static_cast<ptrdiff_t>(left));
    auto read = inner_->batch_get(some, sink);
    if (!read) return read;
    reply = *std::move(read);
  }
  append_positions(done, request.gets.size(), reply.unprocessed);
  return reply;
}

Result<BatchReply> RecordingConnection::batch_write(const BatchWriteRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  const size_t left = std::min(next_unprocessed(), request.writes.size());
  const size_t done = request.writes.size() - left;
  BatchReply reply;
  if (inner_ != nullptr && left == 0) return inner_->batch_write(request);
  if (inner_ != nullptr && done > 0) {
    BatchWriteRequest some;
    some.writes.assign(request.writes.begin(), request.writes.end() - static_cast<ptrdiff_t>(left));
    auto written = inner_->batch_write(some);
    if (!written) return written;
    reply = *std::move(written);
  }
  append_positions(done, request.writes.size(), reply.unprocessed);
  return reply;
}

Result<WriteReply> RecordingConnection::transact_write(const TransactWriteRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  if (inner_ == nullptr) return WriteReply();
  return inner_->transact_write(request);
}

Result<ReadReply> RecordingConnection::transact_get(
    const TransactGetRequest& request, FunctionRef<void(size_t index, const ItemView& item)> sink) {
  if (auto error = record(request)) return *std::move(error);
  const auto answer = next_answer();
  if (!answer && inner_ != nullptr) return inner_->transact_get(request, sink);
  const auto items = answer ? answer->items : std::vector<EncodedItem>();
  for (size_t i = 0; i < request.gets.size(); ++i) sink(i, item_at(items, i).view());
  return ReadReply();
}

Result<TableState> RecordingConnection::describe_table(const DescribeTableRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  std::optional<TableState> table;
  {
    const std::scoped_lock lock(mutex_);
    table = take_first(tables_);
  }
  if (table) return *std::move(table);
  if (inner_ == nullptr) return no_table(request.table);
  return inner_->describe_table(request);
}

Result<void> RecordingConnection::create_table(const CreateTableRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  if (inner_ == nullptr) return {};
  return inner_->create_table(request);
}

Result<void> RecordingConnection::update_table(const UpdateTableRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  if (inner_ == nullptr) return {};
  return inner_->update_table(request);
}

Result<void> RecordingConnection::delete_table(const DeleteTableRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  if (inner_ == nullptr) return {};
  return inner_->delete_table(request);
}

Result<void> RecordingConnection::set_time_to_live(const TimeToLiveRequest& request) {
  if (auto error = record(request)) return *std::move(error);
  if (inner_ == nullptr) return {};
  return inner_->set_time_to_live(request);
}

Result<ChangesReply> RecordingConnection::read_changes(
    const ChangesRequest& request, FunctionRef<void(const ChangeRecord& record)> sink) {
  if (auto error = record(request)) return *std::move(error);
  const auto answer = next_answer();
  if (!answer && inner_ != nullptr) return inner_->read_changes(request, sink);
  ChangesReply reply;
  reply.position = request.position;
  reply.at_end = true;
  if (!answer) return reply;
  size_t count = 0;
  for (const EncodedItem& item : answer->items) {
    const std::string sequence = std::to_string(++count);
    ChangeRecord change;
    change.record.created_ms = options_.clock->now_ms();
    change.record.key = change.record.new_image = item.view();
    change.sequence = sequence;
    sink(change);
  }
  reply.position = "recorded";
  return reply;
}

}  // namespace dynolith::odm
