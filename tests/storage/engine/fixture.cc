#include "tests/storage/engine/fixture.h"

#include <stdexcept>

#include "storage/engine/table_rules.h"

namespace dynolith::test {

using namespace dynolith::storage;

KeyAttribute key_attribute(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {std::string(text), AttributeType::kString};
  return {std::string(text.substr(0, colon)), *type_from_name(text.substr(colon + 1))};
}

KeySchema key_schema(const std::vector<std::string_view>& partition,
                     const std::vector<std::string_view>& sort) {
  KeySchema schema;
  for (const auto text : partition) schema.partition.push_back(key_attribute(text));
  for (const auto text : sort) schema.sort.push_back(key_attribute(text));
  return schema;
}

namespace {

IndexDefinition index_definition(IndexKind kind, std::string name, KeySchema key,
                                 ProjectionType projection,
                                 std::vector<std::string> non_key_attributes) {
  IndexDefinition index;
  index.kind = kind;
  index.name = std::move(name);
  index.key = std::move(key);
  index.projection = {projection, std::move(non_key_attributes)};
  return index;
}

}  // namespace

IndexDefinition local_index(std::string name, KeySchema key, ProjectionType projection,
                            std::vector<std::string> non_key_attributes) {
  return index_definition(IndexKind::kLocal, std::move(name), std::move(key), projection,
                          std::move(non_key_attributes));
}

IndexDefinition global_index(std::string name, KeySchema key, ProjectionType projection,
                             std::vector<std::string> non_key_attributes) {
  return index_definition(IndexKind::kGlobal, std::move(name), std::move(key), projection,
                          std::move(non_key_attributes));
}

TableDefinition definition(std::string name, KeySchema key, std::vector<IndexDefinition> indexes) {
  TableDefinition table;
  table.name = std::move(name);
  table.key = std::move(key);
  table.indexes = std::move(indexes);
  table.billing_mode = BillingMode::kPayPerRequest;
  table.attribute_definitions = attribute_definitions_of(table);
  return table;
}

Number number(std::string_view text) { return must(Number::parse(text)); }

namespace {

DocumentPath path(const std::string& attribute) { return DocumentPath{{attribute}}; }

Update update_of(UpdateAction action) {
  Update update;
  update.actions.push_back(std::move(action));
  return update;
}

}  // namespace

Condition exists(const std::string& attribute) {
  return Condition{AttributeExists{path(attribute)}};
}

Condition not_exists(const std::string& attribute) {
  return Condition{AttributeNotExists{path(attribute)}};
}

Condition equals(const std::string& attribute, const AttributeValue& value) {
  return Condition{Comparison{path(attribute), Comparator::kEqual, encode_value(value)}};
}

Update set(const std::string& attribute, const AttributeValue& value) {
  SetAction action;
  action.path = path(attribute);
  action.left.node = encode_value(value);
  return update_of(std::move(action));
}

Update remove(const std::string& attribute) { return update_of(RemoveAction{path(attribute)}); }

Update add(const std::string& attribute, const AttributeValue& value) {
  return update_of(AddAction{path(attribute), encode_value(value)});
}

void TestDatabase::open(std::string directory) {
  DatabaseOptions options;
  options.directory = std::move(directory);
  open(std::move(options));
}

void TestDatabase::open(DatabaseOptions options) {
  database_.reset();
  options.clock = clock_;
  options.durability = kv::Durability::kNever;
  database_ = must(Database::open(std::move(options)));
}

TablePtr TestDatabase::create(TableDefinition table_definition) {
  return must(database_->create_table(std::move(table_definition))).table;
}

ItemWrite put_write(const TablePtr& table, const Item& item) {
  EncodedItem encoded = encode_item(item);
  EncodedKey key = must(key_of_item(*table, encoded.view()));
  return {.table = table, .key = std::move(key), .action = Put{std::move(encoded)}};
}

namespace {

ItemWrite key_write(const TablePtr& table, const Item& key) {
  EncodedItem encoded = encode_item(key);
  EncodedKey stored = must(key_of_key_parameter(*table, encoded.view()));
  return {.table = table, .key = std::move(stored), .key_item = std::move(encoded)};
}

}  // namespace

ItemWrite delete_write(const TablePtr& table, const Item& key) {
  ItemWrite write = key_write(table, key);
  write.action = Delete{};
  return write;
}

ItemWrite update_write(const TablePtr& table, const Item& key, const Update& update) {
  ItemWrite write = key_write(table, key);
  write.action = UpdateWrite{&update};
  return write;
}

Result<WriteOutcome> TestDatabase::put(const TablePtr& table, const Item& item,
                                       const Condition* condition) {
  ItemWrite write = put_write(table, item);
  write.condition = condition;
  write.return_old = true;
  return database_->apply(write);
}

Result<WriteOutcome> TestDatabase::update(const TablePtr& table, const Item& key,
                                          const Update& update, const Condition* condition) {
  ItemWrite write = update_write(table, key, update);
  write.condition = condition;
  write.return_old = write.return_new = true;
  return database_->apply(write);
}

Result<WriteOutcome> TestDatabase::erase(const TablePtr& table, const Item& key,
                                         const Condition* condition) {
  ItemWrite write = delete_write(table, key);
  write.condition = condition;
  write.return_old = true;
  return database_->apply(write);
}

std::optional<Item> TestDatabase::get(const TablePtr& table, const Item& key) {
  const EncodedItem encoded = encode_item(key);
  std::optional<Item> found;
  must(database_->get(*table, must(key_of_key_parameter(*table, encoded.view())),
                      [&](const ItemView& item) {
                        if (item.exists()) found = to_item(item);
                      }));
  return found;
}

std::vector<Item> TestDatabase::read(const RangeRead& read, RangePage* page) {
  std::vector<Item> items;
  RangePage result = must(
      database_->read_range(read, [&](const ItemView& item) { items.push_back(to_item(item)); }));
  if (page != nullptr) *page = std::move(result);
  return items;
}

std::vector<Item> TestDatabase::read_all(RangeRead read) {
  std::vector<Item> all;
  while (true) {
    RangePage page;
    auto items = this->read(read, &page);
    all.insert(all.end(), items.begin(), items.end());
    if (!page.last_evaluated_key.exists()) return all;
    read.exclusive_start_key = page.last_evaluated_key;
  }
}

kv::Tally TestDatabase::tally(const TablePtr& table) {
  return must(database_->describe_table(table->name())).items;
}

kv::Tally TestDatabase::index_tally(const TablePtr& table, size_t index) {
  return must(database_->describe_table(table->name())).index_entries[index];
}

std::string text_of(const AttributeValue& value) {
  if (const auto* text = value.get_if<std::string>()) return *text;
  if (const auto* decimal = value.get_if<Number>()) return decimal->to_text();
  if (const auto* binary = value.get_if<Binary>()) return binary->bytes;
  throw std::runtime_error("not a scalar");
}

std::vector<std::string> column(const std::vector<Item>& items, const std::string& name) {
  std::vector<std::string> values;
  for (const Item& item : items) {
    const auto found = item.find(name);
    values.push_back(found == item.end() ? "-" : text_of(found->second));
  }
  return values;
}

}  // namespace dynolith::test
