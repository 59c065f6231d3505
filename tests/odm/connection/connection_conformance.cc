#include "tests/odm/connection/connection_conformance.h"

#include "tests/storage/engine/fixture.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {

using storage::ProjectionType;
using test::global_index;
using test::item_from;
using test::key_schema;
using test::local_index;

void ConnectionConformance::SetUp() {
  connection_ = GetParam().make();
  auto songs = test::definition(
      "Songs", key_schema({"artist"}, {"title"}),
      {local_index("byYear", key_schema({"artist"}, {"year:N"}), ProjectionType::kKeysOnly),
       global_index("byGenre", key_schema({"genre"}, {"year:N"})),
       global_index("byLabel", key_schema({"label"}), ProjectionType::kKeysOnly),
       global_index("byPlace", key_schema({"country", "city"}, {"year:N", "title"}))});
  for (const auto& definition :
       {std::move(songs), test::definition("Users", key_schema({"id:N"}))}) {
    const auto created = connection_->create_table({definition});
    ASSERT_TRUE(created.ok()) << created.error().to_text();
  }
}

void ConnectionConformance::put(const std::string& table, std::string_view item) {
  const auto reply = connection_->put({.table = table, .item = item_from(item)});
  ASSERT_TRUE(reply.ok()) << reply.error().to_text();
}

std::string ConnectionConformance::get(const std::string& table, std::string_view key,
                                       ProjectionPtr projection) {
  std::string text = "not called";
  const auto reply = connection_->get(
      {.table = table, .key = item_from(key), .consistent = true, .projection = projection},
      [&](const ItemView& item) { text = item.exists() ? test::text_of(item) : "absent"; });
  EXPECT_TRUE(reply.ok()) << message_of(error_of(reply));
  return text;
}

std::string ConnectionConformance::refused(const Error* error, ErrorCode code) {
  if (error == nullptr) {
    ADD_FAILURE() << "no error";
    return {};
  }
  EXPECT_EQ(error->code, code) << error->to_text();
  return error->message;
}

ConnectionConformance::Page ConnectionConformance::read_page(const RangeRequest& request) {
  Page page;
  const auto reply = connection_->read_range(request, [&](const ItemView& item) {
    const auto title = item.find("title");
    page.titles.push_back(title ? std::string(title->text()) : test::text_of(item));
  });
  EXPECT_TRUE(reply.ok()) << message_of(error_of(reply));
  if (reply.ok()) page.reply = *reply;
  return page;
}

std::vector<std::string> ConnectionConformance::read_all(RangeRequest request) {
  constexpr int kPagesMax = 100;
  std::vector<std::string> titles;
  for (int pages = 0; pages < kPagesMax; ++pages) {
    Page page = read_page(request);
    titles.insert(titles.end(), page.titles.begin(), page.titles.end());
    if (!page.reply.last_evaluated_key.exists()) return titles;
    request.exclusive_start_key = std::move(page.reply.last_evaluated_key);
  }
  ADD_FAILURE() << "the pages do not end";
  return titles;
}

void ConnectionConformance::put_songs() {
  for (const auto* song :
       {R"({artist: "Nina", title: "Ain't", year: 1968, genre: "soul", label: "RCA"})",
        R"({artist: "Nina", title: "Feeling", year: 1965, genre: "jazz", label: "Philips"})",
        R"({artist: "Nina", title: "Sinnerman", year: 1966, genre: "jazz"})",
        R"({artist: "Miles", title: "Blue", year: 1959, genre: "jazz", country: "US", city: "NY"})",
        R"({artist: "Miles", title: "So What", year: 1960, country: "US", city: "NY"})"})
    put("Songs", song);
}

std::string message_of(const Error* error) { return error == nullptr ? "" : error->to_text(); }

}  // namespace dynolith::odm
