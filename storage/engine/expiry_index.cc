#include "storage/engine/expiry_index.h"

namespace dynolith::storage {
namespace {

// 10^15 seconds are 30 million years.
constexpr int kSecondDigitsMax = 15;

uint64_t rounded_up(const Number& number) {
  uint64_t whole = 0;
  for (int i = 0; i < number.exponent(); ++i)
    whole = whole * 10 + (i < number.digit_count() ? number.digit(i) : 0);
  return whole + (number.digit_count() > number.exponent() ? 1 : 0);
}

void append_second(std::string& key, uint64_t second) {
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(second >> shift);
}

}  // namespace

std::optional<uint64_t> expiry_second(const ItemView& item, const std::string& attribute) {
  const auto value = item.find(attribute);
  if (!value || value->type() != AttributeType::kNumber) return std::nullopt;
  const Number number = value->number();
  if (number.is_zero()) return 0;
  if (number.is_negative() || number.exponent() > kSecondDigitsMax) return std::nullopt;
  return rounded_up(number);
}

std::string expiry_entry_key(TableId table, uint64_t second, kv::Bytes item_key) {
  std::string key = key_space_prefix(table, kExpiryIndex);
  append_second(key, second);
  return key += item_key.substr(kKeyPrefixBytes);
}

EncodedKey item_key_of_expiry_entry(kv::Bytes entry_key) {
  EncodedKey key{std::string(entry_key.substr(0, sizeof(TableId)))};
  key.bytes.append(kKeyPrefixBytes - sizeof(TableId), '\0');
  key.bytes += entry_key.substr(kKeyPrefixBytes + sizeof(uint64_t));
  return key;
}

KeyRange expiry_range(TableId table, uint64_t first, uint64_t last) {
  KeyRange range{key_space_prefix(table, kExpiryIndex), key_space_prefix(table, kExpiryIndex)};
  append_second(range.begin, first);
  append_second(range.end, last + 1);
  return range;
}

void maintain_expiry(const Table& table, kv::Bytes item_key, const ItemView& before,
                     const ItemView& after, kv::Writes& writes) {
  const auto old_second = expiry_second(before, *table.expiry_attribute);
  const auto new_second = expiry_second(after, *table.expiry_attribute);
  if (old_second == new_second) return;
  if (old_second) writes.erase(expiry_entry_key(table.id, *old_second, item_key));
  if (new_second) writes.put(expiry_entry_key(table.id, *new_second, item_key), {});
}

}  // namespace dynolith::storage
