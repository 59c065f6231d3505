// The mapper's side of the side-by-side test: carries out steps that it reads from standard input,
// one JSON object a line, and answers each with one line.
//
//   odm_side --schemas schemas.json (--endpoint URL | --directory DIRECTORY)
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "api/json/shape.h"
#include "api/json/writer.h"
#include "odm/connection/embedded_connection.h"
#include "odm/dynamic/dynamic_transaction.h"
#include "odm/remote/remote_connection.h"
#include "odm/table_plan.h"
#include "tests/interop/models.h"
#include "tests/interop/tagged.h"

namespace dynolith::odm::interop {
namespace {

using api::JsonArray;
using api::JsonObject;
using api::JsonValue;

std::optional<JsonValue> find(const JsonObject& object, std::string_view name) {
  JsonValue value;
  if (object.at_key(name).get(value)) return std::nullopt;
  return value;
}

std::string text(const JsonObject& object, std::string_view name) {
  const auto value = find(object, name);
  if (!value) return {};
  return std::string(value->get_string().value());
}

std::vector<std::string> texts(const JsonObject& object, std::string_view name) {
  std::vector<std::string> all;
  if (const auto value = find(object, name))
    for (const JsonValue one : api::array_of(*value)) all.emplace_back(one.get_string().value());
  return all;
}

bool flag(const JsonObject& object, std::string_view name) {
  const auto value = find(object, name);
  return value && value->get_bool().value();
}

// What an error is, in words that both sides can say.
std::string class_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kBadKey:
      return "invalid";
    case ErrorCode::kTypeMismatch:
      return "mismatch";
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kOtherEntity:
    case ErrorCode::kConditionFailed:
    case ErrorCode::kVersionConflict:
      return "condition";
    case ErrorCode::kNotFound:
      return "absent";
    case ErrorCode::kTransactionCanceled:
      return "canceled";
    case ErrorCode::kBadRequest:
      return "refused";
    default:
      return std::string(to_text(error.code));
  }
}

struct StepFailure {
  Error error;
};

template <class T>
T good(Result<T> result) {
  if (!result) throw StepFailure{std::move(result).error()};
  return std::move(result).value();
}
void good(Result<void> result) {
  if (!result) throw StepFailure{std::move(result).error()};
}

// One model's items through the struct or the dynamic schema.
class Target {
 public:
  virtual ~Target() = default;
  virtual void create(Map item) = 0;
  virtual void put(Map item) = 0;
  virtual void save(const DynamicKey& key, const Map& set,
                    const std::vector<std::string>& gone) = 0;
  virtual std::optional<Map> get(const DynamicKey& key) = 0;
  virtual void remove(const DynamicKey& key, const Condition<Map>& condition) = 0;
};

class DynamicTarget final : public Target {
 public:
  explicit DynamicTarget(DynamicEntity entity) : entity_(std::move(entity)) {}

  void create(Map item) override { good(entity_.create(std::move(item))); }
  void put(Map item) override { good(entity_.put(std::move(item))); }
  void save(const DynamicKey& key, const Map& set, const std::vector<std::string>& gone) override {
    const Map original = good(entity_.must_get(key));
    Map changed = original;
    for (const auto& [name, value] : set) changed.insert_or_assign(name, value);
    for (const std::string& name : gone) changed.erase(name);
    good(entity_.save(original, std::move(changed)));
  }
  std::optional<Map> get(const DynamicKey& key) override { return good(entity_.get(key)); }
  void remove(const DynamicKey& key, const Condition<Map>& condition) override {
    good(entity_.remove(key, condition));
  }

 private:
  DynamicEntity entity_;
};

// Items become structs by way of their stored form.
template <class T>
class TypedTarget final : public Target {
 public:
  TypedTarget(const Table& table, const DynamicSchema& schema)
      : entity_(table.core()), schema_(schema) {}

  void create(Map item) override { good(entity_.create(object_of(item))); }
  void put(Map item) override { good(entity_.put(object_of(item))); }
  void save(const DynamicKey& key, const Map& set, const std::vector<std::string>& gone) override {
    const T original = object_of(stored(key));
    Map changed = map_of(original);
    for (const auto& [name, value] : set) changed.insert_or_assign(name, value);
    for (const std::string& name : gone) changed.erase(name);
    good(entity_.save(original, object_of(changed)));
  }
  std::optional<Map> get(const DynamicKey& key) override {
    T object{};
    if (!good(entity_.core().get(good(key.encode(schema_.schema())), &object))) return std::nullopt;
    return map_of(object);
  }
  void remove(const DynamicKey& key, const Condition<Map>& condition) override {
    good(entity_.core().remove(good(key.encode(schema_.schema())), condition.core()));
  }

 private:
  Map stored(const DynamicKey& key) {
    std::optional<Map> item = get(key);
    if (!item) throw StepFailure{entity_.core().not_found_error()};
    return *std::move(item);
  }
  T object_of(const Map& item) {
    T object{};
    // Names are the same in both; what does not fit is an invalid object, not a bad item.
    Result<void> read =
        read_object(schema_of<T>(), storage::encode_item(item).view(), &object, Reading::kPartial);
    if (!read) {
      Error error = std::move(read).error();
      error.code = ErrorCode::kInvalid;
      throw StepFailure{std::move(error)};
    }
    return object;
  }
  Map map_of(const T& object) {
    const EncodedItem item = good(encode_object(schema_of<T>(), &object));
    Map map;
    good(read_object(schema_.schema(), item.view(), &map, Reading::kPartial));
    return map;
  }

  Entity<T> entity_;
  DynamicSchema schema_;
};

class Side {
 public:
  Side(ConnectionPtr connection, const std::string& schemas) : connection_(std::move(connection)) {
    api::JsonParser parser;
    const auto parsed = parser.parse(schemas);
    if (!parsed.ok()) throw std::runtime_error("the schemas are not JSON");
    for (const JsonValue one : api::array_of(*find(*parsed, "dynamoose")))
      add(good(DynamicSchema::from_dynamoose(simdjson::minify(one))), {});
    if (const auto own = find(*parsed, "own"))
      for (const auto& [table, given] : api::object_of(*own))
        for (const JsonValue one : api::array_of(given))
          add(good(DynamicSchema::parse(simdjson::minify(one))), std::string(table));
  }

  void answer(const std::string& line) {
    std::string items = "[]";
    std::string outcome = "ok", message;
    try {
      api::JsonParser parser;
      const auto step = parser.parse(line);
      if (!step.ok()) throw std::runtime_error("the step is not JSON");
      items = carry_out(*step);
    } catch (const StepFailure& failure) {
      outcome = class_of(failure.error);
      message = failure.error.to_text();
    } catch (const std::exception& problem) {
      outcome = "side";
      message = problem.what();
    }
    std::string reply;
    api::JsonWriter json(reply);
    json.begin_object().name("class").string(outcome).name("message").string(message);
    json.name("items").raw(items).end_object();
    std::cout << reply << std::endl;
  }

 private:
  struct Model {
    DynamicSchema schema;
    Table table;
    DynamicEntity entity;
  };

  void add(DynamicSchema schema, std::string table_name) {
    const std::string name = schema.schema().model;
    const Table table(connection_, table_name.empty() ? name : table_name);
    models_.emplace(name, Model{schema, table, DynamicEntity(table.core(), schema)});
  }
  Model& model(const JsonObject& step) {
    const auto found = models_.find(text(step, "schema"));
    if (found == models_.end()) throw std::runtime_error("no such schema: " + text(step, "schema"));
    return found->second;
  }
  std::unique_ptr<Target> target(const JsonObject& step);

  Map map_at(const JsonObject& step, std::string_view name, const Schema& schema) {
    const auto value = find(step, name);
    return value ? read_map(value->get_object(), &schema) : Map();
  }
  std::vector<Map> maps_at(const JsonObject& step, std::string_view name, const Schema& schema) {
    std::vector<Map> maps;
    for (const JsonValue one : api::array_of(*find(step, name)))
      maps.push_back(read_map(one.get_object(), &schema));
    return maps;
  }

  std::string carry_out(const JsonObject& step);
  std::string read(const JsonObject& step, const std::string& operation);
  std::string dump(const JsonObject& step);
  std::string make_tables();
  void update(const JsonObject& step);
  void transact(const JsonObject& step);
  DynamicUpdate update_of(const Model& of, const JsonObject& step);
  Condition<Map> condition_of_clauses(const Model& of, const JsonObject& step,
                                      std::string_view name);
  std::string seen(const Model& of, const std::vector<Map>& items);

  ConnectionPtr connection_;
  std::map<std::string, Model> models_;
};

std::unique_ptr<Target> Side::target(const JsonObject& step) {
  Model& of = model(step);
  if (!flag(step, "typed")) return std::make_unique<DynamicTarget>(of.entity);
  const std::string& name = of.schema.schema().model;
  if (name == "Plain") return std::make_unique<TypedTarget<Plain>>(of.table, of.schema);
  if (name == "Ranged") return std::make_unique<TypedTarget<Ranged>>(of.table, of.schema);
  if (name == "Dates") return std::make_unique<TypedTarget<Dates>>(of.table, of.schema);
  if (name == "Stamped") return std::make_unique<TypedTarget<Stamped>>(of.table, of.schema);
  if (name == "Nested") return std::make_unique<TypedTarget<Nested>>(of.table, of.schema);
  if (name == "Sets") return std::make_unique<TypedTarget<Sets>>(of.table, of.schema);
  throw std::runtime_error("no struct for " + name);
}

std::string Side::seen(const Model& of, const std::vector<Map>& items) {
  std::string out = "[";
  for (const Map& item : items) {
    if (out.size() > 1) out.push_back(',');
    write_map(out, item, &of.schema.schema());
  }
  return out + "]";
}

std::string Side::carry_out(const JsonObject& step) {
  const std::string operation = text(step, "op");
  if (operation == "tables") return make_tables();
  if (operation == "dump") return dump(step);
  if (operation == "transaction") return transact(step), "[]";
  if (operation == "update") return update(step), "[]";
  Model& of = model(step);
  const Schema& schema = of.schema.schema();
  if (operation == "create") {
    target(step)->create(map_at(step, "item", schema));
  } else if (operation == "put") {
    target(step)->put(map_at(step, "item", schema));
  } else if (operation == "save") {
    target(step)->save(DynamicKey::of(map_at(step, "key", schema)), map_at(step, "set", schema),
                       texts(step, "remove"));
  } else if (operation == "delete") {
    target(step)->remove(DynamicKey::of(map_at(step, "key", schema)),
                         condition_of_clauses(of, step, "condition"));
  } else if (operation == "batchPut") {
    good(of.entity.put_many(maps_at(step, "items", schema)));
  } else if (operation == "batchDelete") {
    std::vector<DynamicKey> keys;
    for (const Map& key : maps_at(step, "keys", schema)) keys.push_back(DynamicKey::of(key));
    good(of.entity.remove_many(keys));
  } else if (operation == "rawPut") {
    good(connection_->put({of.table.name(), storage::encode_item(map_at(step, "item", Schema{}))}));
  } else {
    return read(step, operation);
  }
  return "[]";
}

std::string Side::read(const JsonObject& step, const std::string& operation) {
  Model& of = model(step);
  const Schema& schema = of.schema.schema();
  std::vector<Map> items;
  if (operation == "get") {
    auto item = target(step)->get(DynamicKey::of(map_at(step, "key", schema)));
    if (item) items.push_back(*std::move(item));
  } else if (operation == "batchGet") {
    std::vector<DynamicKey> keys;
    for (const Map& key : maps_at(step, "keys", schema)) keys.push_back(DynamicKey::of(key));
    for (auto& item : good(of.entity.get_many(keys)))
      if (item) items.push_back(*std::move(item));
  } else if (operation == "scan") {
    auto scan = of.entity.scan();
    scan.where(condition_of_clauses(of, step, "filter"));
    items = good(scan.all()).items;
  } else if (operation == "query") {
    const DynamicKey key = DynamicKey::of(map_at(step, "key", schema));
    const std::string index = text(step, "index");
    Query<Map> query = index.empty() ? of.entity.query(key) : of.entity.query(index, key);
    query.where(condition_of_clauses(of, step, "filter")).reverse(flag(step, "descending"));
    if (const auto range = find(step, "range")) {
      const JsonObject clause = range->get_object();
      const Attribute* attribute = schema.find(text(clause, "attribute"));
      std::vector<Value> values;
      for (const JsonValue value : api::array_of(*find(clause, "values")))
        values.push_back(read_value(value, attribute->codec));
      const std::string word = text(clause, "is");
      if (word == "eq") query.sort(eq(values[0]));
      if (word == "lt") query.sort(lt(values[0]));
      if (word == "le") query.sort(le(values[0]));
      if (word == "gt") query.sort(gt(values[0]));
      if (word == "ge") query.sort(ge(values[0]));
      if (word == "beginsWith") query.sort(begins_with(values[0]));
      if (word == "between") query.sort(between(values[0], values[1]));
    }
    if (const auto limit = find(step, "limit"))
      query.limit(static_cast<uint64_t>(limit->get_int64().value()));
    items = good(query.page()).items;
  } else {
    throw std::runtime_error("no such operation: " + operation);
  }
  return seen(of, items);
}

Condition<Map> Side::condition_of_clauses(const Model& of, const JsonObject& step,
                                          std::string_view name) {
  Condition<Map> all;
  const auto clauses = find(step, name);
  if (!clauses) return all;
  for (const JsonValue one : api::array_of(*clauses)) {
    const JsonObject clause = one.get_object();
    const DynamicField field = of.entity.f(text(clause, "attribute"));
    std::vector<Value> values;
    if (const auto given = find(clause, "values"))
      for (const JsonValue value : api::array_of(*given))
        values.push_back(read_value(value, field.core().codec));
    const std::string word = text(clause, "is");
    Condition<Map> condition;
    if (word == "eq") condition = field == values[0];
    if (word == "ne") condition = field != values[0];
    if (word == "lt") condition = field < values[0];
    if (word == "le") condition = field <= values[0];
    if (word == "gt") condition = field > values[0];
    if (word == "ge") condition = field >= values[0];
    if (word == "between") condition = between(field, values[0], values[1]);
    if (word == "in") condition = in(field, values);
    if (word == "beginsWith") condition = begins_with(field, values[0]);
    if (word == "contains") condition = contains(field, values[0]);
    if (word == "exists") condition = exists(field);
    if (word == "absent") condition = absent(field);
    all = all && condition;
  }
  return all;
}

DynamicUpdate Side::update_of(const Model& of, const JsonObject& step) {
  const Schema& schema = of.schema.schema();
  const DynamicKey key = DynamicKey::of(map_at(step, "key", schema));
  DynamicUpdate update = flag(step, "upsert") ? of.entity.upsert(key) : of.entity.update(key);
  for (auto& [name, value] : map_at(step, "set", schema)) update.set(name, value);
  for (auto& [name, value] : map_at(step, "add", schema)) {
    if (const List* elements = value.get_if<List>())
      update.append(name, *elements);
    else
      update.add(name, value);
  }
  for (auto& [name, value] : map_at(step, "erase", schema)) update.erase(name, value);
  for (const std::string& name : texts(step, "remove")) update.remove(name);
  return update.when(condition_of_clauses(of, step, "condition"));
}

void Side::update(const JsonObject& step) { good(update_of(model(step), step).exec()); }

void Side::transact(const JsonObject& step) {
  DynamicTransaction transaction(model(step).table);
  for (const JsonValue one : api::array_of(*find(step, "steps"))) {
    const JsonObject part = one.get_object();
    Model& of = model(part);
    const Schema& schema = of.schema.schema();
    const std::string operation = text(part, "op");
    const DynamicKey key = DynamicKey::of(map_at(part, "key", schema));
    const Condition<Map> condition = condition_of_clauses(of, part, "condition");
    if (operation == "create")
      transaction.create(of.entity, map_at(part, "item", schema));
    else if (operation == "update")
      transaction.update(update_of(of, part));
    else if (operation == "delete")
      transaction.remove(of.entity, key, condition);
    else
      transaction.check(of.entity, key, condition);
  }
  good(transaction.exec());
}

// As stored.
std::string Side::dump(const JsonObject& step) {
  std::string out = "[";
  RangeRequest request;
  request.table = model(step).table.name();
  request.consistent = true;
  do {
    const RangeReply reply = good(connection_->read_range(request, [&out](const ItemView& item) {
      if (out.size() > 1) out.push_back(',');
      api::append_item(out, item);
    }));
    request.exclusive_start_key = reply.last_evaluated_key;
  } while (request.exclusive_start_key.exists());
  return out + "]";
}

std::string Side::make_tables() {
  std::map<std::string, std::vector<const Schema*>> tables;
  for (const auto& [name, of] : models_) tables[of.table.name()].push_back(&of.schema.schema());
  for (const auto& [name, schemas] : tables) good(ensure_table(Table(connection_, name), schemas));
  return "[]";
}

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

int run(const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> given;
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) given[arguments[i]] = arguments[i + 1];
  const ConnectionPtr connection = given.count("--directory") > 0
                                       ? good(open_embedded({.directory = given["--directory"]}))
                                       : good(connect({.region = "us-east-1",
                                                       .endpoint = given["--endpoint"],
                                                       .credentials = {"test", "test"}}));
  Side side(connection, file_text(given["--schemas"]));
  for (std::string line; std::getline(std::cin, line);) side.answer(line);
  return 0;
}

}  // namespace
}  // namespace dynolith::odm::interop

int main(int count, char** arguments) {
  try {
    return dynolith::odm::interop::run({arguments + 1, arguments + count});
  } catch (const dynolith::odm::interop::StepFailure& failure) {
    std::fprintf(stderr, "%s\n", failure.error.to_text().c_str());
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
  }
  return 1;
}
