// Queries and searches, as a user sees them.
#include "odm/query.h"

#include "tests/odm/range_fixture.h"

namespace dynolith::odm::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class QueryTest : public RangeTest {
 protected:
  QueryTest() {
    add_order("2026-01-05", 7, "open", 100);
    add_order("2026-01-05", 20, "paid", 50);
    add_order("2026-01-09", 3, "open", 70);
    add_order("2026-02-01", 1, "paid", 30);
    add_order("2026-03-01", 2, "open", 10);
    add_customer("ann", 41, "Bern");
    add_customer("bob", 25, "Bern");
    add_customer("eve", 9);
    connection_->clear();
  }
};

TEST_F(QueryTest, GivesItsOwnItemsInOrder) {
  EXPECT_THAT(numbers(orders().query("acme").all()), ElementsAre(7, 20, 3, 1, 2));
  EXPECT_THAT(ids(customers().query("acme").all()), ElementsAre("ann", "bob", "eve"));
  EXPECT_THAT(numbers(orders().query("acme").reverse().all()), ElementsAre(2, 1, 3, 20, 7));
  EXPECT_THAT(numbers(orders().query("nobody").all()), IsEmpty());
}

TEST_F(QueryTest, TakesPartsOfTheSortKey) {
  EXPECT_THAT(numbers(orders().query("acme", "2026-01-05").all()), ElementsAre(7, 20));
  EXPECT_THAT(numbers(orders().query("acme", "2026-01-05", 20).all()), ElementsAre(20));
  const auto in = [this](auto condition) {
    return numbers(orders().query("acme").sort(condition).all());
  };
  EXPECT_THAT(in(begins_with("2026-01")), ElementsAre(7, 20, 3));
  EXPECT_THAT(in(ge("2026-01-09")), ElementsAre(3, 1, 2));
  EXPECT_THAT(in(gt("2026-01-09")), ElementsAre(1, 2));
  EXPECT_THAT(in(le("2026-01-09")), ElementsAre(7, 20, 3));
  EXPECT_THAT(in(lt("2026-01-09")), ElementsAre(7, 20));
  EXPECT_THAT(in(eq("2026-01-05")), ElementsAre(7, 20));
  EXPECT_THAT(in(between("2026-01-09", "2026-02-01")), ElementsAre(3, 1));
  const auto on_number = [this](auto condition) {
    return numbers(orders().query("acme", "2026-01-05").sort(condition).all());
  };
  EXPECT_THAT(on_number(gt(7)), ElementsAre(20));
  EXPECT_THAT(on_number(ge(7.5)), ElementsAre(20));
  EXPECT_THAT(on_number(lt(20)), ElementsAre(7));
  EXPECT_THAT(on_number(le(-1)), IsEmpty());
  EXPECT_THAT(on_number(gt(99'999'999)), IsEmpty());
  EXPECT_THAT(on_number(between(0, 7)), ElementsAre(7));
}

TEST_F(QueryTest, NeverReadsOutsideOfWhatTheModelWrites) {
  const RangeRequest request = orders().query("acme").sort(ge("2026-01-09")).request().value();
  ASSERT_EQ(request.key_clauses.size(), 2u);
  EXPECT_EQ(request.key_clauses[1].op, storage::KeyOperator::kBetween);
  EXPECT_EQ(request.key_clauses[1].value.view().text(), "ORDER#2026-01-09");
  EXPECT_TRUE(request.key_clauses[1].second->view().text().starts_with("ORDER#"));
  EXPECT_EQ(request.filter, nullptr);
}

TEST_F(QueryTest, FiltersAndStillGivesAsManyAsAreWanted) {
  const auto open = f(&Order::status) == "open";
  EXPECT_THAT(numbers(orders().query("acme").where(open).limit(2).page_size(1).page()),
              ElementsAre(7, 3));
  const auto page = orders().query("acme").where(open).limit(2).page();
  EXPECT_THAT(numbers(page), ElementsAre(7, 3));
  ASSERT_TRUE(page->next);
  EXPECT_THAT(numbers(orders().query("acme").where(open).limit(2).after(page->next).page()),
              ElementsAre(2));
  EXPECT_THAT(numbers(orders().query("acme").where(open).where(f(&Order::total) > 60).all()),
              ElementsAre(7, 3));
}

TEST_F(QueryTest, ReadsPagesUntilNothingFollows) {
  std::vector<int> all;
  std::optional<Cursor> next;
  int pages = 0;
  do {
    const auto page = orders().query("acme").limit(2).after(next).page();
    for (const int number : numbers(page)) all.push_back(number);
    next = page->next;
    ++pages;
  } while (next && pages < 10);
  EXPECT_THAT(all, ElementsAre(7, 20, 3, 1, 2));
  EXPECT_EQ(pages, 3);
}

TEST_F(QueryTest, IteratesOverAllPages) {
  std::vector<int> all;
  for (Result<Order>& order : orders().query("acme").page_size(2)) all.push_back(order->number);
  EXPECT_THAT(all, ElementsAre(7, 20, 3, 1, 2));
  all.clear();
  for (Result<Order>& order : orders().query("acme").page_size(2).limit(3))
    all.push_back(order->number);
  EXPECT_THAT(all, ElementsAre(7, 20, 3));
  all.clear();
  const auto summary = orders().query("acme").page_size(2).each([&](const Order& order) {
    all.push_back(order.number);
    return all.size() < 3;
  });
  ASSERT_TRUE(summary.ok());
  EXPECT_THAT(all, ElementsAre(7, 20, 3));
  EXPECT_EQ(summary->count, 3u);
  EXPECT_FALSE(summary->next);
}

TEST_F(QueryTest, CountsOnTheOtherSide) {
  EXPECT_EQ(orders().query("acme").count().value(), 5u);
  ASSERT_EQ(sent().size(), 1u);
  EXPECT_TRUE(sent()[0].count_only);
  EXPECT_EQ(orders().query("acme").where(f(&Order::status) == "paid").count().value(), 2u);
  EXPECT_EQ(orders().query("acme").sort(gt("2026-01-05")).count().value(), 3u);
  EXPECT_EQ(orders().query("acme").limit(2).count().value(), 2u);
}

TEST_F(QueryTest, GivesTheFirstAndTheOnly) {
  EXPECT_EQ(orders().query("acme").reverse().first().value()->number, 2);
  EXPECT_FALSE(orders().query("nobody").first().value());
  EXPECT_EQ(orders().query("acme", "2026-02-01").one()->number, 1);
  EXPECT_EQ(orders().query("nobody").one().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(orders().query("acme").one().error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(orders().query("acme").all(4).error().code, ErrorCode::kLimitExceeded);
}

TEST_F(QueryTest, ReadsOnlySomeMembers) {
  const auto page = customers().query("acme").only(&Customer::age).all();
  ASSERT_TRUE(page.ok()) << page.error().to_text();
  ASSERT_EQ(page->size(), 3u);
  EXPECT_EQ((*page)[0].age, 41);
  EXPECT_EQ((*page)[0].id, "ann");
  EXPECT_EQ((*page)[0].email, "");
}

TEST_F(QueryTest, HoldsFiltersOnTheKeyAgainstItemsItself) {
  // The service refuses such filters.
  const auto query = orders().query(kByTotal, "acme").where(f(&Order::total) != 50);
  EXPECT_THAT(numbers(query.all()), ElementsAre(2, 1, 3, 7));
  EXPECT_EQ(query.count().value(), 4u);
  EXPECT_THAT(numbers(orders()
                          .query(kByTotal, "acme")
                          .where(f(&Order::total) != 50 && f(&Order::status) == "open")
                          .only(&Order::date)
                          .all()),
              ElementsAre(2, 3, 7));
}

TEST_F(QueryTest, ReadsIndexes) {
  EXPECT_EQ(customers().query(kByCustomerEmail, "ANN@x.org").one()->id, "ann");
  EXPECT_THAT(ids(customers().query(kByCity, "Bern").all()), ElementsAre("bob", "ann"));
  EXPECT_THAT(ids(customers().query(kByCity, "Bern").sort(gt(25)).all()), ElementsAre("ann"));
  EXPECT_THAT(numbers(orders().query(kByTotal, "acme").sort(between(20, 70)).all()),
              ElementsAre(1, 20, 3));
  EXPECT_THAT(numbers(orders().query(kByTotal, "acme").sort(lt(50)).consistent().all()),
              ElementsAre(2, 1));
  const auto refused = customers().query(kByCustomerEmail, "x").consistent().all();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kBadRequest);
}

TEST_F(QueryTest, ReadsIndexesOfSeveralAttributes) {
  EXPECT_THAT(numbers(orders().query(kByRegion, "eu", "open").all()), ElementsAre(7, 3, 2));
  EXPECT_THAT(numbers(orders().query(kByRegion, "eu", "open").sort(gt("2026-01-05")).all()),
              ElementsAre(3, 2));
  EXPECT_THAT(numbers(orders().query(kByRegion, "eu", "open", "2026-01-05").sort(ge(100)).all()),
              ElementsAre(7));
  const auto missing = orders().query(kByRegion, "eu").all();
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kBadKey);
  EXPECT_THAT(missing.error().message, HasSubstr("\"status\""));
}

TEST_F(QueryTest, ReadsIndexesThatHoldKeysOnly) {
  const auto page = orders().query(kTotals, "open").all();
  ASSERT_TRUE(page.ok()) << page.error().to_text();
  ASSERT_EQ(page->size(), 3u);
  EXPECT_EQ((*page)[0].total, 10);
  EXPECT_EQ((*page)[0].region, "");
}

TEST_F(QueryTest, DoesNotMindForeignItems) {
  store({{"pk", "ORG#acme"}, {"sk", "ORDER#2026-01-05#LINE#1"}, {"_et", "Line"}});
  store({{"pk", "ORG#acme"}, {"sk", "ORDER#9"}, {"other", 5}});
  store({{"pk", "ORG#acme"}, {"sk", "ORDES"}, {"_et", "Order"}});
  EXPECT_THAT(numbers(orders().query("acme").all()), ElementsAre(7, 20, 3, 1, 2));
  EXPECT_EQ(orders().query("acme").count().value(), 5u);
  EXPECT_THAT(numbers(orders().query("acme").reverse().limit(2).page()), ElementsAre(2, 1));
}

TEST_F(QueryTest, HandlesItemsThatDoNotFitAsAsked) {
  store({{"pk", "ORG#acme"}, {"sk", "CUSTOMER#bad"}, {"_et", "Customer"}, {"a", "old"}});
  add_customer("zoe");
  const auto failed = customers().query("acme").all();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kTypeMismatch);
  EXPECT_EQ(failed.error().item.view().find("sk")->text(), "CUSTOMER#bad");
  EXPECT_THAT(ids(customers().query("acme").on_bad(OnBad::kSkip).all()),
              ElementsAre("ann", "bob", "eve", "zoe"));
  const auto collected = customers().query("acme").on_bad(OnBad::kCollect).all();
  EXPECT_EQ(collected->size(), 4u);
  ASSERT_EQ(collected->bad.size(), 1u);
  std::string seen;
  for (const auto& each : customers().query("acme").on_bad(OnBad::kCollect))
    seen += each ? each->id.substr(0, 1) : "!";
  EXPECT_EQ(seen, "a!bez");
}

TEST_F(QueryTest, HidesExpiredItems) {
  Customer old{.org = "acme", .id = "old", .email = "o@x", .city = {}, .age = 1, .expires = {}};
  old.expires = timestamp_of_ms(connection_->clock().now_ms() - 5000);
  ASSERT_TRUE(customers().put(old).ok());
  EXPECT_EQ(customers().query("acme").count().value(), 4u);
  EXPECT_EQ(customers().query("acme").hide_expired().count().value(), 3u);
  EXPECT_EQ(customers().query("acme").hide_expired().all()->size(), 3u);
}

TEST_F(QueryTest, SaysWhatIsWrongBeforeAnythingIsSent) {
  const auto code = [](const auto& result) { return result.error().code; };
  EXPECT_EQ(code(orders().query().all()), ErrorCode::kBadKey);
  EXPECT_EQ(code(orders().query("acme", "2026-01-05", 7).sort(gt(3)).all()), ErrorCode::kBadKey);
  EXPECT_EQ(code(orders().query("acme").sort(between("b", "a")).all()), ErrorCode::kBadRequest);
  EXPECT_EQ(code(orders().query("acme").sort(eq("a#b")).all()), ErrorCode::kBadKey);
  EXPECT_EQ(code(orders().query("acme").limit(0).all()), ErrorCode::kBadRequest);
  EXPECT_EQ(code(Query<Order>(orders().core(), nullptr, std::vector<MemberValue>{}).all()),
            ErrorCode::kBadKey);
  EXPECT_THAT(sent(), IsEmpty());
}

// --- find().

TEST_F(QueryTest, FindsTheIndexThatAnswers) {
  const auto index_of = [](const auto& search) { return search.request().value().index; };
  EXPECT_EQ(index_of(customers().find().where(f(&Customer::email) == "ann@X.org")), "by_email");
  EXPECT_EQ(
      index_of(customers().find().where(f(&Customer::org) == "acme" && f(&Customer::age) > 3)), "");
  EXPECT_EQ(index_of(customers().find().where(f(&Customer::city) == "Bern")), "by_city");
  // The one that uses more of the condition.
  EXPECT_EQ(index_of(orders().find().where(f(&Order::org) == "acme" && f(&Order::total) > 3)),
            "by_total");
  EXPECT_EQ(index_of(orders().find().where(f(&Order::org) == "acme" &&
                                           begins_with(f(&Order::date), "2026"))),
            "");
  EXPECT_EQ(
      index_of(orders().find().where(f(&Order::region) == "eu" && f(&Order::status) == "open" &&
                                     f(&Order::date) >= "2026-02")),
      "by_region");
}

TEST_F(QueryTest, FindsWhatTheWholeConditionSays) {
  EXPECT_THAT(ids(customers().find().where(f(&Customer::email) == "ann@X.org").all()),
              ElementsAre("ann"));
  // The key is in lower case, the attribute is not: the condition is still the attribute's.
  EXPECT_THAT(ids(customers().find().where(f(&Customer::email) == "ANN@x.org").all()), IsEmpty());
  EXPECT_THAT(ids(customers()
                      .find()
                      .where(f(&Customer::city) == "Bern" && f(&Customer::age) >= 25 &&
                             f(&Customer::age) < 41)
                      .all()),
              ElementsAre("bob"));
  // <> never goes to the key.
  EXPECT_THAT(
      numbers(
          orders().find().where(f(&Order::org) == "acme" && f(&Order::date) != "2026-01-05").all()),
      ElementsAre(3, 1, 2));
  EXPECT_THAT(numbers(orders()
                          .find()
                          .where(f(&Order::org) == "acme" && f(&Order::total) > 10 &&
                                 f(&Order::total) < 100 && f(&Order::status) != "paid")
                          .all()),
              ElementsAre(3));
}

TEST_F(QueryTest, SaysWhatNoIndexAnswers) {
  const auto found = customers().find().where(f(&Customer::age) > 10).all();
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kBadRequest);
  EXPECT_THAT(found.error().message, HasSubstr("org (the table)"));
  EXPECT_THAT(found.error().message, HasSubstr("email (index \"by_email\")"));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(ids(customers().find().where(f(&Customer::age) > 10).allow_scan().all()),
              UnorderedElementsAre("ann", "bob"));
}

TEST_F(QueryTest, DoesNotChooseAnIndexThatLacksItems) {
  // eve has no city; nobody may be missed.
  EXPECT_THAT(ids(customers().find().where(f(&Customer::org) == "acme").all()),
              ElementsAre("ann", "bob", "eve"));
}

}  // namespace
}  // namespace dynolith::odm::test
