// Every write goes through two steps inside the store's transaction: plan() decides what becomes of
// the item (condition, new image, checks) and commit() says so to the store (item, index entries,
// tallies). A single write runs them one after the other; several writes all plan before any
// commits, so that all conditions see the items as they were.
#include "storage/engine/item_writer.h"

#include <algorithm>
#include <optional>

#include "storage/database.h"
#include "storage/engine/cancellation.h"
#include "storage/engine/expiry_index.h"
#include "storage/engine/index_build.h"
#include "storage/engine/index_maintenance.h"
#include "storage/engine/item_keys.h"
#include "storage/engine/stream_log.h"
#include "storage/engine/write_capacity.h"
#include "storage/limits.h"

namespace dynolith::storage {
namespace {

constexpr char kConditionFailed[] = "The conditional request failed";

// The table as it is now. Needs: the caller has passed the gate, so that whoever changes the table
// waits for this write.
TablePtr current_table(const TablePtr& table) {
  if (!table->is_outdated()) [[likely]]
    return table;
  TablePtr newest = table->state->newest();
  return newest != nullptr ? newest : table;
}

// What one write makes of its item. `after` borrows from the write, from `built`, or from `before`.
struct Plan {
  ItemView before;
  ItemView after;
  EncodedItem built;
};

// The first of the writes whose item an index build is at; null: there is none. Needs: as
// current_table().
const ItemWrite* write_at_build(std::span<const ItemWrite> writes) {
  for (const ItemWrite& write : writes) {
    const Table& table = *write.table;
    if (!table.is_outdated() && table.build == nullptr) [[likely]]
      continue;
    const TablePtr current = current_table(write.table);
    if (current->build != nullptr && current->build->is_claimed(write.key.bytes)) return &write;
  }
  return nullptr;
}

Error condition_error(const ItemWrite& write, const ItemView& item) {
  Error error = make_error(ErrorCode::kConditionalCheckFailed, kConditionFailed);
  if (write.return_old_on_failure && item.exists())
    error.detail = std::make_shared<const ErrorDetail>(ErrorDetail{std::string(item.bytes()), {}});
  return error;
}

// What can be said of a write without the stored item.
Result<void> check_put_size(const ItemWrite& write) {
  const auto* put = std::get_if<Put>(&write.action);
  if (put != nullptr && put->item.view().item_bytes() > kItemBytesMax)
    return validation_error("Item size has exceeded the maximum allowed size");
  return {};
}

Result<void> check_put_index_keys(const Table& table, const ItemWrite& write) {
  const auto* put = std::get_if<Put>(&write.action);
  if (put == nullptr || table.indexes.empty()) return {};
  return check_index_keys(table, put->item.view(), false);
}

Result<void> plan_update(const Table& table, const ItemWrite& write, const Update& update,
                         Plan& plan) {
  plan.after = plan.before;
  if (!plan.before.exists() && !creates_item(update)) return {};
  plan.built = TRY(apply_update(update, plan.before, write.key_item.view()));
  plan.after = plan.built.view();
  if (!table.indexes.empty()) TRY(check_updated_index_keys(table, plan.before, plan.after));
  return {};
}

// Needs: check_put_size and check_put_index_keys passed.
Result<void> plan_write(const Table& table, const ItemWrite& write, std::optional<kv::Bytes> stored,
                        Plan& plan) {
  plan.before = stored ? ItemView::trusted(*stored) : ItemView();
  if (write.condition != nullptr && !evaluate(*write.condition, plan.before))
    return condition_error(write, plan.before);
  if (const auto* put = std::get_if<Put>(&write.action)) {
    plan.after = put->item.view();
  } else if (const auto* update = std::get_if<UpdateWrite>(&write.action)) {
    return plan_update(table, write, *update->update, plan);
  } else {
    plan.after = std::holds_alternative<Delete>(write.action) ? ItemView() : plan.before;
  }
  return {};
}

// `full`: the item's collection may not grow.
Result<void> check_collection(bool full, const Plan& plan) {
  if (!full || plan.after.item_bytes() <= plan.before.item_bytes()) return {};
  return make_error(ErrorCode::kItemCollectionSizeLimitExceeded, "Collection size exceeded.");
}

// Needs: outcome.table.
void commit_item(const ItemWrite& write, const Plan& plan, const Clock& clock, kv::Writes& writes,
                 WriteOutcome& outcome) {
  const Table& table = *outcome.table;
  const uint32_t old_bytes = plan.before.item_bytes(), new_bytes = plan.after.item_bytes();
  outcome.old_item_bytes = old_bytes;
  outcome.new_item_bytes = new_bytes;
  outcome.table_write_units = table_write_units(old_bytes, new_bytes);
  if (write.return_old) outcome.old_item.bytes = plan.before.bytes();
  if (write.return_new) outcome.new_item.bytes = plan.after.bytes();
  if (plan.before.bytes() == plan.after.bytes()) return;  // Costs the same, changes nothing.

  if (plan.after.exists())
    writes.put(write.key.bytes, plan.after.bytes());
  else
    writes.erase(write.key.bytes);
  const kv::Tally change{
      static_cast<int64_t>(plan.after.exists()) - static_cast<int64_t>(plan.before.exists()),
      static_cast<int64_t>(new_bytes) - static_cast<int64_t>(old_bytes)};
  if (change.count != 0 || change.bytes != 0) writes.add(table.tally_name, change);
  if (!table.indexes.empty())
    maintain_indexes(table, write.key.bytes, plan.before, plan.after, writes,
                     outcome.index_charges);
  if (table.has_local_index())
    count_in_collection(table, write.key, plan.before, plan.after, writes);
  if (table.definition.stream_view_type)
    append_stream_record(table, write.origin, plan.before, plan.after, clock.now_ms(), writes);
  if (table.expiry_attribute)
    maintain_expiry(table, write.key.bytes, plan.before, plan.after, writes);
}

Error dropped_error() {
  return make_error(ErrorCode::kResourceNotFound, "Requested resource not found");
}

// Two writes of one item in one transaction would each be derived from the image before both.
bool names_an_item_twice(std::vector<kv::Bytes> keys) {
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

// The keys of the writes' items, in order, if the writes can go together.
Result<std::vector<kv::Bytes>> keys_to_declare(std::span<const ItemWrite> writes) {
  std::vector<kv::Bytes> keys;
  keys.reserve(writes.size() + 2);  // A transaction adds those of its token.
  for (const ItemWrite& write : writes) {
    if (write.table->is_dropped()) return dropped_error();
    TRY(check_put_size(write));
    keys.push_back(write.key.bytes);
  }
  if (keys.size() > 1 && names_an_item_twice(keys))
    return validation_error("Transaction request cannot include multiple operations on one item");
  return keys;
}

Error conflict(size_t writes, size_t contended) {
  return transaction_canceled_by(
      contended, writes, {"TransactionConflict", "Transaction is ongoing for the item.", {}});
}

Error in_progress_error() {
  return make_error(ErrorCode::kTransactionInProgress,
                    "The transaction with the given request token is already in progress.");
}

// What is answered without doing anything because the token has been here before; not `replayed` if
// it has not.
Result<TransactionOutcome> replay_of(const RequestTokens::Claim& claim,
                                     const TransactionOptions& options, kv::Reads& reads,
                                     size_t declared) {
  auto record = TRY(RequestTokens::find(claim, reads, declared));
  if (!record) return TransactionOutcome{};
  if (record->request != options.request)
    return make_error(ErrorCode::kIdempotentParameterMismatch,
                      "DynamoDB rejected the request because you retried a request with a "
                      "different payload but with an idempotent token that was already used.");
  return TransactionOutcome{.replayed = true, .item_bytes = std::move(record->item_bytes)};
}

// Several writes in one transaction of the store.
class Several {
 public:
  Several(std::span<const ItemWrite> writes, const Clock& clock) : writes_(writes), clock_(clock) {
    tables_.reserve(writes.size());
    for (const ItemWrite& write : writes) tables_.push_back(current_table(write.table));
  }

  // Before the store's transaction. Errors: kIo and kin.
  Result<void> look_at(const ItemCollections& collections) {
    for (size_t i = 0; i < writes_.size(); ++i)
      full_.push_back(TRY(collections.is_full(*tables_[i], writes_[i].key)));
    return {};
  }

  // Plans all writes. A condition that fails does not keep the others from being looked at; an
  // impossible write (ValidationError) ends the search and is the only one reported.
  bool plan(kv::Reads& reads) {
    plans_.assign(writes_.size(), {});
    reasons_.clear();
    for (size_t i = 0; i < writes_.size(); ++i) {
      Result<void> planned = check_put_index_keys(*tables_[i], writes_[i]);
      if (planned) planned = plan_write(*tables_[i], writes_[i], reads.at(i), plans_[i]);
      if (planned) planned = check_collection(full_[i], plans_[i]);
      if (planned) continue;
      const bool impossible = planned.error().code != ErrorCode::kConditionalCheckFailed;
      if (impossible || reasons_.empty()) reasons_.assign(writes_.size(), {});
      reasons_[i] = reason_of(planned.error());
      if (impossible) break;
    }
    return reasons_.empty();
  }

  void commit(kv::Writes& writes) {
    outcomes_.assign(writes_.size(), {});
    for (size_t i = 0; i < writes_.size(); ++i) {
      outcomes_[i].table = tables_[i];
      commit_item(writes_[i], plans_[i], clock_, writes, outcomes_[i]);
    }
  }

  // Needs: commit() was called.
  void remember(const RequestTokens::Claim& claim, std::string_view request,
                kv::Writes& writes) const {
    TokenRecord record;
    record.request = request;
    for (const WriteOutcome& outcome : outcomes_)
      record.item_bytes.push_back(outcome.new_item_bytes);
    RequestTokens::remember(claim, record, writes);
  }

  std::vector<CancellationReason> take_reasons() { return std::move(reasons_); }
  std::vector<WriteOutcome> take_outcomes() { return std::move(outcomes_); }

 private:
  std::span<const ItemWrite> writes_;
  const Clock& clock_;
  std::vector<TablePtr> tables_;
  std::vector<bool> full_;
  std::vector<Plan> plans_;
  std::vector<CancellationReason> reasons_;  // Empty: every write can be done.
  std::vector<WriteOutcome> outcomes_;
};

// replay_of() in a transaction that declares nothing else.
Result<TransactionOutcome> replay_without_items(kv::Store& store, const RequestTokens::Claim& claim,
                                                const TransactionOptions& options) {
  const kv::Bytes keys[] = {claim.current(), claim.previous()};
  Result<TransactionOutcome> replay = TransactionOutcome{};
  const auto status = store.transact({}, keys, [&](kv::Reads& reads, kv::Writes&) {
    replay = replay_of(claim, options, reads, 0);
    return kv::Verdict::kDecline;
  });
  if (status != kv::Status::kDeclined) return kv::to_error(status);
  return replay;
}

}  // namespace

// A pass for `writes`, once no index build is at one of their items.
WriteGate::Pass ItemWriter::enter(std::span<const ItemWrite> writes) {
  while (true) {
    WriteGate::Pass pass = gate_.enter();
    const ItemWrite* const waits = write_at_build(writes);
    if (waits == nullptr) [[likely]]
      return pass;
    const TablePtr table = current_table(waits->table);
    pass.give_back();  // The build waits for all who hold one.
    if (table->build != nullptr) table->build->wait_until_free(waits->key.bytes);
  }
}

Result<WriteOutcome> ItemWriter::apply(const ItemWrite& write) {
  const WriteGate::Pass pass = enter({&write, 1});
  if (write.table->is_dropped()) return dropped_error();
  const TablePtr table = current_table(write.table);
  TRY(check_put_index_keys(*table, write));
  TRY(check_put_size(write));
  const bool full = TRY(collections_.is_full(*table, write.key));
  WriteOutcome outcome;
  std::optional<Error> failure;
  const kv::Bytes key = write.key.bytes;
  const kv::WriteOptions waiting{.wait_ms = transaction_wait_ms_};
  const auto status =
      store_.transact(waiting, {&key, 1}, [&](kv::Reads& reads, kv::Writes& writes) {
        outcome = {};
        outcome.table = table;
        failure.reset();
        Plan plan;
        auto planned = plan_write(*table, write, reads.at(0), plan);
        if (planned) planned = check_collection(full, plan);
        if (!planned) {
          failure = std::move(planned).error();
          return kv::Verdict::kDecline;
        }
        commit_item(write, plan, clock_, writes, outcome);
        return kv::Verdict::kCommit;
      });
  if (failure && status == kv::Status::kDeclined) return *std::move(failure);
  if (status != kv::Status::kOk) return kv::to_error(status);
  return outcome;
}

Result<std::vector<WriteOutcome>> ItemWriter::apply(std::span<const ItemWrite> writes) {
  const WriteGate::Pass pass = enter(writes);
  const std::vector<kv::Bytes> keys = TRY(keys_to_declare(writes));
  if (keys.empty()) return std::vector<WriteOutcome>{};
  Several several(writes, clock_);
  TRY(several.look_at(collections_));
  const auto status = store_.transact({}, keys, [&](kv::Reads& reads, kv::Writes& store_writes) {
    if (!several.plan(reads)) return kv::Verdict::kDecline;
    several.commit(store_writes);
    return kv::Verdict::kCommit;
  });
  if (status == kv::Status::kDeclined) return transaction_canceled(several.take_reasons());
  if (status != kv::Status::kOk) return kv::to_error(status);
  return several.take_outcomes();
}

Result<TransactionOutcome> ItemWriter::transact(std::span<const ItemWrite> writes,
                                                const TransactionOptions& options) {
  const WriteGate::Pass pass = enter(writes);
  std::vector<kv::Bytes> keys = TRY(keys_to_declare(writes));
  if (keys.empty()) return TransactionOutcome{};
  const RequestTokens::Claim claim = tokens_.claim(options.scope, options.token);
  if (!claim) return in_progress_error();
  if (claim.has_token()) keys.insert(keys.end(), {claim.current(), claim.previous()});

  Several several(writes, clock_);
  TRY(several.look_at(collections_));
  TransactionOutcome outcome;
  std::optional<Error> failure;
  size_t contended = 0;
  const kv::WriteOptions waiting{
      .wait_ms = transaction_wait_ms_, .contends = true, .contended = &contended};
  const auto status =
      store_.transact(waiting, keys, [&](kv::Reads& reads, kv::Writes& store_writes) {
        outcome = {};
        failure.reset();
        if (claim.has_token()) {
          auto replay = replay_of(claim, options, reads, writes.size());
          if (!replay) failure = std::move(replay).error();
          if (!replay || replay->replayed) {
            if (replay) outcome = *std::move(replay);
            return kv::Verdict::kDecline;
          }
        }
        if (!several.plan(reads)) return kv::Verdict::kDecline;
        several.commit(store_writes);
        if (claim.has_token()) several.remember(claim, options.request, store_writes);
        return kv::Verdict::kCommit;
      });
  if (status == kv::Status::kContended) {
    if (contended >= writes.size()) return in_progress_error();
    // What was done before meets no conflict by being asked for again.
    if (claim.has_token()) outcome = TRY(replay_without_items(store_, claim, options));
    if (!outcome.replayed) return conflict(writes.size(), contended);
    return outcome;
  }
  if (status == kv::Status::kDeclined && outcome.replayed) return outcome;
  if (status == kv::Status::kDeclined)
    return failure ? *std::move(failure) : transaction_canceled(several.take_reasons());
  if (status != kv::Status::kOk) return kv::to_error(status);
  outcome.writes = several.take_outcomes();
  return outcome;
}

}  // namespace dynolith::storage
