#include "odm/unique_batches.h"

#include <algorithm>
#include <set>
#include <string>

#include "odm/connection/request_digest.h"
#include "odm/entity_support.h"
#include "odm/transaction_retry.h"
#include "storage/limits.h"

namespace dynolith::odm::internal {
namespace {

OperationFailure failure_of(const Schema& schema, const Error& error) {
  OperationFailure failure;
  failure.reason = error.service_code.empty() ? to_text(error.code) : error.service_code;
  failure.code = error.code;
  failure.model = schema.model;
  failure.message = error.message;
  if (!error.problems.empty())
    failure.message = "\"" + error.problems.front().path + "\" " + error.problems.front().message;
  failure.item = error.item;
  return failure;
}

// The writes of one transaction: what it can hold, and what would touch one item twice.
class Chunk {
 public:
  explicit Chunk(const Schema& schema) : schema_(schema) {}

  bool is_full() const { return count_ >= storage::kTransactionActionsMax; }
  // False: it goes to the next one. The first always fits.
  bool add(const TransactionOperation& operation) {
    const std::vector<TransactAction>& actions = operation.write.actions;
    const size_t bytes = digest_of({.actions = actions}).payload_bytes;
    std::vector<std::string> puts, removals;
    for (size_t i = 1; i < actions.size(); ++i)
      (std::holds_alternative<PutRequest>(actions[i]) ? puts : removals)
          .push_back(item_of(schema_, actions[i]));
    const auto is_in = [](const std::set<std::string>& taken, const auto& wanted) {
      return std::any_of(wanted.begin(), wanted.end(),
                         [&](const std::string& item) { return taken.count(item) > 0; });
    };
    // A value can go from one item to another, but not to two.
    if (count_ > 0 && (count_ + actions.size() > storage::kTransactionActionsMax ||
                       bytes_ + bytes > storage::kTransactionBytesMax || is_in(puts_, puts) ||
                       is_in(removals_, removals)))
      return false;
    puts_.insert(puts.begin(), puts.end());
    removals_.insert(removals.begin(), removals.end());
    count_ += actions.size();
    bytes_ += bytes;
    return true;
  }

 private:
  const Schema& schema_;
  std::set<std::string> puts_, removals_;  // Of holders.
  size_t count_ = 0, bytes_ = 0;
};

class UniqueBatch {
 public:
  UniqueBatch(const EntityCore& core, TransactionOperations writes)
      : core_(core), schema_(core.schema()), members_(writes.size()) {
    outcomes_.operations.resize(writes.size());
    for (size_t i = 0; i < writes.size(); ++i) {
      members_[i].write = std::move(writes[i].write.actions.front());
      members_[i].operation.emplace(std::move(writes[i]));
      outcomes_.operations[i].model = schema_.model;
      pending_.push_back(i);
    }
  }

  BatchOutcomes run() {
    while (!pending_.empty()) {
      const Result<std::vector<size_t>> chunk = next_chunk();
      if (!chunk) return stopped(chunk.error(), {});
      if (chunk->empty()) continue;
      const TransactionOperations sent = operations_of(*chunk);
      const Result<WriteReply> reply =
          send_transaction(core_.connection(), {.actions = actions_of(sent)}, {});
      if (reply) {
        end(*chunk);
        continue;
      }
      const Error error = explain_cancellation(reply.error(), sent);
      if (!leave_out(*chunk, sent, error)) return stopped(error, *chunk);
    }
    return std::move(outcomes_);
  }

  Result<std::vector<Request>> show() {
    std::vector<Request> requests;
    while (!pending_.empty()) {
      const std::vector<size_t> chunk = TRY(next_chunk());
      if (first_error_) return *first_error_;
      if (chunk.empty()) continue;
      requests.emplace_back(TransactWriteRequest{.actions = actions_of(operations_of(chunk))});
      end(chunk);
    }
    return requests;
  }

 private:
  struct Member {
    TransactAction write;  // As it was given.
    std::optional<TransactionOperation> operation = {};
    bool is_read = false;
    int attempts = 0;
  };

  // Of what is left, the first that one transaction takes. Empty: what was left is done.
  Result<std::vector<size_t>> next_chunk() {
    std::vector<size_t> chunk;
    Chunk limits(schema_);
    for (size_t at = 0; at < pending_.size() && !limits.is_full(); ++at) {
      if (!members_[pending_[at]].is_read) TRY(read_from(at));
      const size_t position = pending_[at];
      if (is_ended(position)) continue;
      if (!limits.add(*members_[position].operation)) break;
      chunk.push_back(position);
    }
    drop_ended();
    return chunk;
  }

  // What is not read yet from there on, as many as one call reads.
  Result<void> read_from(size_t at) {
    std::vector<size_t> reading;
    std::vector<GetRequest> gets;
    for (; at < pending_.size() && gets.size() < storage::kBatchGetKeysMax; ++at) {
      const size_t position = pending_[at];
      if (members_[position].is_read) continue;
      reading.push_back(position);
      gets.push_back(TRY(
          core_.get_request(action_key(schema_, members_[position].write), {.consistent = true})));
    }
    std::vector<EncodedItem> stored = TRY(stored_items(core_, gets));
    for (size_t i = 0; i < reading.size(); ++i) guard_member(reading[i], std::move(stored[i]));
    return {};
  }

  void guard_member(size_t position, EncodedItem stored) {
    Member& member = members_[position];
    member.is_read = true;
    member.operation->stored = std::move(stored);
    Result<GuardedWrite> guarded =
        guard_alone(core_, {member.write, member.operation->condition}, member.operation->stored);
    if (!guarded) return fail(position, guarded.error());
    member.operation->write = std::move(guarded).value();
    if (member.operation->write.actions.empty()) ended_.insert(position);
  }

  TransactionOperations operations_of(const std::vector<size_t>& chunk) const {
    TransactionOperations operations;
    for (const size_t position : chunk) operations.push_back(*members_[position].operation);
    hand_over(operations);
    return operations;
  }

  // Those that stood in the way, unless it is worth another attempt. False: none did.
  bool leave_out(const std::vector<size_t>& chunk, const TransactionOperations& sent,
                 const Error& error) {
    bool is_any = false, is_throttled = false;
    int attempts = 0;
    for (size_t i = 0; i < chunk.size() && i < error.operations.size(); ++i) {
      const OperationFailure& failure = error.operations[i];
      if (!stands_in_the_way(failure)) continue;
      is_any = true;
      Member& member = members_[chunk[i]];
      const bool outdated = is_outdated(sent[i], failure);
      const bool throttled = failure.code == ErrorCode::kThrottled;
      const int attempts_max =
          throttled ? core_.table().options.batch_attempts_max : kUniqueAttemptsMax;
      if ((outdated || throttled) && ++member.attempts < attempts_max) {
        member.is_read = !outdated;
        is_throttled = is_throttled || throttled;
        attempts = std::max(attempts, member.attempts);
      } else {
        outcomes_.operations[chunk[i]] = failure;
        ended_.insert(chunk[i]);
      }
    }
    drop_ended();
    if (attempts > 0)
      wait_before_retry(core_.connection(), attempts,
                        is_throttled ? core_.table().options.batch_wait_ms : kUniqueWaitMs);
    return is_any;
  }

  void fail(size_t position, const Error& error) {
    if (!first_error_) {
      first_error_ = error;
      first_error_->message = "[" + std::to_string(position) + "]: " + error.message;
    }
    outcomes_.operations[position] = failure_of(schema_, error);
    ended_.insert(position);
  }

  bool is_ended(size_t position) const { return ended_.count(position) > 0; }
  void end(const std::vector<size_t>& chunk) {
    ended_.insert(chunk.begin(), chunk.end());
    drop_ended();
  }
  void drop_ended() {
    if (ended_.empty()) return;
    std::erase_if(pending_, [this](size_t position) { return is_ended(position); });
    ended_.clear();
  }

  // By an error of a call, with which that chunk was sent.
  BatchOutcomes stopped(const Error& error, const std::vector<size_t>& chunk) {
    for (const size_t position : pending_) {
      OperationFailure& outcome = outcomes_.operations[position];
      outcome = failure_of(schema_, error);
      if (std::binary_search(chunk.begin(), chunk.end(), position)) continue;
      outcome.reason = "NotSent";
      outcome.message = "was not sent";
    }
    outcomes_.stopped = error;
    return std::move(outcomes_);
  }

  const EntityCore& core_;
  const Schema& schema_;
  std::vector<Member> members_;
  std::vector<size_t> pending_;  // Ascending.
  std::set<size_t> ended_;       // Of these, until they are dropped.
  BatchOutcomes outcomes_;
  std::optional<Error> first_error_;
};

}  // namespace

TransactionOperations batch_operations(const EntityCore& core, std::vector<TransactAction> writes) {
  TransactionOperations operations;
  operations.reserve(writes.size());
  for (TransactAction& write : writes) {
    TransactionOperation& operation =
        operations.emplace_back(core, EntityCore::Intent::kOther, ConditionCore());
    operation.reads_first = true;
    operation.write.actions.push_back(std::move(write));
  }
  return operations;
}

std::optional<Error> BatchOutcomes::error(const Schema& schema, std::string_view verb) const {
  const auto first = std::find_if(operations.begin(), operations.end(), stands_in_the_way);
  if (first == operations.end()) return std::nullopt;
  Error error = stopped.value_or(make_error(first->code, std::string()));
  Problems problems;
  size_t left = 0;
  for (size_t i = 0; i < operations.size(); ++i) {
    if (!stands_in_the_way(operations[i])) continue;
    ++left;
    if (!stopped || operations[i].code != stopped->code)  // Said for itself.
      problems.add("[" + std::to_string(i) + "]", operations[i].message);
  }
  error.message = schema.model + ": " + std::to_string(left) + " of " +
                  std::to_string(operations.size()) + " items were not " + std::string(verb) +
                  (stopped ? ": " + stopped->message : std::string());
  error.problems = std::move(problems.list());
  error.operations = operations;
  return error;
}

BatchOutcomes write_each(const EntityCore& core, TransactionOperations writes) {
  return UniqueBatch(core, std::move(writes)).run();
}

Result<std::vector<Request>> show_each(const EntityCore& core, TransactionOperations writes) {
  return UniqueBatch(core, std::move(writes)).show();
}

}  // namespace dynolith::odm::internal
