// Expression text to bound trees: the five expressions of a request and their placeholders. All static
// checks are made here, and only here, in the service's words and order.
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
  // In request order, keys with their '#' or ':'.
  void add_name(std::string_view key, std::string_view attribute);
  void add_value(std::string_view key, storage::EncodedValue value);
  bool has_names() const { return !names_.empty(); }
  bool has_values() const { return !values_.empty(); }

  // Keys are well-formed ("ExpressionAttributeNames contains invalid key: Syntax error; key: \"<k>\""),
  // targets not empty and at most 65,535 bytes, keys at most 255 bytes, total size within 2 MB.
  storage::Result<void> check() const;

  // Null: not defined. Marks it used.
  const std::string* use_name(std::string_view key);
  const storage::EncodedValue* use_value(std::string_view key);

  // "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}"; names first.
  storage::Result<void> check_all_used() const;

 private:
  struct Name {
    std::string key, attribute;
    bool used = false;
  };
  struct Value {
    std::string key;
    storage::EncodedValue value;
    bool used = false;
  };
  std::vector<Name> names_;
  std::vector<Value> values_;
};

// Errors: kValidation with scope kRequest, as "Invalid ConditionExpression: ..." and so on.
// `parameter` is the request member's name and stands in the message: "ConditionExpression" or
// "FilterExpression".
storage::Result<storage::Condition> bind_condition(std::string_view text, std::string_view parameter,
                                                   Placeholders& placeholders);
storage::Result<storage::Update> bind_update(std::string_view text, Placeholders& placeholders);
storage::Result<storage::Projection> bind_projection(std::string_view text, Placeholders& placeholders);
// The clauses in the order written; held against a table's keys by storage::bind_key_condition.
storage::Result<std::vector<storage::KeyClause>> bind_key_clauses(std::string_view text,
                                                                  Placeholders& placeholders);

}  // namespace dynolith::api
