// The only write path: puts, updates and deletes with their conditions, index entries and tallies.
#pragma once

#include <span>
#include <vector>

#include "storage/engine/write.h"
#include "storage/engine/write_gate.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// Threads: any, all calls. See Database::apply.
class ItemWriter {
 public:
  // The arguments outlive the writer.
  ItemWriter(kv::Store& store, WriteGate& gate) : store_(store), gate_(gate) {}

  Result<WriteOutcome> apply(const ItemWrite& write);
  Result<std::vector<WriteOutcome>> apply(std::span<const ItemWrite> writes);

 private:
  kv::Store& store_;
  WriteGate& gate_;
};

}  // namespace dynolith::storage
