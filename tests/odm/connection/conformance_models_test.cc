// Every connection: what the mapper makes of it, where the service has to understand it too.
#include <gmock/gmock.h>

#include "odm/dynamic/dynamic_change.h"
#include "odm/dynamic/dynamic_entity.h"
#include "odm/entity.h"
#include "odm/transaction.h"
#include "storage/engine/table_update.h"
#include "tests/odm/connection/connection_conformance.h"

namespace dynolith::odm {
namespace {

struct Press {
  std::string label, city;
  int copies = 0;
};
struct Album {
  std::string artist, title;
  Press press;
  std::vector<std::string> tracks;
  std::map<std::string, int> votes;
  std::optional<std::string> note;
};
struct Single {
  std::string artist, title;
};

}  // namespace

template <>
struct Model<Press> {
  static void define(Definition<Press>& press) {
    press.attribute("label", &Press::label, required())
        .attribute("city", &Press::city, required())
        .attribute("copies", &Press::copies);
  }
};
template <>
struct Model<Album> {
  using key = Key<&Album::artist, &Album::title>;
  static void define(Definition<Album>& album) {
    album.entity("Album")
        .partition_key("artist", &Album::artist)
        .sort_key("title", &Album::title)
        .attribute("press", &Album::press, required())
        .attribute("tracks", &Album::tracks)
        .attribute("votes", &Album::votes)
        .attribute("note", &Album::note);
  }
};
template <>
struct Model<Single> {
  using key = Key<&Single::artist, &Single::title>;
  static void define(Definition<Single>& single) {
    single.entity("Single")
        .partition_key("artist", &Single::artist)
        .sort_key("title", &Single::title);
  }
};

namespace {

using testing::ElementsAre;

const Album kBlue{"Nina", "Blue", {"RCA", "New York", 500}, {"a", "b", "c"}, {{"de", 3}}, {}};

TEST_P(ConnectionConformance, ModelsAreReadInPart) {
  const Table table(shared_connection(), "Songs");
  const auto albums = table.entity<Album>();
  const auto put = albums.put(kBlue);
  ASSERT_TRUE(put.ok()) << put.error().to_text();
  const auto city = f(&Album::press) / &Press::city;
  const auto track = f(&Album::tracks)[1];
  const auto vote = f(&Album::votes)["de"];
  const auto some = albums.only(city, track, vote);

  std::vector<Album> all;
  const auto add = [&](auto result) {
    ASSERT_TRUE(result.ok()) << result.error().to_text();
    for (const Album& album : *result) all.push_back(album);
  };
  const auto add_one = [&](const Result<std::optional<Album>>& result) {
    ASSERT_TRUE(result.ok()) << result.error().to_text();
    all.push_back(result->value());
  };
  add_one(some.get("Nina", "Blue"));
  add_one(some.get_with({.consistent = true}, "Nina", "Blue"));
  const auto many = some.get_many({{"Nina", "Blue"}});
  ASSERT_TRUE(many.ok()) << many.error().to_text();
  all.push_back(many->at(0).value());
  const auto read = table.read().get(some, "Nina", "Blue").exec();
  ASSERT_TRUE(read.ok()) << read.error().to_text();
  all.push_back(read->get<Album>(0).value());
  add(albums.query("Nina").only(city, track, vote).all());
  add(albums.find().where(f(&Album::artist) == "Nina").only(city, track, vote).all());
  add(albums.scan().only(city, track, vote).all());

  ASSERT_EQ(all.size(), 7u);
  for (const Album& album : all) {
    EXPECT_EQ(album.title, "Blue");
    EXPECT_EQ(album.press.city, "New York");
    EXPECT_EQ(album.press.label, "");
    EXPECT_EQ(album.press.copies, 0);
    EXPECT_THAT(album.tracks, ElementsAre("b"));
    EXPECT_EQ(album.votes.at("de"), 3);
  }
}

TEST_P(ConnectionConformance, WritesLeaveOtherEntitiesItemsAlone) {
  const Table table(shared_connection(), "Songs");
  const auto albums = table.entity<Album>();
  const auto singles = table.entity<Single>();
  ASSERT_TRUE(singles.create({"Nina", "Blue"}).ok());
  Album noted = kBlue;
  noted.note = "x";
  const auto code = [](const auto& result) {
    return result.ok() ? std::string("done") : std::string(to_text(result.error().code));
  };
  EXPECT_EQ(code(albums.put(kBlue)), "other_entity");
  EXPECT_EQ(code(albums.save(kBlue, noted)), "other_entity");
  EXPECT_EQ(code(albums.update("Nina", "Blue").set(&Album::note, "x").exec()), "other_entity");
  EXPECT_EQ(code(albums.upsert("Nina", "Blue").set(&Album::press, kBlue.press).exec()),
            "other_entity");
  EXPECT_EQ(code(albums.remove("Nina", "Blue")), "other_entity");
  EXPECT_EQ(code(albums.create(kBlue)), "already_exists");
  const auto together = table.transact().remove<Album>("Nina", "Blue").exec();
  ASSERT_FALSE(together.ok());
  EXPECT_EQ(to_text(together.error().operations.at(0).code), "other_entity");
  EXPECT_TRUE(singles.get("Nina", "Blue").value().has_value());

  EXPECT_EQ(code(singles.put({"Nina", "Blue"})), "done");
  EXPECT_TRUE(singles.remove("Nina", "Blue").value());
  EXPECT_EQ(code(albums.put(kBlue)), "done");
}

TEST_P(ConnectionConformance, DynamicItemsAreReadInPartAndTellTheirChanges) {
  storage::TableUpdate update{.name = "Users"};
  update.stream = storage::StreamChange{storage::StreamViewType::kNewAndOldImages};
  ASSERT_TRUE(connection().update_table({update}).ok());
  const DynamicSchema schema =
      DynamicDefinition("Person")
          .entity("Person")
          .partition_key<int>("id")
          .attribute("home",
                     DynamicType::document_of(DynamicDefinition("Place")
                                                  .attribute<std::string>("city", required())
                                                  .attribute<int>("zip")
                                                  .build()
                                                  .value()))
          .build()
          .value();
  const Table table(shared_connection(), "Users");
  const DynamicEntity people = table.dynamic(schema);
  const Map ann{{"id", 1}, {"home", Map{{"city", "Bern"}, {"zip", 3000}}}};
  ASSERT_TRUE(people.create(ann).ok());
  ASSERT_TRUE(people.update({1}).set("home.zip", 3001).exec().ok());
  const auto part = people.only("home.zip").get({1});
  ASSERT_TRUE(part.ok()) << part.error().to_text();
  EXPECT_EQ(**part, (Map{{"id", 1}, {"home", Map{{"zip", 3001}}}}));
  EXPECT_EQ(people.scan().only("home.zip").all()->items.at(0), **part);
  ASSERT_TRUE(people.remove({1}).ok());

  DynamicChangeStream changes(table, {schema});
  std::vector<std::string> told;
  for (int pages = 0; pages < 100; ++pages) {
    const auto page = changes.next([&](const DynamicChange& change) {
      told.push_back(std::string(to_text(change.kind)) + " " + change.model);
      EXPECT_EQ((change.after ? change.after : change.before)->at("id"), Value(1));
    });
    ASSERT_TRUE(page.ok()) << page.error().to_text();
    if (page->at_end) break;
  }
  EXPECT_THAT(told, ElementsAre("insert Person", "modify Person", "remove Person"));
}

}  // namespace
}  // namespace dynolith::odm
