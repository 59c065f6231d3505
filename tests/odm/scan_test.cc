// Scans: whole tables, indexes, segments and threads.
#include "odm/scan.h"

#include <mutex>
#include <set>
#include <stdexcept>

#include "tests/odm/range_fixture.h"

namespace dynolith::odm::test {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

class ScanTest : public RangeTest {
 protected:
  static constexpr int kOrders = 120;
  ScanTest() {
    for (int number = 0; number < kOrders; ++number)
      EXPECT_TRUE(orders()
                      .put({.org = "org" + std::to_string(number % 7),
                            .date = "2026-01-05",
                            .number = number,
                            .status = number % 2 == 0 ? "open" : "paid",
                            .region = "eu",
                            .total = number})
                      .ok());
    add_customer("ann", 41, "Bern");
    add_customer("bob", 25);
    connection_->clear();
  }
};

TEST_F(ScanTest, GivesTheModelsItemsOnly) {
  EXPECT_THAT(ids(customers().scan().all()), UnorderedElementsAre("ann", "bob"));
  EXPECT_EQ(orders().scan().all()->size(), static_cast<size_t>(kOrders));
  EXPECT_EQ(orders().scan().where(f(&Order::status) == "open").count().value(), 60u);
  // A filter of a scan may name the key.
  EXPECT_THAT(ids(customers().scan().where(f(&Customer::id) == "bob").all()),
              UnorderedElementsAre("bob"));
}

TEST_F(ScanTest, ReadsAnIndex) {
  EXPECT_THAT(ids(customers().scan().index(kByCity).all()), UnorderedElementsAre("ann"));
  EXPECT_EQ(customers().scan().index("nope").all().error().code, ErrorCode::kBadModel);
}

TEST_F(ScanTest, ReadsPages) {
  std::set<int> seen;
  std::optional<Cursor> next;
  int pages = 0;
  do {
    const auto page = orders().scan().limit(50).after(next).page();
    for (const int number : numbers(page)) EXPECT_TRUE(seen.insert(number).second);
    next = page->next;
  } while (next && ++pages < 20);
  EXPECT_EQ(seen.size(), static_cast<size_t>(kOrders));
}

TEST_F(ScanTest, ReadsSegmentsThatHaveTheirOwnCursors) {
  std::set<int> seen;
  for (uint32_t segment = 0; segment < 3; ++segment)
    for (const int number : numbers(orders().scan().segment(segment, 3).all()))
      EXPECT_TRUE(seen.insert(number).second);
  EXPECT_EQ(seen.size(), static_cast<size_t>(kOrders));
  for (uint32_t segment = 0; segment < 3; ++segment) {
    const auto page = orders().scan().segment(segment, 3).page_size(1).page();
    if (!page->next) continue;
    EXPECT_TRUE(orders().scan().segment(segment, 3).after(page->next).page().ok());
    EXPECT_EQ(orders().scan().segment(segment, 4).after(page->next).page().error().code,
              ErrorCode::kBadRequest);
  }
  EXPECT_EQ(orders().scan().segment(3, 3).page().error().code, ErrorCode::kBadRequest);
}

TEST_F(ScanTest, ReadsWithSeveralThreads) {
  std::mutex mutex;
  std::set<int> seen;
  const auto summary = orders().scan().page_size(10).parallel(4, [&](Order&& order) {
    const std::lock_guard lock(mutex);
    seen.insert(order.number);
  });
  ASSERT_TRUE(summary.ok()) << summary.error().to_text();
  EXPECT_EQ(summary->count, static_cast<uint64_t>(kOrders));
  EXPECT_EQ(seen.size(), static_cast<size_t>(kOrders));

  std::vector<int> unguarded;
  ASSERT_TRUE(
      orders()
          .scan()
          .where(f(&Order::status) == "open")
          .parallel(
              4, [&](const Order& order) { unguarded.push_back(order.number); }, Calls::kOneAtATime)
          .ok());
  EXPECT_EQ(unguarded.size(), 60u);
}

TEST_F(ScanTest, StopsAllThreadsAtOnce) {
  int given = 0;
  const auto stopped = orders().scan().page_size(1).parallel(
      3, [&given](const Order&) { return ++given < 5; }, Calls::kOneAtATime);
  ASSERT_TRUE(stopped.ok());
  EXPECT_EQ(given, 5);

  store({{"pk", "ORG#x"}, {"sk", "ORDER#bad"}, {"_et", "Order"}});
  const auto failed = orders().scan().parallel(3, [](const Order&) {});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kTypeMismatch);
  EXPECT_EQ(orders().scan().on_bad(OnBad::kSkip).parallel(3, [](const Order&) {})->bad_count, 1u);

  EXPECT_THROW((void)customers().scan().parallel(
                   3, [](const Customer&) { throw std::runtime_error("enough"); }),
               std::runtime_error);
}

TEST_F(ScanTest, RefusesWhatDoesNotGoWithThreads) {
  const auto nothing = [](const Order&) {};
  const auto code = [](const auto& result) { return result.error().code; };
  EXPECT_EQ(code(orders().scan().parallel(0, nothing)), ErrorCode::kBadRequest);
  EXPECT_EQ(code(orders().scan().parallel(65, nothing)), ErrorCode::kBadRequest);
  EXPECT_EQ(code(orders().scan().limit(3).parallel(2, nothing)), ErrorCode::kBadRequest);
  EXPECT_THAT(sent(), IsEmpty());
}

}  // namespace
}  // namespace dynolith::odm::test
