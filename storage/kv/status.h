// RocksDB's answers in our words.
#pragma once

#include <rocksdb/status.h>

#include "storage/kv/store.h"

namespace dynolith::storage::kv {

// For reads: kOk, kNotFound, kCorrupt or kIo.
Status to_status(const rocksdb::Status& status);

// True for what goes away by itself when somebody makes room: a full disk, a spent quota or file
// descriptors.
bool is_out_of_room(const rocksdb::Status& status);

// True when a file refuses to go on because a write to it failed before: this says nothing new.
bool is_after_effect(const rocksdb::Status& status);

}  // namespace dynolith::storage::kv
