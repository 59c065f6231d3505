// One query that gives items of several models.
#include "odm/collection.h"

#include "tests/odm/range_fixture.h"

namespace dynolith::odm::test {

struct Site {
  std::string area, name;
  std::string status;
  int total = 0;
};
inline constexpr Index<&Site::status, &Site::total> kSiteTotals{"totals"};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Site> {
  using key = Key<&test::Site::area, &test::Site::name>;
  static void define(Definition<test::Site>& site) {
    site.entity("Site")
        .partition_key("pk", "AREA#{area}")
        .sort_key("sk", "SITE#{name}")
        .attribute("area", &test::Site::area)
        .attribute("name", &test::Site::name)
        .attribute("status", &test::Site::status, required())
        .attribute("total", &test::Site::total)
        .index(test::kSiteTotals, keys_only());
  }
};

}  // namespace dynolith::odm

namespace dynolith::odm::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CollectionTest : public RangeTest {
 protected:
  CollectionTest() {
    add_customer("ann", 41, "Bern");
    add_customer("bob", 25, "Bern");
    add_order("2026-01-05", 7, "open", 100);
    add_order("2026-01-09", 3, "open", 70);
    store({{"pk", "ORG#acme"}, {"sk", "INVOICE#1"}, {"_et", "Invoice"}});
    connection_->clear();
  }
  auto both() const { return app().collection<Customer, Order>("acme"); }
};

TEST_F(CollectionTest, GivesItemsByModelWithOneQuery) {
  const auto all = both().all();
  ASSERT_TRUE(all.ok()) << all.error().to_text();
  ASSERT_EQ(all->of<Customer>().size(), 2u);
  EXPECT_EQ(all->of<Customer>()[1].id, "bob");
  ASSERT_EQ(all->of<Order>().size(), 2u);
  EXPECT_EQ(all->of<Order>()[0].number, 7);
  EXPECT_EQ(all->unknown, 1u);
  EXPECT_EQ(all->size(), 4u);
  EXPECT_EQ(sent().size(), 1u);
}

TEST_F(CollectionTest, GoesOnAtACursor) {
  const auto first = both().limit(3).page();
  ASSERT_TRUE(first.ok()) << first.error().to_text();
  EXPECT_EQ(first->of<Customer>().size(), 2u);
  EXPECT_EQ(first->of<Order>().size(), 1u);
  ASSERT_TRUE(first->next);
  const auto rest = both().after(first->next).page();
  EXPECT_EQ(rest->of<Customer>().size(), 0u);
  ASSERT_EQ(rest->of<Order>().size(), 1u);
  EXPECT_EQ(rest->of<Order>()[0].number, 3);
  const auto other = app().collection<Customer, Order>("other").after(first->next).page();
  EXPECT_EQ(other.error().code, ErrorCode::kBadRequest);
}

TEST_F(CollectionTest, FoldsInTheOrderOfTheKey) {
  std::string seen;
  const auto summary = both().page_size(2).reverse().each(
      [&seen](const Customer& customer) { seen += customer.id + " "; },
      [&seen](const Order& order) { seen += std::to_string(order.number) + " "; });
  ASSERT_TRUE(summary.ok()) << summary.error().to_text();
  EXPECT_EQ(seen, "3 7 bob ann ");
  EXPECT_EQ(summary->count, 4u);
  EXPECT_EQ(summary->unknown, 1u);
}

TEST_F(CollectionTest, IsNarrowedByAPrefix) {
  const auto orders = both().sort_prefix("ORDER#").all();
  EXPECT_EQ(orders->of<Customer>().size(), 0u);
  EXPECT_EQ(orders->of<Order>().size(), 2u);
  EXPECT_EQ(orders->scanned_count, 2u);
}

TEST_F(CollectionTest, ReadsAnIndex) {
  ASSERT_TRUE(app().entity<Site>().put({"north", "a", "open", 5}).ok());
  const auto all = app().collection<Order, Site>(kTotals, "open").all();
  ASSERT_TRUE(all.ok()) << all.error().to_text();
  ASSERT_EQ(all->of<Order>().size(), 2u);
  EXPECT_EQ(all->of<Order>()[0].total, 70);
  ASSERT_EQ(all->of<Site>().size(), 1u);
  EXPECT_EQ(all->of<Site>()[0].total, 5);
}

TEST_F(CollectionTest, RefusesModelsThatDoNotShareAPartition) {
  const auto mixed = app().collection<Order, Site>("acme").all();
  ASSERT_FALSE(mixed.ok());
  EXPECT_EQ(mixed.error().code, ErrorCode::kBadModel);
  EXPECT_THAT(mixed.error().message, HasSubstr("Order and Site"));
  EXPECT_EQ((app().collection<Order, Customer>("acme", "2026-01-05").all().error().code),
            ErrorCode::kBadKey);
}

TEST_F(CollectionTest, HandlesItemsThatDoNotFitAsAsked) {
  store({{"pk", "ORG#acme"}, {"sk", "CUSTOMER#zz"}, {"_et", "Customer"}});
  EXPECT_EQ(both().all().error().code, ErrorCode::kTypeMismatch);
  const auto collected = both().on_bad(OnBad::kCollect).all();
  EXPECT_EQ(collected->size(), 4u);
  EXPECT_EQ(collected->bad.size(), 1u);
}

}  // namespace
}  // namespace dynolith::odm::test
