// The only write path: puts, updates and deletes with their conditions, index entries and tallies.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "storage/clock.h"
#include "storage/engine/item_collection.h"
#include "storage/engine/request_tokens.h"
#include "storage/engine/write.h"
#include "storage/engine/write_gate.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// Threads: any, all calls. See Database::apply and Database::transact.
class ItemWriter {
 public:
  // The arguments outlive the writer. `transaction_wait_ms`: see DatabaseOptions.
  ItemWriter(kv::Store& store, WriteGate& gate, RequestTokens& tokens,
             const ItemCollections& collections, const Clock& clock, int64_t transaction_wait_ms)
      : store_(store),
        gate_(gate),
        tokens_(tokens),
        collections_(collections),
        clock_(clock),
        transaction_wait_ms_(transaction_wait_ms) {}

  Result<WriteOutcome> apply(const ItemWrite& write);
  Result<std::vector<WriteOutcome>> apply(std::span<const ItemWrite> writes);
  Result<TransactionOutcome> transact(std::span<const ItemWrite> writes,
                                      const TransactionOptions& options);

 private:
  WriteGate::Pass enter(std::span<const ItemWrite> writes);

  kv::Store& store_;
  WriteGate& gate_;
  RequestTokens& tokens_;
  const ItemCollections& collections_;
  const Clock& clock_;
  const int64_t transaction_wait_ms_;
};

}  // namespace dynolith::storage
