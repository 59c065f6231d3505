#include "storage/engine/index_maintenance.h"

#include <algorithm>
#include <optional>

#include "storage/encoding/item_encoding.h"
#include "storage/engine/index_build.h"
#include "storage/engine/item_keys.h"
#include "storage/engine/write_capacity.h"

namespace dynolith::storage {
namespace {

bool holds_whole_items(const Index& index) {
  return index.definition.projection.type == ProjectionType::kAll;
}

bool same_attribute(const std::string& name, const ItemView& a, const ItemView& b) {
  return a.find(name) == b.find(name);
}

bool same_index_key(const Index& index, const ItemView& a, const ItemView& b) {
  return all_key_attributes(index.definition.key, [&](const KeyAttribute& attribute) {
    return same_attribute(attribute.name, a, b);
  });
}

bool same_entry(const Index& index, const ItemView& a, const ItemView& b) {
  if (holds_whole_items(index)) return a.bytes() == b.bytes();
  return std::all_of(index.entry_attributes.begin(), index.entry_attributes.end(),
                     [&](const std::string& name) { return same_attribute(name, a, b); });
}

std::string entry_key(const Table& table, const Index& index, const ItemView& item) {
  auto key = encode_index_key(table.id, index.id, index.definition.key, table.key(), item);
  return std::move(key->bytes);
}

void put_entry(const Index& index, const std::string& key, const ItemView& item,
               kv::Writes& writes) {
  if (holds_whole_items(index))
    writes.put(key, item.bytes());
  else
    writes.put(key, with_only(item, index.entry_attributes).bytes);
}

// Returns the write units; 0: the entries stay as they are.
double maintain_index(const Table& table, const Index& index, const ItemView& before,
                      const ItemView& after, kv::Writes& writes) {
  const bool was_in = is_in_index(index, before);
  const bool is_in = is_in_index(index, after);
  if (!was_in && !is_in) return 0;
  const bool stays = was_in && is_in && same_index_key(index, before, after);
  if (stays && same_entry(index, before, after)) return 0;

  const uint32_t old_bytes = was_in ? entry_item_bytes(index, before) : 0;
  const uint32_t new_bytes = is_in ? entry_item_bytes(index, after) : 0;
  if (was_in && !stays) writes.erase(entry_key(table, index, before));
  if (is_in) put_entry(index, entry_key(table, index, after), after, writes);
  const kv::Tally change{static_cast<int64_t>(is_in) - static_cast<int64_t>(was_in),
                         static_cast<int64_t>(new_bytes) - static_cast<int64_t>(old_bytes)};
  if (change.count != 0 || change.bytes != 0) writes.add(index.tally_name, change);
  // A changed index key costs a deletion and an insertion.
  return stays ? write_units(std::max(old_bytes, new_bytes))
               : write_units(old_bytes) + write_units(new_bytes);
}

}  // namespace

bool is_in_index(const Index& index, const ItemView& item) {
  return item.exists() && can_be_key(index.definition.key, item);
}

uint32_t entry_item_bytes(const Index& index, const ItemView& item) {
  if (holds_whole_items(index)) return item.item_bytes();
  size_t bytes = 0;
  for (const std::string& name : index.entry_attributes)
    if (const auto value = item.find(name)) bytes += name.size() + value_item_bytes(*value);
  return static_cast<uint32_t>(bytes);
}

kv::Tally add_entry(const Table& table, const Index& index, const ItemView& item,
                    kv::Writes& writes) {
  if (!is_in_index(index, item)) return {};
  put_entry(index, entry_key(table, index, item), item, writes);
  return {1, static_cast<int64_t>(entry_item_bytes(index, item))};
}

void maintain_indexes(const Table& table, kv::Bytes item_key, const ItemView& before,
                      const ItemView& after, kv::Writes& writes,
                      std::vector<IndexCharge>& charges) {
  for (const Index& index : table.indexes) {
    if (index.status != IndexStatus::kActive) [[unlikely]] {
      if (index.build == nullptr || !index.build->covers(item_key)) continue;
    }
    const double units = maintain_index(table, index, before, after, writes);
    if (units > 0) charges.push_back({&index, units});
  }
}

}  // namespace dynolith::storage
