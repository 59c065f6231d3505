// Updates of items that older versions of a model wrote.
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "odm/connection/embedded_connection.h"
#include "odm/observer.h"
#include "odm/odm.h"

namespace dynolith::odm {
namespace {

struct Letter {
  std::string id, text;
  int64_t stars = 0;
};

}  // namespace

template <>
struct Model<Letter> {
  using key = Key<&Letter::id>;
  static void define(Definition<Letter>& letter) {
    letter.partition_key("id", &Letter::id)
        .attribute("text", &Letter::text)
        .attribute("stars", &Letter::stars)
        .schema_version(2)
        .upgrade(0, [](Map& item) { item["text"] = item["body"]; })
        .upgrade(1, [](Map& item) { item["stars"] = Value(int64_t{5}); });
  }
};

namespace {

class Upgrades : public testing::Test {
 protected:
  Upgrades() { ensure_table<Letter>(table_).value(); }
  void store(Map item) { table_.connection().put({"letters", storage::encode_item(item)}).value(); }
  Map stored(const std::string& id) {
    Map item;
    const GetRequest request{"letters", storage::encode_item({{"id", id}})};
    table_.connection()
        .get(request, [&](const ItemView& view) { item = storage::to_item(view); })
        .value();
    return item;
  }

  Table table_{open_embedded({}).value(), "letters"};
  Entity<Letter> letters_ = table_.entity<Letter>();
};

TEST_F(Upgrades, AnUpdateOfAnOldItemIsNotUndoneByItsUpgrades) {
  store({{"id", "1"}, {"body", "old"}});
  const Letter changed = letters_.update("1").set(&Letter::text, "new").exec().value();
  EXPECT_EQ(changed.text, "new");
  EXPECT_EQ(changed.stars, 5);
  EXPECT_EQ(letters_.must_get("1")->text, "new");
  EXPECT_EQ(stored("1").at("_v"), Value(2));
}

TEST_F(Upgrades, AnUpdateSeesWhatTheUpgradeMakes) {
  store({{"id", "1"}, {"text", "a"}, {"_v", 1}});
  EXPECT_EQ(letters_.update("1").add(&Letter::stars, 1).exec()->stars, 6);
}

TEST_F(Upgrades, ConditionsStillHold) {
  store({{"id", "1"}, {"text", "a"}, {"_v", 1}});
  const auto refused =
      letters_.update("1").set(&Letter::stars, 1).when(f(&Letter::text) == "b").exec();
  EXPECT_EQ(refused.error().code, ErrorCode::kConditionFailed);
  EXPECT_EQ(stored("1").at("_v"), Value(1));
  EXPECT_EQ(letters_.update("2").set(&Letter::stars, 1).exec().error().code, ErrorCode::kNotFound);
}

// A table in which somebody else writes right after the first write that failed.
class UpgradesMeanwhile : public Upgrades {
 protected:
  void meanwhile(std::function<void()> write) { other_ = std::move(write); }

  std::function<void()> other_;
  Table disturbed_{observe(table_.core()->connection,
                           [this](const CallEvent& event) {
                             if (event.error == nullptr || !other_) return;
                             std::exchange(other_, {})();
                           }),
                   "letters"};
  Entity<Letter> others_letters_ = disturbed_.entity<Letter>();
};

TEST_F(UpgradesMeanwhile, WhatOlderProgramsWriteIsKept) {
  store({{"id", "1"}, {"body", "old"}});
  meanwhile([this] { store({{"id", "1"}, {"body", "newer"}}); });
  ASSERT_TRUE(others_letters_.update("1").set(&Letter::stars, 1).exec().ok());
  EXPECT_EQ(letters_.must_get("1")->text, "newer");
  EXPECT_EQ(letters_.must_get("1")->stars, 1);
}

TEST_F(UpgradesMeanwhile, AnItemThatSomebodyElseUpgradesIsUpdated) {
  store({{"id", "1"}, {"text", "a"}, {"_v", 1}});
  meanwhile([this] { letters_.update("1").add(&Letter::stars, 1).exec().value(); });
  const auto changed = others_letters_.update("1").add(&Letter::stars, 1).exec();
  ASSERT_TRUE(changed.ok()) << changed.error().to_text();
  EXPECT_EQ(changed->stars, 7);
}

TEST_F(UpgradesMeanwhile, SavesToo) {
  store({{"id", "1"}, {"text", "a"}, {"_v", 1}});
  const Letter before = letters_.must_get("1").value();
  Letter after = before;
  after.text = "b";
  meanwhile([this] { letters_.update("1").add(&Letter::stars, 1).exec().value(); });
  const auto saved = others_letters_.save(before, after);
  ASSERT_TRUE(saved.ok()) << saved.error().to_text();
  EXPECT_EQ(saved->text, "b");
  EXPECT_EQ(saved->stars, 6);
}

TEST_F(Upgrades, UpsertsUpgradeToo) {
  store({{"id", "1"}, {"body", "old"}});
  EXPECT_EQ(letters_.upsert("1").set(&Letter::stars, 1).exec()->text, "old");
  const Letter fresh = letters_.upsert("2").set(&Letter::text, "t").exec().value();
  EXPECT_EQ(fresh.stars, 0);
  EXPECT_EQ(stored("2").at("_v"), Value(2));
}

}  // namespace
}  // namespace dynolith::odm
