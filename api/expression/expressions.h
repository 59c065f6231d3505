// Expression text to bound trees: the five expressions of a request and their placeholders. All
// static checks are made here, and only here, in the service's words and order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/encoding/item_encoding.h"
#include "storage/expression/condition.h"
#include "storage/expression/key_condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"
#include "storage/result.h"

namespace dynolith::api {

// ExpressionAttributeNames and ExpressionAttributeValues of one request. Remembers what was used.
class Placeholders {
 public:
  // In request order, keys with their '#' or ':'. A repeated key replaces what the earlier one
  // gave.
  void add_name(std::string_view key, std::string_view attribute);
  void add_value(std::string_view key, storage::EncodedValue value);
  bool has_names() const { return !names_.entries.empty(); }
  bool has_values() const { return !values_.entries.empty(); }

  // Keys are well-formed ("ExpressionAttributeNames contains invalid key: Syntax error; key:
  // \"<k>\"") and at most 255 bytes, targets not empty and at most 65,535 bytes, all together
  // within 2 MB. Errors: kValidation, scope kRequest; those of keys before those of targets.
  storage::Result<void> check() const;

  // Null: not defined. Marks it used.
  const std::string* use_name(std::string_view key);
  const storage::EncodedValue* use_value(std::string_view key);

  // Of all values, as they are stored.
  size_t value_bytes() const;

  // "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}"; names
  // first.
  storage::Result<void> check_all_used() const;

 private:
  template <class Target>
  struct Table {
    struct Entry {
      std::string key;
      Target target;
      bool used = false;
    };
    void add(std::string_view key, Target target);
    Entry* find(std::string_view key);
    storage::Result<void> check_all_used(std::string_view parameter) const;

    std::vector<Entry> entries;
    // Positions of the keys, once there are so many that searching one by one is slow.
    std::map<std::string, size_t, std::less<>> index;
  };
  Table<std::string> names_;
  Table<storage::EncodedValue> values_;
};

// Errors: kValidation with scope kRequest, as "Invalid ConditionExpression: ..." and so on.
// `parameter` is the request member's name and stands in the message: "ConditionExpression" or
// "FilterExpression".
storage::Result<storage::Condition> bind_condition(std::string_view text,
                                                   std::string_view parameter,
                                                   Placeholders& placeholders);
storage::Result<storage::Update> bind_update(std::string_view text, Placeholders& placeholders);
storage::Result<storage::Projection> bind_projection(std::string_view text,
                                                     Placeholders& placeholders);
// The clauses in the order written; held against a table's keys by storage::bind_key_condition.
storage::Result<std::vector<storage::KeyClause>> bind_key_clauses(std::string_view text,
                                                                  Placeholders& placeholders);

}  // namespace dynolith::api
