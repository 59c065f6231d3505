// Transactions under a token: done once, for ten minutes, also in a later process.
#include "storage/engine/request_tokens.h"

#include "storage/kv/open_store.h"
#include "storage/limits.h"
#include "tests/storage/engine/fixture.h"
#include "tests/support/temp_dir.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

struct RequestTokensTest : testing::Test {
  TempDir directory;
  TestDatabase database{directory.path()};
  TablePtr table = database.create(definition("Table", key_schema({"p"})));
  const Update plus_one = add("n", 1);

  Result<TransactionOutcome> increment(std::string_view token, std::string_view request = "r",
                                       std::string_view scope = {}) {
    const ItemWrite write = update_write(table, {{"p", "a"}}, plus_one);
    return database->transact({&write, 1}, {.token = token, .scope = scope, .request = request});
  }
  Number count() { return *database.get(table, {{"p", "a"}})->at("n").get_if<Number>(); }
};

TEST_F(RequestTokensTest, ATokenIsGoodForOneSuccess) {
  const TransactionOutcome first = must(increment("t"));
  EXPECT_FALSE(first.replayed);
  ASSERT_EQ(first.writes.size(), 1u);
  const TransactionOutcome second = must(increment("t"));
  EXPECT_TRUE(second.replayed);
  EXPECT_TRUE(second.writes.empty());
  EXPECT_EQ(second.item_bytes, std::vector<uint32_t>{first.writes[0].new_item_bytes});
  EXPECT_EQ(count(), number("1"));
}

TEST_F(RequestTokensTest, OtherTokensAndScopesAndNoneAreOtherRequests) {
  for (const auto& [token, scope] : {std::pair{"t", ""}, {"u", ""}, {"t", "s"}, {"", ""}, {"", ""}})
    EXPECT_FALSE(must(increment(token, "r", scope)).replayed) << token << "/" << scope;
  EXPECT_EQ(count(), number("5"));
}

TEST_F(RequestTokensTest, AnotherRequestUnderTheSameTokenIsRefused) {
  must(increment("t", "r"));
  const auto refused = increment("t", "q");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIdempotentParameterMismatch);
  EXPECT_EQ(count(), number("1"));
}

TEST_F(RequestTokensTest, ATokenLivesForTenMinutes) {
  must(increment("t"));
  database.clock().advance_ms(kTokenLifeMs - 1);
  EXPECT_TRUE(must(increment("t")).replayed);
  database.clock().advance_ms(1);
  EXPECT_FALSE(must(increment("t")).replayed);
  EXPECT_EQ(count(), number("2"));
}

TEST_F(RequestTokensTest, ATokenOutlivesTheProcess) {
  must(increment("t"));
  database.close();
  database.open(directory.path());
  table = database.table("Table");
  EXPECT_TRUE(must(increment("t")).replayed);
  EXPECT_EQ(increment("t", "q").error().code, ErrorCode::kIdempotentParameterMismatch);
  database.clock().advance_ms(kTokenLifeMs);
  EXPECT_FALSE(must(increment("t")).replayed);
  EXPECT_EQ(count(), number("2"));
}

TEST_F(RequestTokensTest, AFailureIsNotRemembered) {
  const Condition exists_already = exists("p");
  const auto conditional = [&] {
    ItemWrite write = update_write(table, {{"p", "a"}}, plus_one);
    write.condition = &exists_already;
    return database->transact({&write, 1}, {.token = "t", .request = "r"});
  };
  EXPECT_EQ(conditional().error().code, ErrorCode::kTransactionCanceled);
  must(database.put(table, {{"p", "a"}}));
  EXPECT_FALSE(must(conditional()).replayed);
  EXPECT_TRUE(must(conditional()).replayed);
  EXPECT_EQ(count(), number("1"));
}

TEST_F(RequestTokensTest, AClockSetBackKeepsTokens) {
  must(increment("t"));
  database.clock().advance_ms(-3 * kTokenLifeMs);
  EXPECT_TRUE(must(increment("t")).replayed);
  database.clock().advance_ms(2 * kTokenLifeMs);
  EXPECT_TRUE(must(increment("t")).replayed);
}

TEST(TokenRecordTest, ComesBackAndRefusesWhatIsCutShort) {
  TokenRecord record;
  record.expires_ms = 1'795'257'849'000;
  record.request = "request";
  record.item_bytes = {0, 7, 409'600};
  const std::string row = record.encode();
  const auto read = TokenRecord::decode(row);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->expires_ms, record.expires_ms);
  EXPECT_EQ(read->request, record.request);
  EXPECT_EQ(read->item_bytes, record.item_bytes);
  for (size_t bytes = 0; bytes < row.size(); ++bytes) {
    const auto cut = TokenRecord::decode(std::string_view(row).substr(0, bytes));
    EXPECT_LT(cut ? cut->item_bytes.size() : 0, 3u);  // Only whole members may be missing.
  }
  EXPECT_FALSE(TokenRecord::decode("\x02" + row.substr(1)));
}

// Rows of the store below `prefix`.
size_t rows(kv::Store& store, std::string prefix) {
  const KeyRange range = prefix_range(std::move(prefix));
  size_t count = 0;
  EXPECT_EQ(store.scan({}, {.begin = range.begin, .end = range.end},
                       [&](kv::Bytes, kv::Bytes) { return ++count, true; }),
            kv::Status::kOk);
  return count;
}

TEST(RequestTokensSweepTest, RemovesOnlyWhatHasExpired) {
  FakeClock clock;
  const auto store = must(kv::open_store({}));
  const auto remember = [&](RequestTokens& tokens, std::string_view token) {
    const RequestTokens::Claim claim = tokens.claim({}, token);
    EXPECT_TRUE(claim);
    EXPECT_EQ(store->write([&](kv::Writes& writes) {
      TokenRecord record;
      RequestTokens::remember(claim, record, writes);
    }),
              kv::Status::kOk);
  };
  const std::string all = key_space_prefix(0, 5);
  RequestTokens tokens(*store, clock);
  for (const char* token : {"a", "b", "c"}) remember(tokens, token);
  clock.advance_ms(kTokenLifeMs);
  remember(tokens, "d");
  EXPECT_EQ(tokens.sweep(), kv::Status::kOk);
  EXPECT_EQ(rows(*store, all), 4u);  // One written at the end of the last period could be alive.
  clock.advance_ms(kTokenLifeMs);
  EXPECT_EQ(tokens.sweep(), kv::Status::kOk);
  EXPECT_EQ(rows(*store, all), 1u);
  RequestTokens later(*store, clock);
  must(later.load());
  clock.advance_ms(kTokenLifeMs);
  EXPECT_EQ(later.sweep(), kv::Status::kOk);
  EXPECT_EQ(rows(*store, all), 0u);
}

TEST(RequestTokensClaimTest, OneWorksOnATokenAtATime) {
  FakeClock clock;
  const auto store = must(kv::open_store({}));
  RequestTokens tokens(*store, clock);
  {
    const RequestTokens::Claim first = tokens.claim({}, "t"), other = tokens.claim({}, "u"),
                               none = tokens.claim({}, {}), none_too = tokens.claim({}, {});
    EXPECT_TRUE(first && other && none && none_too);
    clock.advance_ms(kTokenLifeMs);
    EXPECT_FALSE(tokens.claim({}, "t"));
  }
  EXPECT_TRUE(tokens.claim({}, "t"));
}

}  // namespace
}  // namespace dynolith::test
