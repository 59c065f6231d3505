// Makes one request of the changes that an update collected, with what the model adds. Internal to
// the mapper.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "odm/update_core.h"
#include "storage/expression/update.h"

namespace dynolith::odm {

class UpdateBuilder {
 public:
  explicit UpdateBuilder(const UpdateCore& core)
      : core_(core), schema_(core.entity_.schema()), problems_(core.problems_) {}

  Result<PreparedUpdate> build();

 private:
  // The value that an attribute has afterwards; nothing: it is absent.
  using Known = std::map<size_t, std::optional<EncodedValue>>;

  Result<void> check_changes() const;
  void add_change(const UpdateChange& change);
  void note_known();
  bool is_touched(size_t attribute) const;
  bool is_any_touched(const std::vector<size_t>& attributes) const;
  std::vector<size_t> unknown_of(const std::vector<size_t>& attributes) const;
  Error missing(const std::string& what, const std::vector<size_t>& attributes) const;

  Result<void> add_derived();
  Result<std::shared_ptr<void>> object_of_known(bool with_initial_values);
  void set_derived(const Derived& rule, void* object);
  Result<void> add_index_keys();
  Result<void> add_index_key(const IndexSchema& index, const KeyPart& part);
  void add_roles();
  Result<void> add_expiry();
  Result<void> add_initial_values();
  void add_initial_role(const Attribute& attribute);
  void add_tags();
  void add_key_members();
  std::optional<EncodedValue> time_value(const Attribute& attribute, int64_t ms);
  Result<PreparedUpdate> finish();
  ConditionCore condition() const;
  ConditionCore is_of_this_version() const;
  bool changes_unique() const;

  void set(std::string_view attribute, EncodedValue value);
  void set_if_absent(std::string_view attribute, EncodedValue value);
  // attribute = if_not_exists(attribute, start) + step.
  void count(std::string_view attribute, const Number& start, const Number& step);

  const UpdateCore& core_;
  const Schema& schema_;
  Problems problems_;
  std::vector<size_t> touched_;  // Of Schema::attributes, by changes and by what is derived.
  Known known_;                  // By plain changes, the key, and what is derived.
  Known initial_;                // What an upsert gives a new item, beside what is known.
  storage::Update update_;
};

}  // namespace dynolith::odm
