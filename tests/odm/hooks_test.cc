// Hooks of models: which operations call them, with which object, and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/dynamic/dynamic_entity.h"
#include "odm/transaction.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm {
namespace {

struct Article {
  std::string site, path, text;
  int64_t version = 0;
};

std::vector<std::string> g_seen;

}  // namespace

template <>
struct Model<Article> {
  using key = Key<&Article::site, &Article::path>;
  static void define(Definition<Article>& article) {
    article.entity("Article")
        .partition_key("pk", "S#{site}")
        .sort_key("sk", "P#{path}")
        .attribute("site", &Article::site)
        .attribute("path", &Article::path)
        .attribute("text", &Article::text, odm::lower())
        .version("v", &Article::version)
        .before_write([](std::string_view operation, Article& page) -> Result<void> {
          g_seen.push_back("before " + std::string(operation) + " " + page.text);
          if (page.text == "refuse") return make_error(ErrorCode::kInvalid, "refused");
          return {};
        })
        .after_write([](std::string_view operation, const Article& page) {
          g_seen.push_back("after " + std::string(operation) + " " + page.text + " " +
                           std::to_string(page.version));
        })
        .after_write([](std::string_view, const Article&) { g_seen.push_back("second"); })
        .after_read([](Article& page) { page.text += "!"; });
  }
};

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class HooksTest : public test::EntityTest {
 protected:
  HooksTest() { g_seen.clear(); }
  Entity<Article> pages() const { return app().entity<Article>(); }
  static std::vector<std::string> seen() { return std::exchange(g_seen, {}); }
};

TEST_F(HooksTest, FollowEveryWriteOfAnObject) {
  // After it was written, the object is as a read gives it: with getters and after_read.
  const Article created = pages().create({"s", "p", "One"}).value();
  EXPECT_THAT(seen(), ElementsAre("before create One", "after create one! 1", "second"));
  Article changed = created;
  changed.text = "two";
  const Article saved = pages().save(created, changed).value();
  EXPECT_THAT(seen(), ElementsAre("before save two", "after save two! 2", "second"));
  EXPECT_TRUE(pages().put({"s", "p", "three", 7}).ok());
  EXPECT_THAT(seen(), ElementsAre("before put three", "after put three! 8", "second"));
  EXPECT_TRUE(pages().modify([](Article& page) { page.text = "four"; }, "s", "p").ok());
  EXPECT_THAT(seen(), ElementsAre("before save four", "after save four! 9", "second"));
}

TEST_F(HooksTest, FollowBatchesAndTransactions) {
  EXPECT_TRUE(pages().put_many({{"s", "a", "A"}, {"s", "b", "B"}}).ok());
  EXPECT_THAT(seen(),
              testing::UnorderedElementsAre("before put A", "before put B", "after put a! 1",
                                            "second", "after put b! 1", "second"));
  EXPECT_TRUE(
      app().transact().create(Article{"s", "c", "C"}).put(Article{"s", "d", "D"}).exec().ok());
  EXPECT_THAT(seen(), ElementsAre("before create C", "before put D", "after create c! 1", "second",
                                  "after put d! 1", "second"));
}

TEST_F(HooksTest, NothingFollowsWhatWasNotWritten) {
  EXPECT_EQ(pages().create({"s", "p", "refuse"}).error().message, "refused");
  EXPECT_THAT(seen(), ElementsAre("before create refuse"));
  const Article page = pages().create({"s", "p", "x"}).value();
  seen();
  EXPECT_EQ(pages().create({"s", "p", "x"}).error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(seen(), ElementsAre("before create x"));
  EXPECT_EQ(pages().put({"s", "p", "y"}, f(&Article::text) == "z").error().code,
            ErrorCode::kConditionFailed);
  EXPECT_THAT(seen(), ElementsAre("before put y"));
  EXPECT_TRUE(pages().save(page, page).ok());  // Nothing differs.
  EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(HooksTest, UpdatesReadsAndRemovalsCallNone) {
  EXPECT_TRUE(pages().create({"s", "p", "x"}).ok());
  seen();
  EXPECT_EQ(pages().update("s", "p").set(&Article::text, "y").exec().value().text, "y!");
  EXPECT_TRUE(pages().upsert("s", "q").set(&Article::text, "y").exec().ok());
  EXPECT_TRUE(pages().get("s", "p").value().has_value());
  EXPECT_TRUE(pages().remove("s", "p").value());
  EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(HooksTest, OfDynamicSchemas) {
  std::vector<std::string> called;
  const DynamicSchema schema =
      DynamicDefinition("Article")
          .entity("Article")
          .partition_key("pk", "S#{path}")
          .sort_key("sk", "P")
          .attribute("path", DynamicType::string())
          .attribute("text", DynamicType::string())
          .after_write([&called](std::string_view operation, const Map& page) {
            called.push_back(std::string(operation) + " " + *page.at("text").get_if<std::string>());
          })
          .build()
          .value();
  const DynamicEntity entity = app().dynamic(schema);
  const Map page = entity.create({{"path", "p"}, {"text", "a"}}).value();
  Map changed = page;
  changed["text"] = Value("b");
  EXPECT_TRUE(entity.save(page, changed).ok());
  EXPECT_TRUE(entity.put({{"path", "p"}, {"text", "c"}}).ok());
  EXPECT_TRUE(entity.update({"p"}).set("text", "d").exec().ok());
  EXPECT_THAT(called, ElementsAre("create a", "save b", "put c"));
}

}  // namespace
}  // namespace dynolith::odm
