// Transactions that meet others on an item.
#include <functional>
#include <thread>

#include "storage/engine/engine_database.h"
#include "storage/kv/open_store.h"
#include "tests/storage/engine/fixture.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

struct ConflictTest : testing::Test {
  ConflictTest() { open({.transaction_wait_ms = 0}); }

  void open(const DatabaseOptions& options) {
    auto opened = must(kv::open_store({}));
    store = opened.get();
    database = std::make_unique<EngineDatabase>(std::move(opened), options);
    must(database->load());
    table = must(database->create_table(definition("Table", key_schema({"p"})), {})).table;
  }

  // Calls `during` on another thread while a write of `key` is under way.
  void while_held(const std::string& key, bool by_transaction,
                  const std::function<void()>& during) {
    const kv::Bytes held = key;
    EXPECT_EQ(store->transact({.contends = by_transaction}, {&held, 1},
                              [&](kv::Reads&, kv::Writes&) {
                                std::thread(during).join();
                                return kv::Verdict::kDecline;
                              }),
              kv::Status::kDeclined);
  }

  std::vector<ItemWrite> puts(std::initializer_list<const char*> keys) {
    std::vector<ItemWrite> writes;
    for (const char* key : keys) writes.push_back(put_write(table, {{"p", key}}));
    return writes;
  }
  bool has(const char* key) {
    bool found = false;
    must(database->get(*table, put_write(table, {{"p", key}}).key,
                       [&](const ItemView& item) { found = item.exists(); }));
    return found;
  }
  std::string codes(const Error& error) {
    std::string text;
    if (error.detail != nullptr)
      for (const auto& reason : error.detail->reasons)
        text += reason.code + "|" + reason.message + ";";
    return text;
  }

  kv::Store* store = nullptr;  // The database's.
  std::unique_ptr<EngineDatabase> database;
  TablePtr table;
};

TEST_F(ConflictTest, AnItemThatIsBeingWrittenIsAConflictOfItsAction) {
  const auto writes = puts({"a", "b", "c"});
  for (const bool by_transaction : {true, false}) {
    while_held(writes[1].key.bytes, by_transaction, [&] {
      const auto refused = database->transact(writes, {});
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kTransactionCanceled);
      EXPECT_EQ(refused.error().message,
                "Transaction cancelled, please refer cancellation reasons for specific reasons "
                "[None, TransactionConflict, None]");
      EXPECT_EQ(codes(refused.error()),
                "None|;TransactionConflict|Transaction is ongoing for the item.;None|;");
    });
    EXPECT_FALSE(has("a") || has("b") || has("c"));
  }
  must(database->transact(writes, {}));
  EXPECT_TRUE(has("a") && has("b") && has("c"));
}

TEST_F(ConflictTest, ASingleWriteConflictsOnlyWithATransaction) {
  const ItemWrite write = puts({"a"})[0];
  while_held(write.key.bytes, true, [&] {
    const auto refused = database->apply(write);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kTransactionConflict);
    EXPECT_EQ(refused.error().message, "Transaction is ongoing for the item");
  });
  EXPECT_FALSE(has("a"));
  std::thread queued;
  while_held(write.key.bytes, false,
             [&] { queued = std::thread([&] { must(database->apply(write)); }); });
  queued.join();
  EXPECT_TRUE(has("a"));
}

TEST_F(ConflictTest, AShortWaitComesBeforeAConflict) {
  open({.transaction_wait_ms = 600'000});
  const auto writes = puts({"a", "b"});
  std::thread waiting;
  while_held(writes[0].key.bytes, true,
             [&] { waiting = std::thread([&] { must(database->transact(writes, {})); }); });
  waiting.join();
  EXPECT_TRUE(has("a") && has("b"));
}

TEST_F(ConflictTest, ReadsMeetNoConflict) {
  const auto writes = puts({"a", "b"});
  must(database->transact(writes, {}));
  while_held(writes[0].key.bytes, true, [&] {
    const std::vector<TableKey> keys{{table.get(), &writes[0].key}, {table.get(), &writes[1].key}};
    size_t found = 0;
    must(database->multi_get(keys, [&](size_t, const ItemView& item) {
      found += item.exists();
      return true;
    }));
    EXPECT_EQ(found, 2u);
  });
}

TEST_F(ConflictTest, WhatWasDoneBeforeMeetsNoConflict) {
  const auto writes = puts({"a", "b"});
  const TransactionOptions once{.token = "t", .request = "r"}, other{.token = "t", .request = "q"};
  must(database->transact(writes, once));
  while_held(writes[1].key.bytes, true, [&] {
    EXPECT_TRUE(must(database->transact(writes, once)).replayed);
    EXPECT_EQ(database->transact(writes, other).error().code,
              ErrorCode::kIdempotentParameterMismatch);
  });
}

// As by another process on the same store; within one, see RequestTokensClaimTest.
TEST_F(ConflictTest, ATokenInUseIsInProgress) {
  const auto writes = puts({"a"});
  RequestTokens tokens(*store, *system_clock());
  const std::string row = tokens.claim({}, "t").current();
  while_held(row, true, [&] {
    const auto met = database->transact(writes, {.token = "t", .request = "r"});
    ASSERT_FALSE(met);
    EXPECT_EQ(met.error().code, ErrorCode::kTransactionInProgress);
  });
  EXPECT_FALSE(has("a"));
}

}  // namespace
}  // namespace dynolith::test
