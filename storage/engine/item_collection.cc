#include "storage/engine/item_collection.h"

#include "storage/encoding/number_encoding.h"
#include "storage/engine/index_maintenance.h"

namespace dynolith::storage {
namespace {

// Of a text's or binary's key part, its closing 00 00 with it. 00 inside is followed by 01.
size_t text_part_bytes(std::string_view part) {
  size_t at = 0;
  while ((at = part.find('\0', at)) != std::string_view::npos && at + 1 < part.size()) {
    if (part[at + 1] == '\0') return at + 2;
    at += 2;
  }
  return part.size();
}

int64_t collection_bytes(const Table& table, const ItemView& item) {
  if (!item.exists()) return 0;
  int64_t bytes = item.item_bytes();
  for (const Index& index : table.indexes)
    if (index.definition.kind == IndexKind::kLocal && is_in_index(index, item))
      bytes += entry_item_bytes(index, item);
  return bytes;
}

}  // namespace

std::string_view collection_of(const KeySchema& schema, const EncodedKey& key) {
  constexpr size_t kPartitionAt = kKeyPrefixBytes + kPartitionHashBytes;
  const std::string_view bytes = key.bytes;
  const std::string_view part = bytes.substr(kPartitionAt);
  const bool is_number = schema.partition.front().type == AttributeType::kNumber;
  return bytes.substr(
      0, kPartitionAt + (is_number ? encoded_number_length(part) : text_part_bytes(part)));
}

void count_in_collection(const Table& table, const EncodedKey& key, const ItemView& before,
                         const ItemView& after, kv::Writes& writes) {
  const kv::Tally change{
      static_cast<int64_t>(after.exists()) - static_cast<int64_t>(before.exists()),
      collection_bytes(table, after) - collection_bytes(table, before)};
  if (change.count != 0 || change.bytes != 0) writes.add(collection_of(table.key(), key), change);
}

Result<int64_t> ItemCollections::bytes(const Table& table, const EncodedKey& key) const {
  const auto total = TRY(store_.tally(collection_of(table.key(), key)));
  return total.bytes;
}

Result<bool> ItemCollections::is_full(const Table& table, const EncodedKey& key) const {
  if (!table.has_local_index()) return false;
  return TRY(bytes(table, key)) >= bytes_max_;
}

}  // namespace dynolith::storage
