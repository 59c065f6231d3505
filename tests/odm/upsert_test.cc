// Upserts of models whose items are nothing but their keys and what was given.
#include "odm/transaction.h"
#include "tests/odm/entity_fixture.h"

namespace dynolith::odm {
namespace {

using UpsertTest = test::EntityTest;

TEST_F(UpsertTest, OfKeysThatAreMembers) {
  const auto made = books().upsert(3, "x").set(&test::Counted::title, "T").exec();
  ASSERT_TRUE(made.ok()) << made.error().to_text();
  EXPECT_EQ(made->shelf, 3);
  EXPECT_EQ(made->book, "x");
  EXPECT_EQ(made->title, "T");
}

// The service makes no item of an update that only removes; upserts do.
TEST_F(UpsertTest, ThatOnlyRemovesMakesTheItem) {
  const auto cleared = [this](const std::string& book) {
    return books().upsert(3, book).remove(&test::Counted::title);
  };
  const auto made = cleared("x").exec();
  ASSERT_TRUE(made.ok()) << made.error().to_text();
  EXPECT_EQ(made->book, "x");
  EXPECT_EQ(made->title, std::nullopt);
  EXPECT_TRUE(books().get(3, "x").value().has_value());

  ASSERT_TRUE(books().put({3, "x", "T"}).ok());
  EXPECT_EQ(cleared("x").exec_old().value()->title, "T");
  EXPECT_EQ(books().must_get(3, "x")->title, std::nullopt);
  EXPECT_FALSE(cleared("y").exec_old().value().has_value());
  EXPECT_TRUE(books().get(3, "y").value().has_value());

  const Table shelves(connection_, "shelves");
  ASSERT_TRUE(shelves.transact().update(cleared("z")).update(cleared("x")).exec().ok());
  EXPECT_TRUE(books().get(3, "z").value().has_value());
  EXPECT_EQ(cleared("v").when(exists(&test::Counted::title)).exec().error().code,
            ErrorCode::kConditionFailed);
  EXPECT_EQ(books().update(3, "v").remove(&test::Counted::title).exec().error().code,
            ErrorCode::kNotFound);
  const auto shown = cleared("v").request();
  ASSERT_TRUE(shown.ok()) << shown.error().to_text();
  EXPECT_NE(to_wire(*shown).body.find("\"Put\""), std::string::npos);
  EXPECT_FALSE(books().get(3, "v").value().has_value());
}

}  // namespace
}  // namespace dynolith::odm
