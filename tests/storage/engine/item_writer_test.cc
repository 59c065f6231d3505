// Puts, updates, deletes and transactions; what they answer and what they leave.
#include "storage/engine/item_writer.h"

#include "storage/limits.h"
#include "tests/storage/engine/fixture.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

struct ItemWriterTest : testing::Test {
  TestDatabase database;
  TablePtr table = database.create(
      definition("Table", key_schema({"p"}), {global_index("Gsi", key_schema({"g"}))}));

  std::optional<Item> get(const char* key) { return database.get(table, {{"p", key}}); }
};

// An item of exactly `bytes` as DynamoDB counts them.
Item sized(const std::string& key, size_t bytes) {
  return {{"p", key}, {"x", std::string(bytes - 1 - key.size() - 1, 'x')}};
}

TEST_F(ItemWriterTest, APutReplacesTheWholeItem) {
  const Item first{{"p", "a"}, {"x", 1}}, second{{"p", "a"}, {"y", 2}};
  EXPECT_FALSE(must(database.put(table, first)).old_item.exists());
  EXPECT_EQ(get("a"), first);
  EXPECT_EQ(to_item(must(database.put(table, second)).old_item.view()), first);
  EXPECT_EQ(get("a"), second);
  EXPECT_EQ(database.tally(table).count, 1);
  EXPECT_EQ(database.tally(table).bytes, 5);
}

TEST_F(ItemWriterTest, ADeleteRemovesAndIsContentWithNothing) {
  must(database.put(table, {{"p", "a"}, {"g", "x"}}));
  EXPECT_TRUE(must(database.erase(table, {{"p", "a"}})).old_item.exists());
  EXPECT_FALSE(must(database.erase(table, {{"p", "a"}})).old_item.exists());
  EXPECT_FALSE(get("a"));
  EXPECT_EQ(database.tally(table).count, 0);
  EXPECT_EQ(database.tally(table).bytes, 0);
  EXPECT_EQ(database.index_tally(table, 0).count, 0);
  EXPECT_EQ(database.index_tally(table, 0).bytes, 0);
}

TEST_F(ItemWriterTest, AnUpdateCreatesAndChanges) {
  const auto created = must(database.update(table, {{"p", "a"}}, set("x", 1)));
  EXPECT_FALSE(created.old_item.exists());
  EXPECT_EQ(to_item(created.new_item.view()), (Item{{"p", "a"}, {"x", 1}}));
  const auto changed = must(database.update(table, {{"p", "a"}}, add("x", 4)));
  EXPECT_EQ(to_item(changed.old_item.view()), (Item{{"p", "a"}, {"x", 1}}));
  EXPECT_EQ(get("a"), (Item{{"p", "a"}, {"x", 5}}));
}

TEST_F(ItemWriterTest, AnUpdateThatOnlyRemovesCreatesNothing) {
  const auto outcome = must(database.update(table, {{"p", "a"}}, remove("x")));
  EXPECT_FALSE(outcome.new_item.exists());
  EXPECT_EQ(outcome.table_write_units, 1);
  EXPECT_FALSE(get("a"));
  EXPECT_EQ(database.tally(table).count, 0);
}

TEST_F(ItemWriterTest, AnUpdateOfNothingCreatesTheKey) {
  must(database.update(table, {{"p", "a"}}, Update{}));
  EXPECT_EQ(get("a"), (Item{{"p", "a"}}));
}

TEST_F(ItemWriterTest, AFailedConditionChangesNothingAndShowsTheItemIfAsked) {
  const Item item{{"p", "a"}, {"x", 1}};
  must(database.put(table, item));
  const Condition absent = not_exists("p");
  ItemWrite write = put_write(table, {{"p", "a"}, {"x", 2}});
  write.condition = &absent;
  const auto silent = database->apply(write);
  EXPECT_EQ(silent.error().code, ErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(silent.error().message, "The conditional request failed");
  EXPECT_EQ(silent.error().detail, nullptr);
  write.return_old_on_failure = true;
  const auto shown = database->apply(write);
  ASSERT_NE(shown.error().detail, nullptr);
  EXPECT_EQ(to_item(ItemView::trusted(shown.error().detail->item)), item);
  EXPECT_EQ(get("a"), item);

  const Condition present = exists("p");
  ItemWrite on_absent = delete_write(table, {{"p", "zzz"}});
  on_absent.condition = &present;
  on_absent.return_old_on_failure = true;
  EXPECT_EQ(database->apply(on_absent).error().detail, nullptr);
}

TEST_F(ItemWriterTest, ConditionsOfDeletesAndUpdatesSeeTheStoredItem) {
  must(database.put(table, {{"p", "a"}, {"x", 1}}));
  const Condition one = equals("x", 1), two = equals("x", 2);
  EXPECT_FALSE(database.update(table, {{"p", "a"}}, set("x", 3), &two));
  EXPECT_FALSE(database.erase(table, {{"p", "a"}}, &two));
  must(database.update(table, {{"p", "a"}}, set("x", 2), &one));
  must(database.erase(table, {{"p", "a"}}, &two));
  EXPECT_FALSE(get("a"));
}

TEST_F(ItemWriterTest, AnItemMayHave400KilobytesAndNotAByteMore) {
  must(database.put(table, sized("a", kItemBytesMax)));
  EXPECT_EQ(message_of(database.put(table, sized("b", kItemBytesMax + 1))),
            "Item size has exceeded the maximum allowed size");
  EXPECT_FALSE(get("b"));
  // "y", one character: the last two bytes of the limit.
  must(database.put(table, sized("c", kItemBytesMax - 2)));
  must(database.update(table, {{"p", "c"}}, set("y", "1")));
  EXPECT_EQ(message_of(database.update(table, {{"p", "c"}}, set("y", "12"))),
            "Item size to update has exceeded the maximum allowed size");
}

TEST_F(ItemWriterTest, AWrongIndexKeyIsRefusedByPutAndUpdate) {
  const std::string kMessage =
      "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
      "Actual: "
      "N IndexName: Gsi";
  EXPECT_EQ(message_of(database.put(table, {{"p", "a"}, {"g", 1}})), kMessage);
  EXPECT_EQ(message_of(database.update(table, {{"p", "a"}}, set("g", 1))), kMessage);
  EXPECT_FALSE(get("a"));
}

TEST_F(ItemWriterTest, TheTallyIsThatOfTheItems) {
  for (int round = 0; round < 2; ++round)  // The second changes nothing.
    for (int i = 0; i < 50; ++i)
      must(database.put(table, {{"p", "k" + std::to_string(100 + i)}, {"x", "12345"}}));
  EXPECT_EQ(database.tally(table).count, 50);
  EXPECT_EQ(database.tally(table).bytes, 50 * (1 + 4 + 1 + 5));
}

using TransactionTest = ItemWriterTest;

TEST_F(TransactionTest, WritesAllOfItsItems) {
  must(database.put(table, {{"p", "a"}, {"x", 1}}));
  must(database.put(table, {{"p", "gone"}}));
  const Update more = add("x", 1);
  const Condition present = exists("x");
  std::vector writes{put_write(table, {{"p", "b"}, {"g", "x"}}),
                     update_write(table, {{"p", "a"}}, more), delete_write(table, {{"p", "gone"}}),
                     delete_write(table, {{"p", "c"}})};
  writes[1].condition = &present;
  writes[1].return_old = true;
  const auto outcomes = must(database->apply(writes));
  ASSERT_EQ(outcomes.size(), 4u);
  EXPECT_EQ(to_item(outcomes[1].old_item.view()), (Item{{"p", "a"}, {"x", 1}}));
  EXPECT_EQ(outcomes[0].index_charges.size(), 1u);
  EXPECT_EQ(get("a"), (Item{{"p", "a"}, {"x", 2}}));
  EXPECT_TRUE(get("b"));
  EXPECT_FALSE(get("gone"));
  EXPECT_EQ(database.tally(table).count, 2);
}

TEST_F(TransactionTest, ReportsEveryFailedConditionAndWritesNothing) {
  must(database.put(table, {{"p", "a"}}));
  const Condition absent = not_exists("p"), present = exists("p");
  std::vector writes{put_write(table, {{"p", "a"}, {"x", 1}}), put_write(table, {{"p", "b"}}),
                     delete_write(table, {{"p", "c"}})};
  writes[0].condition = &absent;
  writes[0].return_old_on_failure = true;
  writes[2].condition = &present;
  writes[2].action = ConditionCheck{};
  const auto cancelled = database->apply(writes);
  ASSERT_EQ(cancelled.error().code, ErrorCode::kTransactionCanceled);
  EXPECT_EQ(cancelled.error().message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            "[ConditionalCheckFailed, None, ConditionalCheckFailed]");
  const auto& reasons = cancelled.error().detail->reasons;
  EXPECT_EQ(reasons[0].message, "The conditional request failed");
  EXPECT_EQ(to_item(ItemView::trusted(reasons[0].item)), (Item{{"p", "a"}}));
  EXPECT_EQ(reasons[1].message, "");
  EXPECT_TRUE(reasons[2].item.empty());
  EXPECT_FALSE(get("b"));
}

TEST_F(TransactionTest, StopsAtTheFirstImpossibleWrite) {
  must(database.put(table, {{"p", "a"}, {"x", "text"}}));
  const Condition absent = not_exists("p");
  const Update more = add("x", 1);
  std::vector writes{put_write(table, {{"p", "a"}}), put_write(table, {{"p", "b"}, {"g", 5}}),
                     put_write(table, {{"p", "c"}, {"g", 5}})};
  writes[0].condition = &absent;
  const auto cancelled = database->apply(writes);
  EXPECT_EQ(cancelled.error().message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "ValidationError, None]");
  EXPECT_EQ(cancelled.error().detail->reasons[1].message,
            "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
            "Actual: N IndexName: Gsi");

  const std::vector update{update_write(table, {{"p", "a"}}, more)};
  EXPECT_EQ(database->apply(update).error().detail->reasons[0].code, "ValidationError");
}

TEST_F(TransactionTest, AnItemThatIsTooLargeIsRefusedOutright) {
  const std::vector writes{put_write(table, {{"p", "a"}}),
                           put_write(table, sized("b", kItemBytesMax + 1))};
  const auto refused = database->apply(writes);
  EXPECT_EQ(refused.error().code, ErrorCode::kValidation);
  EXPECT_EQ(refused.error().message, "Item size has exceeded the maximum allowed size");
  EXPECT_FALSE(get("a"));
}

TEST_F(TransactionTest, NamesAnItemOnce) {
  const std::vector writes{put_write(table, {{"p", "a"}}), put_write(table, {{"p", "b"}}),
                           delete_write(table, {{"p", "a"}})};
  EXPECT_EQ(message_of(database->apply(writes)),
            "Transaction request cannot include multiple operations on one item");
  EXPECT_FALSE(get("b"));
}

TEST_F(TransactionTest, SpansTables) {
  const TablePtr other = database.create(definition("Other", key_schema({"p"})));
  const std::vector writes{put_write(table, {{"p", "a"}}), put_write(other, {{"p", "a"}})};
  must(database->apply(writes));
  EXPECT_TRUE(database.get(other, {{"p", "a"}}));
  EXPECT_EQ(database.tally(other).count, 1);
}

TEST_F(TransactionTest, OfNothingIsNothing) {
  EXPECT_TRUE(must(database->apply(std::span<const ItemWrite>{})).empty());
}

TEST_F(ItemWriterTest, MultiGetAnswersInOrderAndStopsWhenTold) {
  must(database.put(table, {{"p", "a"}, {"x", 1}}));
  must(database.put(table, {{"p", "b"}, {"x", 2}}));
  std::vector<EncodedKey> keys;
  for (const char* key : {"b", "none", "a"})
    keys.push_back(must(key_of_item(*table, encode_item({{"p", key}}).view())));
  std::vector<TableKey> wanted;
  for (const EncodedKey& key : keys) wanted.push_back({table.get(), &key});
  std::vector<std::string> seen;
  must(database->multi_get(wanted, [&](size_t index, const ItemView& item) {
    seen.push_back(std::to_string(index) +
                   (item.exists() ? item.find("x")->number().to_text() : "-"));
    return true;
  }));
  EXPECT_EQ(seen, (std::vector<std::string>{"02", "1-", "21"}));
  size_t calls = 0;
  must(database->multi_get(wanted, [&](size_t, const ItemView&) { return ++calls < 2; }));
  EXPECT_EQ(calls, 2u);
  must(database->multi_get({}, [&](size_t, const ItemView&) { return true; }));
}

}  // namespace
}  // namespace dynolith::test
