// What can go wrong, as values.
//
// An Error carries one of a closed set of codes and the bare sentence that DynamoDB would say. The
// envelope ("1 validation error detected: "), the `__type` prefix and the HTTP status belong to the
// JSON protocol and appear only in api/error_reply.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dynolith::storage {

enum class ErrorCode : uint8_t {
  // What a request asked for is not possible.
  kValidation,
  kConditionalCheckFailed,
  kResourceNotFound,
  kTableNotFound,
  kResourceInUse,
  kLimitExceeded,
  kItemCollectionSizeLimitExceeded,
  kTransactionCanceled,
  kTransactionConflict,
  kTransactionInProgress,
  kIdempotentParameterMismatch,
  kDuplicateItem,
  kProvisionedThroughputExceeded,
  kThrottling,
  kExpiredIterator,
  kTrimmedDataAccess,
  // Of what a database does not have (raised by front ends only).
  kBackupNotFound,
  kExportNotFound,
  kImportNotFound,
  kGlobalTableNotFound,
  kPointInTimeRecoveryUnavailable,
  kPolicyNotFound,
  // The request could not be understood (raised by front ends only).
  kSerialization,
  kUnknownOperation,
  kMissingAuthenticationToken,
  kIncompleteSignature,
  kInvalidSignature,
  kUnrecognizedClient,
  kAccessDenied,
  // The store cannot serve.
  kUnavailable,     // Nothing was changed; safe to retry (disk full, shutting down).
  kUnknownOutcome,  // A write was handed to the disk and failed: it may or may not survive.
  kIo,
  kCorruption,
  kInternal,
  // Opening a data directory.
  kDirectoryInUse,
  kDirectoryNotWritable,
  kDirectoryCorrupt,
  kDirectoryTooNew,
};

// When a validation error was found. The service wraps errors of the request itself in
// "1 validation error detected: " on some operations, and never those found with the table at hand.
enum class ErrorScope : uint8_t {
  kTable,    // Found against the table or the stored item, or already worded in full.
  kRequest,  // Found in the request alone: expressions, attribute values, parameter rules.
};

// One entry of a cancelled transaction, in the order of its actions.
struct CancellationReason {
  std::string code = "None";
  std::string message;
  std::string item;  // Encoded item (encoding/item_view.h), empty if none is to be shown.
};

// Why a request was throttled: "TableReadProvisionedThroughputExceeded" and the ARN of what was.
struct ThrottlingReason {
  std::string reason;
  std::string resource;
};

struct ErrorDetail {
  std::string item;  // The stored item (encoded) when a condition failed and it was asked for.
  std::vector<CancellationReason> reasons;
  std::vector<ThrottlingReason> throttling;
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  ErrorScope scope = ErrorScope::kTable;
  std::shared_ptr<const ErrorDetail> detail;  // Mostly null.
};

// A ValidationException found against the table or the stored item.
inline Error validation_error(std::string message) {
  return Error{ErrorCode::kValidation, std::move(message), ErrorScope::kTable, nullptr};
}

// A ValidationException found in the request alone.
inline Error request_error(std::string message) {
  return Error{ErrorCode::kValidation, std::move(message), ErrorScope::kRequest, nullptr};
}

inline Error make_error(ErrorCode code, std::string message = {}) {
  return Error{code, std::move(message), ErrorScope::kTable, nullptr};
}

}  // namespace dynolith::storage
