// Models and a table in memory for tests of operations on entities.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "odm/connection/embedded_connection.h"
#include "odm/connection/recording_connection.h"
#include "odm/entity.h"
#include "odm/table.h"

namespace dynolith::odm::test {

struct Place {
  std::string city;
  int zip = 0;
  std::optional<std::string> note;
};
struct User {
  std::string org, id, email;
  int age = 0;
  std::optional<std::string> name;
  std::optional<Place> home;
  std::vector<std::string> phones;
  std::set<std::string> tags;
  Timestamp created{}, updated{};
  std::optional<Timestamp> expires;
  int64_t version = 0;
  int writes = 0;
  std::string label;
};
inline constexpr Index<&User::email> kByEmail{"by_email"};

// Another entity of the same table, without a version.
struct Note {
  std::string org, id, text;
  int likes = 0;
  std::optional<std::string> mood;
};

// A table of its own: no entity name, keys that are members.
struct Counted {
  int shelf = 0;
  std::string book;
  std::optional<std::string> title;
};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Place> {
  static void define(Definition<test::Place>& place) {
    place.attribute("city", &test::Place::city, required())
        .attribute("zip", &test::Place::zip, saved_as("z"), range(0, 99999))
        .attribute("note", &test::Place::note);
  }
};
template <>
struct Model<test::User> {
  using key = Key<&test::User::org, &test::User::id>;
  static void define(Definition<test::User>& user) {
    using test::User;
    user.entity("User")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "USER#{id}")
        .attribute("org", &User::org, required())
        .attribute("id", &User::id, uuid(), read_only())
        .attribute("email", &User::email, required(), matches("@"), odm::lower())
        .attribute("age", &User::age, range(0, 150))
        .attribute("name", &User::name)
        .attribute("home", &User::home, saved_as("h"))
        .attribute("phones", &User::phones)
        .attribute("tags", &User::tags)
        .created_at("createdAt", &User::created)
        .updated_at("updatedAt", &User::updated)
        .expires_at("ttl", &User::expires)
        .version("v", &User::version)
        .attribute("writes", &User::writes, counter(1))
        .derived("label", &User::label,
                 [](const User& u) { return u.email + "/" + std::to_string(u.age); })
        .index(test::kByEmail, partition_key("gsi1pk", "EMAIL#{email}"));
  }
};
template <>
struct Model<test::Note> {
  using key = Key<&test::Note::org, &test::Note::id>;
  static void define(Definition<test::Note>& note) {
    note.entity("Note")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "NOTE#{id}")
        .attribute("org", &test::Note::org)
        .attribute("id", &test::Note::id, ulid())
        .attribute("text", &test::Note::text)
        .attribute("likes", &test::Note::likes)
        .attribute("mood", &test::Note::mood);
  }
};
template <>
struct Model<test::Counted> {
  using key = Key<&test::Counted::shelf, &test::Counted::book>;
  static void define(Definition<test::Counted>& counted) {
    counted.partition_key("shelf", &test::Counted::shelf)
        .sort_key("book", &test::Counted::book)
        .attribute("title", &test::Counted::title);
  }
};

namespace test {

inline storage::TableDefinition table_definition(std::string name, std::string partition,
                                                 AttributeType partition_type, std::string sort) {
  storage::TableDefinition table;
  table.name = std::move(name);
  table.key = {{{partition, partition_type}}, {{sort, AttributeType::kString}}};
  table.attribute_definitions = {table.key.partition[0], table.key.sort[0]};
  table.billing_mode = storage::BillingMode::kPayPerRequest;
  return table;
}

// A database in memory, and a record of what it is asked for. The clock stands still.
class EntityTest : public testing::Test {
 protected:
  EntityTest() {
    connection_ = recording(open_embedded({}).value());
    for (const storage::TableDefinition& table :
         {table_definition("app", "pk", AttributeType::kString, "sk"),
          table_definition("shelves", "shelf", AttributeType::kNumber, "book")})
      EXPECT_TRUE(connection_->create_table({table}).ok());
    connection_->clear();
  }

  Table app(TableOptions options = {}) const { return Table(connection_, "app", options); }
  Entity<User> users() const { return app().entity<User>(); }
  Entity<Note> notes() const { return app().entity<Note>(); }
  Entity<Counted> books() const { return Table(connection_, "shelves").entity<Counted>(); }
  FixedClock& clock() const { return connection_->fixed_clock(); }

  static User someone(std::string id = {}) {
    User user;
    user.org = "acme";
    user.id = std::move(id);
    user.email = "Ann@x.org";
    user.age = 41;
    return user;
  }

  // What the table holds at a key.
  Map stored(std::string_view pk, std::string_view sk) const {
    const Map key{{"pk", Value(pk)}, {"sk", Value(sk)}};
    Map item;
    const GetRequest request{.table = "app", .key = storage::encode_item(key), .consistent = true};
    EXPECT_TRUE(connection_
                    ->get(request,
                          [&](const ItemView& found) {
                            if (found.exists()) item = storage::to_item(found);
                          })
                    .ok());
    return item;
  }
  void store(const Map& item) const {
    const PutRequest request{.table = "app", .item = storage::encode_item(item)};
    EXPECT_TRUE(connection_->put(request).ok());
  }

  std::shared_ptr<RecordingConnection> connection_;
};

}  // namespace test
}  // namespace dynolith::odm
