// Conditions, queries, scans, batches.
#include "tests/odm/guide/fixture.h"

namespace {

class Reading : public Guide {
 protected:
  Reading() {
    for (int i = 0; i < 10; ++i)
      users
          .create({.org = "acme",
                   .id = "u" + std::to_string(i),
                   .email = "u" + std::to_string(i) + "@example.org",
                   .age = 20 + i})
          .value();
  }
};

TEST_F(Reading, Conditions) {
  // [conditions]
  odm::Condition<User> adults = f(&User::age) >= 18 && exists(&User::email);
  odm::Condition<User> swiss = between(f(&User::home) / &Address::zip, 1000, 9999);
  odm::Condition<User> busy = size(f(&User::tags)) > 3 || contains(&User::tags, "vip");
  odm::Condition<User> any_of = in(f(&User::role), {Role::kMember, Role::kAdmin});
  odm::Condition<User> all = adults && !(swiss || busy) && any_of;
  // [/conditions]
  EXPECT_EQ(users.query("acme").where(all).all()->size(), 10u);
}

TEST_F(Reading, Query) {
  // [query]
  odm::Page<User> all = users.query("acme").all().value();
  odm::Page<User> young =
      users.query("acme").where(f(&User::age) < 25).reverse().limit(3).all().value();
  odm::Page<User> some = users.query("acme").sort(odm::between("u2", "u4")).all().value();
  std::optional<User> one = users.query(kByEmail, "u7@example.org").first().value();
  uint64_t how_many = users.query("acme").where(f(&User::age) > 25).count().value();
  // [/query]
  EXPECT_EQ(all.size(), 10u);
  EXPECT_EQ(young.size(), 3u);
  EXPECT_EQ(young[0].id, "u4");
  EXPECT_EQ(some.size(), 3u);
  EXPECT_EQ(one->id, "u7");
  EXPECT_EQ(how_many, 4u);
}

TEST_F(Reading, Pages) {
  // [pages]
  std::optional<odm::Cursor> next;
  size_t seen = 0;
  do {
    auto query = users.query("acme").limit(4);
    if (next) query.after(*next);
    odm::Page<User> page = query.page().value();
    seen += page.items.size();
    next = page.next;  // next->text() is safe in a URL, and good on any connection.
  } while (next);
  // [/pages]
  EXPECT_EQ(seen, 10u);

  size_t visited = 0;
  // [each]
  users.query("acme").each([&](const User& user) { visited += user.age > 0; }).value();
  for (odm::Result<User> user : users.query("acme").page_size(3)) visited += user.ok();
  // [/each]
  EXPECT_EQ(visited, 20u);
}

TEST_F(Reading, Find) {
  // [find]
  // The index is chosen by what the condition says; the rest of it becomes a filter.
  odm::Page<User> found =
      users.find().where(f(&User::email) == "u3@example.org" && f(&User::age) > 20).all().value();
  // [/find]
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, "u3");
}

TEST_F(Reading, Scan) {
  std::atomic<int> count{0};
  // [scan]
  users.scan().where(f(&User::age) > 25).each([&](const User&) { ++count; }).value();
  users.scan().parallel(4, [&](const User&) { ++count; }).value();
  // [/scan]
  EXPECT_EQ(count, 14);
}

TEST_F(Reading, Only) {
  // [only]
  odm::Page<User> ages = users.query("acme").only(&User::id, &User::age).all().value();
  // [/only]
  EXPECT_EQ(ages[3].age, 23);
  EXPECT_EQ(ages[3].email, "");
}

TEST_F(Reading, OnlyParts) {
  users.update("acme", "u1").set(&User::home, Address{"Bern", 3000}).exec().value();
  // [only-parts]
  auto zip = f(&User::home) / &Address::zip;
  odm::Page<User> zips = users.query("acme").only(zip, f(&User::phones)[0]).all().value();

  auto some = users.only(&User::age, zip);  // For reads by key: get, must_get, get_many.
  User part = some.must_get("acme", "u1").value();
  // part.home->zip == 3000; part.home->city, required or not, keeps its initial value.
  auto read = app.read().get(some, "acme", "u1").exec().value();  // In a transaction.
  // [/only-parts]
  EXPECT_EQ(zips[1].home->zip, 3000);
  EXPECT_EQ(part.home->zip, 3000);
  EXPECT_EQ(part.home->city, "");
  EXPECT_EQ(read.get<User>(0)->age, 21);
}

TEST_F(Reading, Batches) {
  // [batches]
  std::vector<std::tuple<std::string, std::string>> keys{
      {"acme", "u1"}, {"acme", "nobody"}, {"acme", "u2"}};
  std::vector<std::optional<User>> found = users.get_many(keys).value();
  // found[0] and found[2] are there, found[1] is not: the order of the keys.

  std::vector<User> many(60, User{.org = "big", .email = "x@example.org", .age = 30});
  for (size_t i = 0; i < many.size(); ++i) many[i].id = std::to_string(i);
  users.put_many(many).value();  // In batches of 25; what is left unprocessed is sent again.
  // [/batches]
  EXPECT_TRUE(found[0] && !found[1] && found[2]);
  EXPECT_EQ(users.query("big").all()->size(), 60u);
}

}  // namespace
