#include "storage/engine/item_reader.h"

#include <vector>

namespace dynolith::storage {
namespace {

Error dropped_error() {
  return make_error(ErrorCode::kResourceNotFound, "Requested resource not found");
}

}  // namespace

Result<void> ItemReader::get(const Table& table, const EncodedKey& key,
                             FunctionRef<void(const ItemView& item)> sink) {
  if (table.is_dropped()) return dropped_error();
  kv::Pinned value;  // The item stays where the store has it.
  switch (const auto status = store_.get({}, key.bytes, value)) {
    case kv::Status::kOk:
      sink(ItemView::trusted(value.get()));
      return {};
    case kv::Status::kNotFound:
      sink(ItemView());
      return {};
    default:
      return kv::to_error(status);
  }
}

Result<void> ItemReader::multi_get(std::span<const TableKey> keys,
                                   FunctionRef<bool(size_t index, const ItemView& item)> sink) {
  std::vector<kv::Bytes> bytes;
  bytes.reserve(keys.size());
  for (const TableKey& key : keys) {
    if (key.table->is_dropped()) return dropped_error();
    bytes.push_back(key.key->bytes);
  }
  std::vector<kv::Pinned> values(keys.size());
  std::vector<kv::Status> each(keys.size(), kv::Status::kOk);
  if (const auto status = store_.multi_get({}, bytes, values, each); status != kv::Status::kOk)
    return kv::to_error(status);
  for (size_t i = 0; i < keys.size(); ++i) {
    const bool found = each[i] == kv::Status::kOk;
    if (!found && each[i] != kv::Status::kNotFound) return kv::to_error(each[i]);
    if (!sink(i, found ? ItemView::trusted(values[i].get()) : ItemView())) break;
  }
  return {};
}

}  // namespace dynolith::storage
