#include "storage/engine/start_key.h"

#include <openssl/evp.h>

#include "storage/engine/item_keys.h"

namespace dynolith::storage {
namespace {

constexpr char kInvalid[] = "The provided starting key is invalid";
constexpr char kOutside[] =
    "The provided starting key is outside query boundaries based on provided conditions";
constexpr char kNotInRange[] = "The provided starting key does not match the range key predicate";
constexpr char kOneRow[] = "The query can return at most one row and cannot be restarted";

bool is_query(const RangeRead& read) { return read.key_condition != nullptr; }

Error invalid_because(const std::string& reason) {
  return validation_error(std::string(kInvalid) + ": " + reason);
}

// Exactly the attributes of the table's key and the index's, of their types.
Result<void> check_attributes(const RangeRead& read, const ItemView& start) {
  const Table& table = *read.table;
  const auto names = position_attributes(table, read.index);
  bool exact = start.attributes().size() == names.size();
  for (size_t i = 0; exact && i < names.size(); ++i) exact = start.find(names[i]).has_value();
  const bool table_scan = !is_query(read) && read.index == nullptr;
  if (!exact) return table_scan ? invalid_because(kKeyMismatch) : validation_error(kInvalid);
  const bool typed = has_key(table.key(), start) &&
                     (read.index == nullptr || has_key(read.index->definition.key, start));
  if (!typed) return invalid_because(kKeyMismatch);
  return {};
}

Result<void> check_values(const RangeRead& read, const ItemView& start) {
  auto checked = check_key_values(read.table->key(), start);
  if (checked && read.index != nullptr)
    checked = check_key_values(read.index->definition.key, start);
  if (!checked) return invalid_because(checked.error().message);
  return {};
}

// A value as Java prints it, which is how the service shows it: "{S:abc}".
std::string shown(const ValueView& value) {
  std::string text = "{" + std::string(type_name(value.type())) + ":";
  if (value.type() == AttributeType::kNumber) {
    value.number().append_text(text);
  } else if (value.type() == AttributeType::kString) {
    text += value.text();
  } else {
    const std::string_view bytes = value.text();
    std::string base64((bytes.size() + 2) / 3 * 4 + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                    reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
    base64.pop_back();
    text += base64;
  }
  return text + "}";
}

bool has_partition(const RangeRead& read, const KeySchema& schema, const ItemView& start) {
  for (size_t i = 0; i < schema.partition.size(); ++i)
    if (*start.find(schema.partition[i].name) != read.key_condition->partition[i].view())
      return false;
  return true;
}

// The service looks at the sort key's condition before the partition key's, and has different
// words for a sort key that must be equal and one that must lie in a range.
Result<void> check_query_boundaries(const RangeRead& read, const ItemView& start) {
  const KeyCondition& condition = *read.key_condition;
  const KeySchema& schema = read.index != nullptr ? read.index->definition.key : read.table->key();
  const bool same_partition = has_partition(read, schema, start);
  const bool conditions_sort = condition.sort_range || !condition.sort_equals.empty();
  if (!conditions_sort) {
    if (!same_partition) return validation_error(kOutside);
    return {};
  }
  if (!satisfies_sort(condition, schema, start))
    return validation_error(condition.sort_range ? kNotInRange : kOutside);
  const bool one_row = read.index == nullptr && condition.sort_equals.size() == schema.sort.size();
  if (!same_partition || one_row) return validation_error(kOneRow);
  return {};
}

Result<void> check_query(const RangeRead& read, const ItemView& start) {
  const KeySchema& key = read.table->key();
  if (read.index == nullptr && key.sort.empty()) {
    const std::string& name = key.partition.front().name;
    return validation_error("The provided exclusive start key is invalid: ExclusiveStartKey: {" +
                            name + "=AttributeValue: " + shown(*start.find(name)) + "}");
  }
  return check_query_boundaries(read, start);
}

Error wrong_segment(const ScanSegment& segment) {
  return invalid_because(
      "Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
      "TotalSegments: " +
      std::to_string(segment.total) + " Segment: " + std::to_string(segment.segment));
}

}  // namespace

Result<std::string> start_position(const RangeRead& read, const KeyRange& range) {
  const Table& table = *read.table;
  const ItemView start = read.exclusive_start_key.view();
  TRY(check_attributes(read, start));
  TRY(check_values(read, start));
  if (is_query(read)) TRY(check_query(read, start));
  std::string position = read.index == nullptr
                             ? encode_table_key(table.id, table.key(), start).bytes
                             : encode_index_key(table.id, read.index->id,
                                                read.index->definition.key, table.key(), start)
                                   ->bytes;
  if (read.segment && (position < range.begin || position >= range.end))
    return wrong_segment(*read.segment);
  return position;
}

}  // namespace dynolith::storage
