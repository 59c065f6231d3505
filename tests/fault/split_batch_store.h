// A store with a planted fault, to show that the crash test would notice: what a transaction writes
// beside its declared keys (index entries) is committed in a second batch.
#pragma once

#include <memory>
#include <span>

#include "storage/kv/store.h"

namespace dynolith::tests {

std::unique_ptr<storage::kv::Store> split_batches(std::unique_ptr<storage::kv::Store> store);

}  // namespace dynolith::tests
