// What the mapper answers: Result<T>, either a value or an Error that says everything a program
// needs to go on. One interface, two styles:
//
//   if (auto user = users.must_get("acme", id); !user) return show(user.error());
//   User user = users.must_get("acme", id).value();  // throws NotFound, ConditionFailed, ...
//
// Threads: values, no shared state.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/encoding/item_encoding.h"

namespace dynolith::odm {

using storage::EncodedItem;
using storage::EncodedValue;

enum class ErrorCode : uint8_t {
  // Found before anything was sent.
  kInvalid,     // The object does not satisfy its model: problems says where, all of them.
  kBadKey,      // Members of a key are missing from the call, or do not fit.
  kBadModel,    // The declaration of a model contradicts itself.
  kBadRequest,  // The request makes no sense (an empty update), or the service refused it as such.
  // What the data says.
  kNotFound,             // No such item, and the call needs one.
  kAlreadyExists,        // create(): the key is taken.
  kOtherEntity,          // The key holds an item of another entity: item. It was not changed.
  kConditionFailed,      // clauses says which part was false; item, what was there.
  kVersionConflict,      // Somebody else changed the item since it was read.
  kUniqueViolation,      // Another item holds this value of a unique attribute; problems names it.
  kTypeMismatch,         // A stored item does not fit the model.
  kTransactionCanceled,  // operations says why, for each operation.
  kTransactionConflict,  // Another transaction held one of the items; worth a retry.
  kTransactionInProgress,  // The same token is being carried out.
  kIdempotentParameterMismatch,
  // Tables.
  kTableNotFound,
  kTableInUse,  // It exists already, or is being changed.
  kLimitExceeded,
  kPlanRefused,  // A step of the plan would destroy data and was not allowed to.
  // The other side.
  kThrottled,     // After all retries.
  kAccessDenied,  // Also signatures that are not accepted.
  kNoCredentials,
  kNetwork,  // No answer: not connected, cut off, TLS.
  kTimeout,
  kUnavailable,     // 5xx after all retries; nothing is known to have changed.
  kUnknownOutcome,  // A write was sent and no answer came: it may have happened.
  kTrimmed,         // The position in a stream is older than what it keeps.
  kInternal,
};

// "kNotFound" is "not_found": for logs.
std::string_view to_text(ErrorCode code);

// One thing that is wrong with an object, and where: "address.zip", "lines[2].quantity".
struct Problem {
  std::string path;
  std::string message;
  bool operator==(const Problem&) const = default;
};

// One part of a condition that was held against an item and was false.
struct FailedClause {
  std::string text;    // "age < 40"
  std::string actual;  // What the item held there: "42"; empty if the attribute was absent.
  bool operator==(const FailedClause&) const = default;
};

// Why one operation of a transaction stood in its way; code kNone: it did not.
struct OperationFailure {
  std::string reason = "None";  // The service's: "ConditionalCheckFailed", ...
  std::string message;
  std::string model;  // The entity that the operation was about.
  std::vector<FailedClause> clauses;
  EncodedItem item;
  ErrorCode code = ErrorCode::kInternal;  // What it would have been alone; unused for "None".
};

struct Error {
  // Copies and moves are compiled once, not wherever this is included.
  Error();
  ~Error();
  Error(const Error& other);
  Error(Error&& other) noexcept;
  Error& operator=(const Error& other);
  Error& operator=(Error&& other) noexcept;

  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::vector<Problem> problems = {};
  std::vector<FailedClause> clauses = {};
  EncodedItem item = {};  // What was stored when a condition failed; absent if nothing was.
  std::vector<OperationFailure> operations = {};  // In the order of the transaction.
  std::string service_code = {};  // "ConditionalCheckFailedException"; empty if found locally.
  std::string request_id = {};
  int http_status = 0;

  bool is_retryable() const;  // The same call may succeed later.
  // Everything on one line.
  std::string to_text() const;
};

Error make_error(ErrorCode code, std::string message);

// --- The throwing style.

class Exception : public std::exception {
 public:
  explicit Exception(Error cause);
  const char* what() const noexcept override { return text_.c_str(); }
  const Error error;

 private:
  std::string text_;
};
class ValidationError : public Exception {
  using Exception::Exception;
};
class NotFound : public Exception {
  using Exception::Exception;
};
class ConditionFailed : public Exception {
  using Exception::Exception;
};
class AlreadyExists : public ConditionFailed {
  using ConditionFailed::ConditionFailed;
};
class OtherEntity : public ConditionFailed {
  using ConditionFailed::ConditionFailed;
};
class VersionConflict : public ConditionFailed {
  using ConditionFailed::ConditionFailed;
};
class UniqueViolation : public ConditionFailed {
  using ConditionFailed::ConditionFailed;
};
class TransactionCanceled : public Exception {
  using Exception::Exception;
};
class Throttled : public Exception {
  using Exception::Exception;
};
class ServiceError : public Exception {
  using Exception::Exception;
};

// Throws the exception that the code stands for.
[[noreturn]] void throw_error(const Error& error);

// --- Results.

namespace internal {
Error* boxed(Error error);
Error* boxed_copy(const Error* error);
void unbox(Error* error);
}  // namespace internal

// Written out rather than on std::variant: a program compiles dozens of these.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : value_(std::move(value)), ok_(true) {}                        // NOLINT
  Result(Error error) : error_(internal::boxed(std::move(error))), ok_(false) {}  // NOLINT
  // The value made in place.
  template <class... Arguments>
  explicit Result(std::in_place_t, Arguments&&... arguments)
      : value_(std::forward<Arguments>(arguments)...), ok_(true) {}
  Result(Result&& other) noexcept : ok_(other.ok_) { take(other); }
  Result(const Result& other) : ok_(other.ok_) {
    if (ok_)
      new (&value_) T(other.value_);
    else
      error_ = internal::boxed_copy(other.error_);
  }
  Result& operator=(Result other) noexcept {
    clear();
    ok_ = other.ok_;
    take(other);
    return *this;
  }
  ~Result() { clear(); }

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }

  // Throw if there is an error.
  T& value() & { return check(), value_; }
  const T& value() const& { return check(), value_; }
  T&& value() && { return check(), std::move(value_); }
  T value_or(T otherwise) && { return ok_ ? std::move(value_) : std::move(otherwise); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Need: !ok().
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  void check() const {
    if (!ok_) throw_error(*error_);
  }
  // Needs: nothing is alive here, and ok_ is other's.
  void take(Result& other) {
    if (ok_)
      new (&value_) T(std::move(other.value_));
    else
      error_ = std::exchange(other.error_, nullptr);
  }
  void clear() {
    if (ok_)
      value_.~T();
    else
      internal::unbox(error_);
  }

  union {
    T value_;
    Error* error_;  // Owned. Null when it was moved elsewhere.
  };
  bool ok_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::make_unique<Error>(std::move(error))) {}  // NOLINT
  Result(Result&&) noexcept = default;
  Result& operator=(Result&&) noexcept = default;

  bool ok() const { return error_ == nullptr; }
  explicit operator bool() const { return ok(); }
  void value() const {
    if (error_ != nullptr) throw_error(*error_);
  }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::unique_ptr<Error> error_;
};

}  // namespace dynolith::odm
