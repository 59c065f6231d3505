// Writing stream records, as part of the write they tell of, and reading them back.
#pragma once

#include <string>

#include "storage/engine/stream.h"
#include "storage/engine/table.h"
#include "storage/engine/write.h"
#include "storage/function_ref.h"
#include "storage/kv/store.h"

namespace dynolith::storage {

// The store's log that holds a stream's records.
std::string stream_log_name(TableId table, uint32_t stream_number);
// A position as the store's calls take it.
std::string stream_log_position(uint64_t position);

// Adds the record of a change to `writes`. Needs: the table's stream is on, and the item before and
// the one after differ.
void append_stream_record(const Table& table, WriteOrigin origin, const ItemView& before,
                          const ItemView& after, int64_t now_ms, kv::Writes& writes);

// Hands the records of one page to `sink`, in order. See Database::read_stream.
Result<StreamPage> read_stream_log(kv::Store& store, const Stream& stream, const StreamRead& read,
                                   FunctionRef<void(uint64_t, const StreamRecordView&)> sink);

}  // namespace dynolith::storage
