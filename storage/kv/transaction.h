// What a thread needs to carry out one transaction, kept for its next one.
#pragma once

#include <rocksdb/options.h>

#include <memory>
#include <span>
#include <vector>

#include "storage/kv/group_commit.h"
#include "storage/kv/health.h"
#include "storage/kv/key_locks.h"
#include "storage/kv/pinned_slice.h"

namespace dynolith::storage::kv {

// The declared keys' values, each read when first asked for. Needs: the keys are locked.
class DeclaredReads final : public Reads {
 public:
  ~DeclaredReads() override { end(); }

  void begin(Instance& instance, Health& health, std::span<const Bytes> keys);
  std::optional<Bytes> at(size_t declared_index) override;
  // kOk, or what went wrong in a read, after which the transaction must not commit.
  Status status() const { return status_; }
  void end();

 private:
  enum class Found : uint8_t { kUnread, kAbsent, kPresent };
  struct Value {
    Found found = Found::kUnread;
    PinnedSlice* pinned = nullptr;
  };

  Instance* instance_ = nullptr;
  Health* health_ = nullptr;
  std::span<const Bytes> keys_;
  std::vector<Value> values_;
  const rocksdb::ReadOptions options_;
  Status status_ = Status::kOk;
};

struct Transaction {
  GroupCommit::Member member;
  DeclaredReads reads;
  std::vector<KeyLocks::Claim> claims;
};

// A transaction for the length of a scope. A thread inside one gets another.
class TransactionLease {
 public:
  TransactionLease();
  ~TransactionLease();
  TransactionLease(const TransactionLease&) = delete;
  TransactionLease& operator=(const TransactionLease&) = delete;
  Transaction* operator->() const { return transaction_.get(); }

 private:
  std::unique_ptr<Transaction> transaction_;
};

}  // namespace dynolith::storage::kv
