// The mapper in this process: structs to items and back, and what reading through it costs beside
// the database alone. Budgets for the struct of eleven attributes: 2 us to an item, 1 us from one;
// an embedded get within 1.3 times Database::get.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "odm/connection/embedded_connection.h"
#include "odm/entity.h"
#include "storage/database.h"
#include "storage/engine/item_keys.h"

namespace {

enum class Role { kMember, kAdmin };
struct Address {
  std::string city;
  int zip = 0;
};
struct User {
  std::string org, id, email;
  int age = 0;
  Role role = Role::kMember;
  std::optional<Address> home;
  std::set<std::string> tags;
  dynolith::odm::Timestamp created{}, updated{};
  std::optional<dynolith::odm::Timestamp> expires;
  int64_t version = 0;
};

}  // namespace

namespace dynolith::odm {

template <>
struct Model<Address> {
  static void define(Definition<Address>& address) {
    address.attribute("city", &Address::city, required())
        .attribute("zip", &Address::zip, range(1, 99999));
  }
};
template <>
struct Model<User> {
  using key = Key<&User::org, &User::id>;
  static void define(Definition<User>& user) {
    user.entity("User")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "USER#{id}")
        .attribute("org", &User::org, required())
        .attribute("id", &User::id, uuid(), read_only())
        .attribute("email", &User::email, required(), matches("@"))
        .attribute("age", &User::age, range(0, 150))
        .attribute("role", &User::role)
        .attribute("home", &User::home)
        .attribute("tags", &User::tags)
        .created_at("createdAt", &User::created)
        .updated_at("updatedAt", &User::updated)
        .expires_at("ttl", &User::expires)
        .version("v", &User::version);
  }
};

namespace {

template <class R>
auto must(R result) {
  if (!result.ok()) std::abort();
  return std::move(result).value();
}

User someone(int i) {
  User user;
  user.org = "acme";
  user.id = "user-" + std::to_string(1000 + i);
  user.email = "ann@example.org";
  user.age = 41;
  user.home = Address{"Bern", 3000};
  user.tags = {"blue", "green"};
  user.expires = timestamp_of_ms(4'000'000'000'000);
  return user;
}

void make(benchmark::State& state) {
  const auto clock = storage::system_clock();
  const auto ids = storage::system_id_source();
  const Schema& schema = schema_of<User>();
  User user = someone(0);
  for (auto _ : state) {
    EncodedItem item = must(make_item(schema, &user, WriteKind::kCreate, {clock->now_ms(), *ids}));
    benchmark::DoNotOptimize(item);
  }
}
BENCHMARK(make)->Name("struct to item");

void encode(benchmark::State& state) {
  const User user = someone(0);
  for (auto _ : state) {
    EncodedItem item = must(encode_object(schema_of<User>(), &user));
    benchmark::DoNotOptimize(item);
  }
}
BENCHMARK(encode)->Name("struct to item, encoding and checks only");

void read(benchmark::State& state) {
  const User user = someone(0);
  const EncodedItem item = must(encode_object(schema_of<User>(), &user));
  const ItemView view = item.view();
  for (auto _ : state) {
    User out;
    if (!read_object(schema_of<User>(), view, &out)) std::abort();
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(read)->Name("item to struct");

void key(benchmark::State& state) {
  const std::string id = "user-1000";
  for (auto _ : state) {
    EncodedItem made = must(typed_key<User>("acme", id));
    benchmark::DoNotOptimize(made);
  }
}
BENCHMARK(key)->Name("key of two members");

constexpr int kUsers = 10'000;

struct Fixture {
  std::shared_ptr<storage::Database> database = must(storage::Database::open({}));
  storage::TablePtr table;
  Entity<User> users{nullptr};

  Fixture() {
    storage::TableDefinition definition;
    definition.name = "app";
    definition.key = {{{"pk"}}, {{"sk"}}};
    definition.attribute_definitions = {{"pk"}, {"sk"}};
    definition.billing_mode = storage::BillingMode::kPayPerRequest;
    table = must(database->create_table(definition)).table;
    users = Table(embedded(database), "app").entity<User>();
    for (int i = 0; i < kUsers; ++i) must(users.create(someone(i)));
  }
};

Fixture& fixture() {
  static Fixture fixture;
  return fixture;
}

// What a program without the mapper would do: the table by its name, the key, and the item kept.
template <bool Keeps>
void database_get(benchmark::State& state) {
  Fixture& fixture_ = fixture();
  int i = 0;
  for (auto _ : state) {
    const std::string id = "user-" + std::to_string(1000 + i++ % kUsers);
    ItemEncoder encoder;
    encoder.begin_item();
    encoder.name("pk");
    encoder.string("ORG#acme");
    encoder.name("sk");
    encoder.string("USER#" + id);
    const EncodedItem key = encoder.finish_item();
    const storage::TablePtr table = must(fixture_.database->find_table("app"));
    const auto stored = must(storage::key_of_key_parameter(*table, key.view()));
    EncodedItem kept;
    size_t bytes = 0;
    const auto sink = [&](const ItemView& item) {
      bytes = item.item_bytes();
      if (Keeps) kept.bytes.assign(item.bytes());
    };
    if (!fixture_.database->get(*table, stored, sink)) std::abort();
    benchmark::DoNotOptimize(bytes);
    benchmark::DoNotOptimize(kept);
  }
}
BENCHMARK(database_get<true>)->Name("get: the database");
BENCHMARK(database_get<false>)->Name("get: the database, nothing but the item's size");

void connection_get(benchmark::State& state) {
  Fixture& fixture_ = fixture();
  int i = 0;
  for (auto _ : state) {
    const std::string id = "user-" + std::to_string(1000 + i++ % kUsers);
    GetRequest request{.table = "app", .key = must(typed_key<User>("acme", id))};
    size_t bytes = 0;
    const auto sink = [&bytes](const ItemView& item) { bytes = item.item_bytes(); };
    must(fixture_.users.core().connection().get(request, sink));
    benchmark::DoNotOptimize(bytes);
  }
}
BENCHMARK(connection_get)->Name("get: the connection");

void entity_get(benchmark::State& state) {
  Fixture& fixture_ = fixture();
  int i = 0;
  for (auto _ : state) {
    const std::string id = "user-" + std::to_string(1000 + i++ % kUsers);
    auto user = fixture_.users.get("acme", id);
    if (!user.ok() || !user->has_value()) std::abort();
    benchmark::DoNotOptimize(user);
  }
}
BENCHMARK(entity_get)->Name("get: the mapper");

void entity_put(benchmark::State& state) {
  Fixture& fixture_ = fixture();
  int i = 0;
  for (auto _ : state) must(fixture_.users.put(someone(i++ % kUsers)));
}
BENCHMARK(entity_put)->Name("put: the mapper");

void entity_save(benchmark::State& state) {
  Fixture& fixture_ = fixture();
  int i = 0;
  for (auto _ : state) {
    const User before = must(fixture_.users.must_get("acme", "user-1000"));
    User after = before;
    after.age = 1 + i++ % 100;
    must(fixture_.users.save(before, after));
  }
}
BENCHMARK(entity_save)->Name("get and save: the mapper");

}  // namespace
}  // namespace dynolith::odm
