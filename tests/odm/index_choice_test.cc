// Searches: whichever index is chosen, they give what filtering all items in memory gives.
#include "odm/index_choice.h"

#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include "tests/odm/range_fixture.h"

namespace dynolith::odm::test {

struct Pet {
  std::string name, owner, kind;
  std::optional<std::string> chip;
  int age = 0;
};
inline constexpr Index<&Pet::owner, &Pet::chip> kByOwner{"by_owner"};
inline constexpr Index<&Pet::kind, &Pet::age> kByKind{"by_kind"};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Pet> {
  using key = Key<&test::Pet::name>;
  static void define(Definition<test::Pet>& pet) {
    pet.partition_key("name", &test::Pet::name)
        .attribute("owner", &test::Pet::owner)
        .attribute("kind", &test::Pet::kind)
        .attribute("chip", &test::Pet::chip)
        .attribute("age", &test::Pet::age)
        .index(test::kByOwner)
        .index(test::kByKind);
  }
};

}  // namespace dynolith::odm

namespace dynolith::odm::test {
namespace {

using Holds = std::function<bool(const Order&)>;
struct Clause {
  Condition<Order> condition;
  Holds holds;
};

template <class V>
Clause random_comparison(std::mt19937& random, V Order::*member, const V& value, const V& other) {
  const auto field = f(member);
  switch (random() % 9) {
    case 0:
      return {field != value, [=](const Order& o) { return o.*member != value; }};
    case 1:
      return {field < value, [=](const Order& o) { return o.*member < value; }};
    case 2:
      return {field <= value, [=](const Order& o) { return o.*member <= value; }};
    case 3:
      return {field > value, [=](const Order& o) { return o.*member > value; }};
    case 4:
      return {field >= value, [=](const Order& o) { return o.*member >= value; }};
    case 5: {
      const auto [low, high] = std::minmax(value, other);
      return {between(field, low, high),
              [=, l = low, h = high](const Order& o) { return l <= o.*member && o.*member <= h; }};
    }
    default:
      return {field == value, [=](const Order& o) { return o.*member == value; }};
  }
}

class IndexChoiceTest : public RangeTest {
 protected:
  Clause random_clause() {
    switch (random_() % 6) {
      case 0:
        return random_comparison(random_, &Order::org, pick(kOrgs), pick(kOrgs));
      case 1:
        return random_comparison(random_, &Order::date, pick(kDates), pick(kDates));
      case 2:
        return random_comparison(random_, &Order::number, small(), small());
      case 3:
        return random_comparison(random_, &Order::status, pick(kStatuses), pick(kStatuses));
      case 4:
        return random_comparison(random_, &Order::region, pick(kRegions), pick(kRegions));
      default:
        return random_comparison(random_, &Order::total, small(), small());
    }
  }
  std::string pick(const std::vector<std::string>& texts) {
    return texts[random_() % texts.size()];
  }
  int small() { return static_cast<int>(random_() % 12); }

  const std::vector<std::string> kOrgs{"acme", "zeta"};
  const std::vector<std::string> kDates{"2026-01", "2026-01!", "2026-02", "2026-03"};
  const std::vector<std::string> kStatuses{"open", "paid"};
  const std::vector<std::string> kRegions{"eu", "us"};
  std::mt19937 random_{7};
};

TEST_F(IndexChoiceTest, NeverChangesWhatIsFound) {
  std::vector<Order> all;
  for (int i = 0; i < 150; ++i) {
    const Order order{pick(kOrgs), pick(kDates), small(), pick(kStatuses), pick(kRegions), small()};
    if (!orders().create(order).ok()) continue;  // The key is taken.
    all.push_back(order);
  }
  const auto name = [](const Order& o) { return o.org + o.date + "/" + std::to_string(o.number); };
  std::set<std::string> indexes;
  for (int i = 0; i < 500; ++i) {
    Clause whole = random_clause();
    const size_t more = random_() % 4;
    for (size_t n = 0; n < more; ++n) {
      Clause next = random_clause();
      const bool is_or = random_() % 8 == 0;
      whole = {is_or ? whole.condition || next.condition : whole.condition && next.condition,
               [a = whole.holds, b = next.holds, is_or](const Order& o) {
                 return is_or ? a(o) || b(o) : a(o) && b(o);
               }};
    }
    const auto search = orders().find().where(whole.condition).allow_scan();
    const auto request = search.request();
    if (request) indexes.insert(request->key_clauses.empty() ? "scan" : "index " + request->index);
    const auto found = search.all();
    ASSERT_TRUE(found.ok()) << found.error().to_text();
    std::multiset<std::string> names, expected;
    for (const Order& order : *found) names.insert(name(order));
    for (const Order& order : all)
      if (whole.holds(order)) expected.insert(name(order));
    ASSERT_EQ(names, expected) << i;
    ASSERT_EQ(search.count().value(), expected.size()) << i;
  }
  EXPECT_EQ(indexes,
            (std::set<std::string>{"scan", "index ", "index by_total", "index by_region"}));
}

TEST_F(IndexChoiceTest, LeavesOutIndexesThatMayLackItems) {
  const Entity<Pet> pets = app().entity<Pet>();
  const auto index_of = [&pets](const Condition<Pet>& condition) {
    const auto request = pets.find().where(condition).request();
    return request ? request->index : "none";
  };
  // by_owner lacks pets without a chip.
  const auto owned = f(&Pet::owner) == "ann";
  EXPECT_EQ(index_of(owned), "none");
  EXPECT_EQ(index_of(owned && absent(&Pet::chip)), "none");
  EXPECT_EQ(index_of(owned && f(&Pet::chip) > "5"), "by_owner");
  EXPECT_EQ(index_of(owned && f(&Pet::chip) != "5"), "none");
  // A number that is no optional is always there.
  EXPECT_EQ(index_of(f(&Pet::kind) == "cat"), "by_kind");
  // Global indexes cannot be read consistently.
  EXPECT_FALSE(pets.find().where(f(&Pet::kind) == "cat").consistent().request().ok());
}

}  // namespace
}  // namespace dynolith::odm::test
