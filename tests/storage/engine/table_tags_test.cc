#include "storage/engine/table_tags.h"

#include "storage/limits.h"
#include "tests/storage/engine/fixture.h"
#include "tests/support/temp_dir.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

std::vector<std::string> texts(const std::vector<Tag>& tags) {
  std::vector<std::string> texts;
  for (const Tag& tag : tags) texts.push_back(tag.key + "=" + tag.value);
  return texts;
}

TEST(TableTags, ReplaceThoseOfTheSameKeyAndAreSorted) {
  std::vector<Tag> tags;
  must(add_tags(tags, std::vector<Tag>{{"b", "1"}, {"a", "2"}}));
  must(add_tags(tags, std::vector<Tag>{{"b", "3"}, {"c", ""}}));
  EXPECT_EQ(texts(tags), (std::vector<std::string>{"a=2", "b=3", "c="}));
  remove_tags(tags, std::vector<std::string>{"a", "absent"});
  EXPECT_EQ(texts(tags), (std::vector<std::string>{"b=3", "c="}));
}

TEST(TableTags, AreCountedTogetherWithThoseThatAreThere) {
  std::vector<Tag> tags, more;
  for (size_t i = 0; i < kTagsMax - 1; ++i) tags.push_back({"old" + std::to_string(i), ""});
  more.push_back({"old0", "changed"});
  more.push_back({"new1", ""});
  must(add_tags(tags, more));
  EXPECT_EQ(tags.size(), kTagsMax);
  EXPECT_EQ(message_of(add_tags(tags, std::vector<Tag>{{"new2", ""}})),
            "One or more parameter values were invalid: Too many tags: a table has at most 50");
}

TEST(TableTags, SurviveARestartAndFailedChangesLeaveThem) {
  TempDir directory;
  TestDatabase database(directory.path());
  database.create(definition("Music", key_schema({"p"})));
  must(database->tag_table("Music", std::vector<Tag>{{"team", "jazz"}}));
  std::vector<Tag> many;
  for (size_t i = 0; i < kTagsMax; ++i) many.push_back({"key" + std::to_string(i), ""});
  EXPECT_EQ(database->tag_table("Music", many).error().code, ErrorCode::kValidation);
  database.open(directory.path());
  EXPECT_EQ(texts(database.table("Music")->definition.tags), std::vector<std::string>{"team=jazz"});
  must(database->untag_table("Music", std::vector<std::string>{"team"}));
  EXPECT_TRUE(database.table("Music")->definition.tags.empty());
  EXPECT_EQ(database->tag_table("Nope", many).error().code, ErrorCode::kResourceNotFound);
}

}  // namespace
}  // namespace dynolith::test
