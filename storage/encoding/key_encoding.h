// Keys as bytes that sort as DynamoDB sorts items.
//
// table entry := table:u32be 0000 hash part(partition) part(sort)?
// index entry := table:u32be index:u16be hash part(index partition)+ part(index sort)*
//                item_hash part(partition) part(sort)?
// hash        := first 8 bytes of MD5("Outliers" + key bytes of the partition attributes)
// item_hash   := first 8 bytes of MD5("Outliers" + key bytes of the table's partition and sort key)
// part        := S, B: the bytes with 00 written as 00 01, then 00 00 | N: number_encoding.h
// key bytes   := S: UTF-8 | B: raw | N: the base-100 form of the reference facts, section 7
//
// Prefix: an item collection's prefix begins every key in it and no other key.
// Order:  below one prefix, byte order is DynamoDB's order of the sort attributes.
// PERSISTED. Example: table 7, S "a", S "" is 00000007 0000 <8 bytes> 61 00 00 00 00.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/encoding/item_encoding.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {

using TableId = uint32_t;  // Never reused. 0 is the store's own space (catalog, counters).
using IndexId = uint16_t;  // Within a table, never reused. 0 is the table itself.

// A stored key; distinct from the attributes it was made of.
struct EncodedKey {
  std::string bytes;
  auto operator<=>(const EncodedKey&) const = default;
};

// [begin, end) in byte order.
struct KeyRange {
  std::string begin, end;
};

inline constexpr size_t kKeyPrefixBytes = 6;
inline constexpr size_t kPartitionHashBytes = 8;

void append_key_part(std::string& out, const ValueView& value);  // S, N or B.
// The hash that orders partitions; of the attributes' key bytes one after another.
uint64_t partition_hash(std::span<const ValueView> values);

// The key of an item; reads the key attributes from `item`. Needs: they are there, of the right
// type.
EncodedKey encode_table_key(TableId table, const KeySchema& schema, const ItemView& item);

// The key of an item's entry in an index, or nullopt if the item lacks one of the index's key
// attributes (a sparse index). Needs: those present are of the right type.
std::optional<EncodedKey> encode_index_key(TableId table, IndexId index,
                                           const KeySchema& index_schema,
                                           const KeySchema& table_schema, const ItemView& item);

// What begins every key of a table or index, of an item collection, of the latter plus leading sort
// attributes.
std::string key_space_prefix(TableId table, IndexId index);
std::string collection_prefix(TableId table, IndexId index, std::span<const ValueView> partition,
                              std::span<const ValueView> leading_sort = {});

// Everything that begins with `prefix`.
KeyRange prefix_range(std::string prefix);
// The first string greater than all that begin with `prefix`; empty if there is none.
std::string prefix_end(std::string prefix);
// The part of a table's or index's key space that Scan segment `segment` of `total` covers: an even
// share of the hash space. Needs: segment < total.
KeyRange segment_range(TableId table, IndexId index, uint32_t segment, uint32_t total);

}  // namespace dynolith::storage
