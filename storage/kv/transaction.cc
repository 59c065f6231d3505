#include "storage/kv/transaction.h"

#include <cassert>

#include "storage/kv/status.h"

namespace dynolith::storage::kv {

namespace {
thread_local std::unique_ptr<Transaction> kept;
}  // namespace

void DeclaredReads::begin(Instance& instance, Health& health, std::span<const Bytes> keys) {
  instance_ = &instance;
  health_ = &health;
  keys_ = keys;
  values_.assign(keys.size(), Value{});
  status_ = Status::kOk;
}

std::optional<Bytes> DeclaredReads::at(size_t declared_index) {
  assert(declared_index < keys_.size());
  Value& value = values_[declared_index];
  if (value.found == Found::kUnread) {
    value.pinned = PinnedSlice::take();
    const rocksdb::Status status = instance_->db().Get(
        options_, instance_->data(), to_slice(keys_[declared_index]), &value.pinned->slice);
    value.found = status.ok() ? Found::kPresent : Found::kAbsent;
    if (!status.ok() && !status.IsNotFound()) {
      status_ = to_status(status);
      health_->failed(status, "reading");
    }
  }
  if (value.found == Found::kAbsent) return std::nullopt;
  return value.pinned->view();
}

void DeclaredReads::end() {
  for (Value& value : values_)
    if (value.pinned != nullptr) PinnedSlice::give_back(value.pinned);
  values_.clear();
}

TransactionLease::TransactionLease() : transaction_(std::move(kept)) {
  if (!transaction_) transaction_ = std::make_unique<Transaction>();
}

TransactionLease::~TransactionLease() {
  transaction_->reads.end();
  transaction_->member.changes.clear();
  kept = std::move(transaction_);
}

}  // namespace dynolith::storage::kv
