#include "odm/remote/reply_error.h"

#include <algorithm>

#include "odm/connection/service_error.h"
#include "odm/remote/reply_reading.h"
#include "odm/remote/reply_shapes.h"

namespace dynolith::odm {

namespace {

constexpr size_t kReasonsMax = 1000;

// Statuses of which the service itself, or what stands before it, is the cause. Only 503 says that
// nothing was begun.
ErrorCode code_of_failure(int status, CallKind kind) {
  if (kind == CallKind::kRead || status == 503) return ErrorCode::kUnavailable;
  return ErrorCode::kUnknownOutcome;
}

// Of a reply without a name for what is wrong: from a proxy, mostly.
ErrorCode code_of_status(int status) {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return ErrorCode::kAccessDenied;
    case 429:
      return ErrorCode::kThrottled;
    case 400:
    case 413:
      return ErrorCode::kBadRequest;
    default:
      return ErrorCode::kInternal;
  }
}

std::string status_message(int status) {
  return "The service answered with HTTP status " + std::to_string(status);
}

// The absent item if it makes no sense: what went wrong is told anyway.
EncodedItem item_if_any(const Slot& slot) {
  auto item = item_in(slot);
  return item.ok() ? *std::move(item) : EncodedItem();
}

std::vector<OperationFailure> read_reasons(const Slot& slot, size_t actions) {
  using Given = CancellationReasonShape;
  std::vector<OperationFailure> operations;
  if (!slot.present()) return operations;
  for (const JsonValue element : slot.array()) {
    if (operations.size() == kReasonsMax) break;
    OperationFailure& operation = operations.emplace_back();
    const auto members = structure_in<Given>(element);
    if (!members.ok()) continue;
    operation.reason = (*members)[Given::kCode].text().value_or("None");
    operation.message = (*members)[Given::kMessage].text().value_or(std::string_view());
    operation.item = item_if_any((*members)[Given::kItem]);
    operation.code = code_of_reason(operation.reason);
  }
  if (actions > 0) operations.resize(actions);
  return operations;
}

void describe(const Members<ErrorOutput>& members, size_t actions, Error& error) {
  for (const auto member : {ErrorOutput::kMessage, ErrorOutput::kCapitalMessage}) {
    if (const auto text = members[member].text()) error.message = *text;
  }
  error.service_code = exception_name(members[ErrorOutput::kType].text().value_or("no name"));
  error.item = item_if_any(members[ErrorOutput::kItem]);
  if (error.service_code == "TransactionCanceledException")
    error.operations = read_reasons(members[ErrorOutput::kCancellationReasons], actions);
}

}  // namespace

std::string_view exception_name(std::string_view type) {
  type = type.substr(0, type.find(':'));
  return type.substr(type.find('#') + 1);
}

Error error_of_reply(const ServiceReply& reply, CallKind kind, size_t actions) {
  Error error;
  const auto members = read_reply<ErrorOutput>(reply.body);
  const bool is_named = members.ok() && (*members)[ErrorOutput::kType].present();
  if (is_named) describe(*members, actions, error);
  if (reply.status >= 500) {
    error.code = code_of_failure(reply.status, kind);
  } else {
    error.code = is_named ? code_of_exception(error.service_code) : code_of_status(reply.status);
  }
  if (error.message.empty()) error.message = status_message(reply.status);
  error.request_id = reply.request_id;
  error.http_status = reply.status;
  return error;
}

}  // namespace dynolith::odm
