// Dynolith in process: a table with an index, writes with conditions, a query. Every step is
// checked, so that this program is a test of the installed package too. Run it twice on one
// directory: the second run finds the first one's data.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "storage/database.h"

namespace {

using namespace dynolith::storage;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "music: %s\n", what.c_str());
  std::exit(1);
}

void expect(bool condition, const char* what) {
  if (!condition) fail(what);
}

template <class T>
T must(Result<T> result) {
  if (!result) fail(result.error().message);
  return std::move(*result);
}

TableDefinition music_definition() {
  const KeyAttribute artist{"Artist"}, title{"Title"}, genre{"Genre"};
  TableDefinition music;
  music.name = "Music";
  music.billing_mode = BillingMode::kPayPerRequest;
  music.attribute_definitions = {artist, title, genre};
  music.key = {.partition = {artist}, .sort = {title}};
  IndexDefinition by_genre;
  by_genre.name = "ByGenre";
  by_genre.key = {.partition = {genre}, .sort = {title}};
  music.indexes = {by_genre};
  return music;
}

TablePtr find_or_create(Database& database) {
  if (auto found = database.find_table("Music")) return *found;
  return must(database.create_table(music_definition())).table;
}

ItemWrite put(const TablePtr& table, const Item& item) {
  EncodedItem encoded = encode_item(item);
  EncodedKey key = must(key_of_item(*table, encoded.view()));
  return {.table = table, .key = std::move(key), .action = Put{std::move(encoded)}};
}

// Adds one to the plays of a song that is there.
Update one_more_play() {
  UpdateOperand plays{DocumentPath{{"Plays"}}}, one{encode_value(1)};
  Update update;
  update.actions.push_back(
      SetAction{DocumentPath{{"Plays"}}, std::move(plays), Arithmetic::kAdd, std::move(one)});
  return update;
}

int64_t play(Database& database, const TablePtr& table, const Item& key) {
  const Update update = one_more_play();
  const Condition exists{AttributeExists{DocumentPath{{"Artist"}}}};
  EncodedItem key_item = encode_item(key);
  ItemWrite write{.table = table,
                  .key = must(key_of_key_parameter(*table, key_item.view())),
                  .key_item = std::move(key_item),
                  .action = UpdateWrite{&update},
                  .condition = &exists,
                  .return_new = true};
  const auto outcome = database.apply(write);
  if (!outcome) return -1;
  return *outcome->new_item.view().find("Plays")->number().to_int64();
}

uint32_t songs_of_genre(Database& database, const TablePtr& table, const char* genre) {
  const Index* index = table->find_index("ByGenre");
  const KeyCondition condition = must(bind_key_condition(
      index->definition.key, {{"Genre", KeyOperator::kEqual, encode_value(genre), {}}}));
  RangeRead read{.table = table, .index = index, .key_condition = &condition};
  return must(database.read_range(read,
                                  [](const ItemView& song) {
                                    const auto title = song.find("Title")->text();
                                    std::printf("  %.*s\n", static_cast<int>(title.size()),
                                                title.data());
                                  }))
      .count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) fail("usage: music DIRECTORY");
  std::filesystem::create_directories(argv[1]);
  const auto database = must(Database::open({.directory = argv[1]}));
  const TablePtr table = find_or_create(*database);

  const Item key{{"Artist", "Nina Simone"}, {"Title", "Sinnerman"}};
  int64_t plays = play(*database, table, key);
  if (plays < 0) {  // The first run: the song is not there yet.
    Item song = key;
    song["Genre"] = "Jazz";
    song["Plays"] = 0;
    must(database->apply(put(table, song)));
    plays = play(*database, table, key);
  }
  std::printf("Sinnerman was played %d times. Jazz:\n", static_cast<int>(plays));
  expect(plays >= 1, "the song was not played");
  expect(songs_of_genre(*database, table, "Jazz") == 1, "the index does not have the song");
  expect(must(database->describe_table("Music")).items.count == 1, "the table does not count it");

  const Condition absent{AttributeNotExists{DocumentPath{{"Artist"}}}};
  ItemWrite again = put(table, key);
  again.condition = &absent;
  const auto refused = database->apply(again);
  expect(!refused && refused.error().code == ErrorCode::kConditionalCheckFailed,
         "the condition should have failed");
  return 0;
}
