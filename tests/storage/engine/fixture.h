// A database for the engine's tests, with short ways to say what they do with it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.h"
#include "tests/support/fake_clock.h"

namespace dynolith::test {

// Fails the test at once, with the error's text, if there is no value.
template <class T>
T must(storage::Result<T> result) {
  if (!result) throw std::runtime_error("unexpected error: " + result.error().message);
  return std::move(*result);
}
inline void must(const storage::Result<void>& result) {
  if (!result) throw std::runtime_error("unexpected error: " + result.error().message);
}

template <class T>
std::string message_of(const storage::Result<T>& result) {
  return result ? "no error" : result.error().message;
}

// "pk", "pk:N": the name and the type (S if none is given).
storage::KeyAttribute key_attribute(std::string_view text);
storage::KeySchema key_schema(const std::vector<std::string_view>& partition,
                              const std::vector<std::string_view>& sort = {});
storage::IndexDefinition local_index(
    std::string name, storage::KeySchema key,
    storage::ProjectionType projection = storage::ProjectionType::kAll,
    std::vector<std::string> non_key_attributes = {});
storage::IndexDefinition global_index(
    std::string name, storage::KeySchema key,
    storage::ProjectionType projection = storage::ProjectionType::kAll,
    std::vector<std::string> non_key_attributes = {});
// Pay per request, with the attribute definitions that the keys need.
storage::TableDefinition definition(std::string name, storage::KeySchema key,
                                    std::vector<storage::IndexDefinition> indexes = {});

storage::Number number(std::string_view text);

// The bound forms of common conditions and updates.
storage::Condition exists(const std::string& attribute);
storage::Condition not_exists(const std::string& attribute);
storage::Condition equals(const std::string& attribute, const storage::AttributeValue& value);
storage::Update set(const std::string& attribute, const storage::AttributeValue& value);
storage::Update remove(const std::string& attribute);
storage::Update add(const std::string& attribute, const storage::AttributeValue& value);

class TestDatabase {
 public:
  // In memory if `directory` is empty.
  explicit TestDatabase(std::string directory = {}) { open(std::move(directory)); }

  void open(std::string directory);
  void open(storage::DatabaseOptions options);
  void close() { database_.reset(); }
  storage::Database& operator*() { return *database_; }
  storage::Database* operator->() { return database_.get(); }
  FakeClock& clock() { return *clock_; }

  storage::TablePtr create(storage::TableDefinition definition);
  storage::TablePtr table(std::string_view name) { return must(database_->find_table(name)); }

  storage::Result<storage::WriteOutcome> put(const storage::TablePtr& table,
                                             const storage::Item& item,
                                             const storage::Condition* condition = nullptr);
  storage::Result<storage::WriteOutcome> update(const storage::TablePtr& table,
                                                const storage::Item& key,
                                                const storage::Update& update,
                                                const storage::Condition* condition = nullptr);
  storage::Result<storage::WriteOutcome> erase(const storage::TablePtr& table,
                                               const storage::Item& key,
                                               const storage::Condition* condition = nullptr);
  // Nothing if it is not there.
  std::optional<storage::Item> get(const storage::TablePtr& table, const storage::Item& key);

  // The items of one page, in order.
  std::vector<storage::Item> read(const storage::RangeRead& read,
                                  storage::RangePage* page = nullptr);
  // All pages.
  std::vector<storage::Item> read_all(storage::RangeRead read);
  storage::kv::Tally tally(const storage::TablePtr& table);
  storage::kv::Tally index_tally(const storage::TablePtr& table, size_t index);

 private:
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  std::unique_ptr<storage::Database> database_;
};

storage::ItemWrite put_write(const storage::TablePtr& table, const storage::Item& item);
storage::ItemWrite delete_write(const storage::TablePtr& table, const storage::Item& key);
storage::ItemWrite update_write(const storage::TablePtr& table, const storage::Item& key,
                                const storage::Update& update);

// One attribute of each item, as text; numbers in decimal.
std::vector<std::string> column(const std::vector<storage::Item>& items, const std::string& name);
std::string text_of(const storage::AttributeValue& value);

}  // namespace dynolith::test
