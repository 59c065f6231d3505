// Cursors: opaque, bound to their query, good on any connection.
#include "odm/cursor.h"

#include "tests/odm/range_fixture.h"

namespace dynolith::odm::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CursorTest : public RangeTest {
 protected:
  CursorTest() {
    for (int number = 1; number <= 6; ++number) add_order("2026-01-05", number, "open", number);
  }
  Cursor behind(int number) const {
    return orders().query("acme").limit(static_cast<uint64_t>(number)).page()->next.value();
  }
  template <class Q>
  void expect_refused(const Q& query, std::string_view why) const {
    const auto page = query.page();
    ASSERT_FALSE(page.ok());
    EXPECT_EQ(page.error().code, ErrorCode::kBadRequest);
    EXPECT_THAT(page.error().message, HasSubstr(why));
  }
};

TEST_F(CursorTest, GoesOnInAnotherProgram) {
  const std::string text = behind(2).text();
  EXPECT_THAT(text, Not(testing::ContainsRegex("[^A-Za-z0-9_-]")));
  EXPECT_THAT(numbers(orders().query("acme").after(Cursor(text)).page()), ElementsAre(3, 4, 5, 6));
  // Filters, limits and projections may change.
  EXPECT_THAT(numbers(orders()
                          .query("acme")
                          .where(f(&Order::total) > 4)
                          .only(&Order::number)
                          .limit(1)
                          .after(Cursor(text))
                          .page()),
              ElementsAre(5));
}

TEST_F(CursorTest, StandsBehindTheLastItemThatWasGiven) {
  const auto page = orders().query("acme").where(f(&Order::total) != 2).limit(2).page();
  EXPECT_THAT(numbers(page), ElementsAre(1, 3));
  EXPECT_THAT(numbers(orders().query("acme").after(page->next).page()), ElementsAre(4, 5, 6));
  const auto by_total = orders().query(kByTotal, "acme").reverse().limit(2).page();
  EXPECT_THAT(numbers(orders().query(kByTotal, "acme").reverse().after(by_total->next).page()),
              ElementsAre(4, 3, 2, 1));
}

TEST_F(CursorTest, BelongsToItsQuery) {
  const Cursor cursor = behind(2);
  expect_refused(orders().query("other").after(cursor), "another query");
  expect_refused(orders().query("acme", "2026-01-05").after(cursor), "another query");
  expect_refused(orders().query("acme").reverse().after(cursor), "another query");
  expect_refused(orders().query("acme").sort(ge("2026")).after(cursor), "another query");
  expect_refused(orders().query(kByTotal, "acme").after(cursor), "another query");
  expect_refused(orders().scan().after(cursor), "another query");
  expect_refused(customers().query("acme").after(cursor), "another query");
}

TEST_F(CursorTest, IsRefusedIfItIsNone) {
  const std::string good = behind(2).text();
  const auto refused = [this](std::string text, std::string_view why) {
    expect_refused(orders().query("acme").after(Cursor(std::move(text))), why);
  };
  refused("", "is not one");
  refused("hello world", "is not one");
  refused("AAAA", "is not one");
  refused(good.substr(0, 8), "is not one");
  refused(std::string(Cursor::kBytesMax + 1, 'A'), "too long");
  refused("Ag" + good.substr(2), "another version");
  for (size_t i = 12; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto page = orders().query("acme").after(Cursor(changed)).page();
    if (!page.ok()) {
      EXPECT_EQ(page.error().code, ErrorCode::kBadRequest) << page.error().to_text();
    }
  }
}

TEST_F(CursorTest, IsMadeOfItsKeyAndDigest) {
  const EncodedItem key = storage::encode_item({{"pk", "a"}, {"sk", "b"}});
  const std::vector<std::string> names{"pk", "sk"};
  const Cursor cursor = make_cursor(key, 17);
  EXPECT_EQ(read_cursor(cursor, 17, names).value(), key);
  EXPECT_FALSE(read_cursor(cursor, 18, names).ok());
  EXPECT_FALSE(read_cursor(cursor, 17, std::vector<std::string>{"pk"}).ok());
}

}  // namespace
}  // namespace dynolith::odm::test
