#include "storage/expression/key_condition.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "storage/limits.h"

namespace dynolith::storage {
namespace {

Error not_supported_error() { return validation_error("Query key condition not supported"); }

Error missed_key_error(const KeyAttribute& key) {
  return validation_error("Query condition missed key schema element: " + key.name);
}

void append_name(std::string& names, std::string_view name) {
  if (!names.empty()) names += ", ";
  names += name;
}

// Holds clauses against keys. Each attribute has at most one clause.
class KeyBinding {
 public:
  KeyBinding(const KeySchema& keys, std::vector<KeyClause>& clauses)
      : keys_(keys), clauses_(clauses) {}

  Result<KeyCondition> bind() {
    TRY(check_count());
    const bool has_many = keys_.partition.size() > 1 || keys_.sort.size() > 1;
    if (has_many) {
      TRY(check_many());
    } else {
      TRY(check_one_of_each());
    }
    TRY(check_no_others());
    for (const KeyAttribute& key : keys_.partition) TRY(check_values(key));
    for (const KeyAttribute& key : keys_.sort) TRY(check_values(key));
    TRY(check_sizes());
    return condition();
  }

 private:
  KeyClause* find(const KeyAttribute& key) const {
    const auto found = std::find_if(clauses_.begin(), clauses_.end(), [&](const KeyClause& clause) {
      return clause.attribute == key.name;
    });
    return found == clauses_.end() ? nullptr : &*found;
  }
  bool is_equality(const KeyAttribute& key) const {
    const KeyClause* const clause = find(key);
    return clause != nullptr && clause->op == KeyOperator::kEqual;
  }

  Result<void> check_count() const {
    const size_t keys = keys_.partition.size() + keys_.sort.size();
    if (clauses_.size() <= keys) return {};
    return validation_error("The number of query conditions (" + std::to_string(clauses_.size()) +
                            ") exceeds the number of key attributes defined in the schema (" +
                            std::to_string(keys) + ")");
  }

  Result<void> check_one_of_each() const {
    const KeyClause* const partition = find(keys_.partition.front());
    if (partition == nullptr) return missed_key_error(keys_.partition.front());
    if (clauses_.size() > 1 && find(keys_.sort.front()) == nullptr) {
      return missed_key_error(keys_.sort.front());
    }
    if (partition->op != KeyOperator::kEqual) return not_supported_error();
    return {};
  }

  Result<void> check_many() const {
    std::string lacking;
    for (const KeyAttribute& key : keys_.partition) {
      if (!is_equality(key)) append_name(lacking, key.name);
    }
    if (!lacking.empty()) {
      return validation_error("HASH key attributes " + lacking +
                              " must have equality conditions specified in the query");
    }
    const auto has_clause = [&](const KeyAttribute& key) { return find(key) != nullptr; };
    const auto last = std::find_if(keys_.sort.rbegin(), keys_.sort.rend(), has_clause);
    if (last == keys_.sort.rend()) return {};
    for (auto key = keys_.sort.begin(); &*key != &*last; ++key) {
      if (!is_equality(*key)) append_name(lacking, key->name);
    }
    if (lacking.empty()) return {};
    return validation_error("RANGE key attributes " + lacking +
                            " must have equality conditions specified in the query because a "
                            "condition is present on key attribute " +
                            last->name);
  }

  // A clause on something else takes the place of one on a sort attribute.
  Result<void> check_no_others() const {
    size_t known = 0;
    for (const KeyAttribute& key : keys_.partition) known += find(key) != nullptr ? 1 : 0;
    const KeyAttribute* missed = nullptr;
    for (const KeyAttribute& key : keys_.sort) {
      if (find(key) != nullptr) {
        ++known;
      } else if (missed == nullptr) {
        missed = &key;
      }
    }
    if (known == clauses_.size()) return {};
    return missed == nullptr ? not_supported_error() : missed_key_error(*missed);
  }

  Result<void> check_values(const KeyAttribute& key) const {
    const KeyClause* const clause = find(key);
    if (clause == nullptr) return {};
    TRY(check_value(key, clause->value.view()));
    if (clause->second) TRY(check_value(key, clause->second->view()));
    return {};
  }

  static Result<void> check_value(const KeyAttribute& key, const ValueView& value) {
    if (value.type() != key.type) {
      return validation_error(
          "One or more parameter values were invalid: Condition parameter type does not match "
          "schema type");
    }
    if (key.type == AttributeType::kNumber || !value.text().empty()) return {};
    const std::string kind = key.type == AttributeType::kString ? "string" : "binary";
    return validation_error(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty " +
        kind + " value. Key: " + key.name);
  }

  // Bytes of the values given for the attributes of one role; of two bounds the longer counts.
  size_t value_bytes(const std::vector<KeyAttribute>& keys) const {
    size_t bytes = 0;
    for (const KeyAttribute& key : keys) {
      const KeyClause* const clause = find(key);
      if (clause == nullptr) continue;
      const size_t first = value_item_bytes(clause->value.view());
      bytes += clause->second ? std::max(first, value_item_bytes(clause->second->view())) : first;
    }
    return bytes;
  }

  Result<void> check_sizes() const {
    if (value_bytes(keys_.partition) > kPartitionKeyBytesMax) {
      return validation_error(
          "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
          "size limit of2048 bytes");  // Sic.
    }
    if (value_bytes(keys_.sort) > kSortKeyBytesMax) {
      return validation_error(
          "One or more parameter values were invalid: Aggregated size of all range keys has "
          "exceeded the size limit of 1024 bytes");
    }
    return {};
  }

  KeyCondition condition() {
    KeyCondition bound;
    for (const KeyAttribute& key : keys_.partition) {
      bound.partition.push_back(std::move(find(key)->value));
    }
    for (const KeyAttribute& key : keys_.sort) {
      KeyClause* const clause = find(key);
      if (clause == nullptr) break;
      if (clause->op != KeyOperator::kEqual) {
        bound.sort_range = std::move(*clause);
        break;
      }
      bound.sort_equals.push_back(std::move(clause->value));
    }
    return bound;
  }

  const KeySchema& keys_;
  std::vector<KeyClause>& clauses_;
};

std::vector<ValueView> views(const std::vector<EncodedValue>& values) {
  std::vector<ValueView> all;
  all.reserve(values.size());
  for (const EncodedValue& value : values) all.push_back(value.view());
  return all;
}

// What begins the keys whose part after `prefix` has a value that begins with `value`: the encoding
// of S and B without the two bytes that end it.
std::string begins_with_prefix(std::string prefix, const ValueView& value) {
  append_key_part(prefix, value);
  prefix.resize(prefix.size() - 2);
  return prefix;
}

bool in_range(const KeyClause& range, const ValueView& value) {
  const int order = value.payload().compare(range.value.view().payload());
  switch (range.op) {
    case KeyOperator::kEqual:
      return order == 0;
    case KeyOperator::kLess:
      return order < 0;
    case KeyOperator::kLessOrEqual:
      return order <= 0;
    case KeyOperator::kGreater:
      return order > 0;
    case KeyOperator::kGreaterOrEqual:
      return order >= 0;
    case KeyOperator::kBetween:
      return order >= 0 && value.payload() <= range.second->view().payload();
    case KeyOperator::kBeginsWith:
      return value.text().starts_with(range.value.view().text());
  }
  return false;
}

}  // namespace

Result<KeyCondition> bind_key_condition(const KeySchema& keys, std::vector<KeyClause> clauses) {
  return KeyBinding(keys, clauses).bind();
}

KeyRange key_range(const KeyCondition& condition, TableId table, IndexId index) {
  const std::vector<ValueView> partition = views(condition.partition);
  const std::vector<ValueView> leading = views(condition.sort_equals);
  std::string prefix = collection_prefix(table, index, partition, leading);
  if (!condition.sort_range) return prefix_range(std::move(prefix));

  const KeyClause& range = *condition.sort_range;
  if (range.op == KeyOperator::kBeginsWith) {
    return prefix_range(begins_with_prefix(std::move(prefix), range.value.view()));
  }
  std::string at = prefix;  // Begins every key with the value itself.
  append_key_part(at, range.value.view());
  switch (range.op) {
    case KeyOperator::kEqual:
    case KeyOperator::kBeginsWith:
      return prefix_range(std::move(at));
    case KeyOperator::kLess:
      return {std::move(prefix), std::move(at)};
    case KeyOperator::kLessOrEqual:
      return {std::move(prefix), prefix_end(std::move(at))};
    case KeyOperator::kGreater:
      return {prefix_end(std::move(at)), prefix_end(std::move(prefix))};
    case KeyOperator::kGreaterOrEqual:
      return {std::move(at), prefix_end(std::move(prefix))};
    case KeyOperator::kBetween:
      break;
  }
  append_key_part(prefix, range.second->view());
  KeyRange between{std::move(at), prefix_end(std::move(prefix))};
  if (between.end < between.begin) between.end = between.begin;  // Nothing lies between.
  return between;
}

bool satisfies_sort(const KeyCondition& condition, const KeySchema& keys, const ItemView& item) {
  size_t i = 0;
  for (const EncodedValue& equal : condition.sort_equals) {
    const auto value = item.find(keys.sort[i++].name);
    if (!value || !(*value == equal.view())) return false;
  }
  if (!condition.sort_range) return true;
  const auto value = item.find(condition.sort_range->attribute);
  return value && value->type() == condition.sort_range->value.view().type() &&
         in_range(*condition.sort_range, *value);
}

}  // namespace dynolith::storage
