// Every connection: Query and Scan.
#include <algorithm>

#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace trees;
using Titles = std::vector<std::string>;

RangeRequest query(std::vector<storage::KeyClause> clauses, std::string index = {}) {
  return {.table = "Songs", .index = std::move(index), .key_clauses = std::move(clauses)};
}

Titles sorted(Titles titles) {
  std::sort(titles.begin(), titles.end());
  return titles;
}

TEST_P(ConnectionConformance, QueriesACollectionInBothDirections) {
  put_songs();
  RangeRequest request = query({clause("artist", "=", "\"Nina\"")});
  const Page page = read_page(request);
  EXPECT_EQ(page.titles, (Titles{"Ain't", "Feeling", "Sinnerman"}));
  EXPECT_EQ(page.reply.count, 3u);
  EXPECT_EQ(page.reply.scanned_count, 3u);
  EXPECT_FALSE(page.reply.last_evaluated_key.exists());
  request.forward = false;
  EXPECT_EQ(read_page(request).titles, (Titles{"Sinnerman", "Feeling", "Ain't"}));
  EXPECT_EQ(read_page(query({clause("artist", "=", "\"Nobody\"")})).titles, Titles{});
}

TEST_P(ConnectionConformance, QueriesWithEveryKeyOperator) {
  put_songs();
  const struct {
    storage::KeyClause sort;
    Titles titles;
  } kCases[] = {
      {clause("title", "=", "\"Feeling\""), {"Feeling"}},
      {clause("title", "<", "\"Feeling\""), {"Ain't"}},
      {clause("title", "<=", "\"Feeling\""), {"Ain't", "Feeling"}},
      {clause("title", ">", "\"Feeling\""), {"Sinnerman"}},
      {clause("title", ">=", "\"Feeling\""), {"Feeling", "Sinnerman"}},
      {clause("title", "between", "\"B\"", "\"G\""), {"Feeling"}},
      {clause("title", "begins_with", "\"Si\""), {"Sinnerman"}},
  };
  for (const auto& [sort, titles] : kCases) {
    RangeRequest request = query({clause("artist", "=", "\"Nina\""), sort});
    EXPECT_EQ(read_page(request).titles, titles);
    request.forward = false;
    EXPECT_EQ(read_page(request).titles, Titles(titles.rbegin(), titles.rend()));
  }
}

TEST_P(ConnectionConformance, GoesOnWhereAPageEnded) {
  put_songs();
  for (const bool forward : {true, false}) {
    Titles expected{"Ain't", "Feeling", "Sinnerman"};
    if (!forward) std::reverse(expected.begin(), expected.end());
    RangeRequest request = query({clause("artist", "=", "\"Nina\"")});
    request.forward = forward;
    request.limit = 2;
    const Page first = read_page(request);
    EXPECT_EQ(first.titles, (Titles{expected[0], expected[1]}));
    ASSERT_TRUE(first.reply.last_evaluated_key.exists());
    request.exclusive_start_key = first.reply.last_evaluated_key;
    EXPECT_EQ(read_page(request).titles, (Titles{expected[2]}));
    request.limit = 1;
    request.exclusive_start_key = {};
    EXPECT_EQ(read_all(request), expected);
  }
}

TEST_P(ConnectionConformance, QueriesALocalIndex) {
  put_songs();
  RangeRequest request = query({clause("artist", "=", "\"Nina\"")}, "byYear");
  request.consistent = true;
  EXPECT_EQ(read_page(request).titles, (Titles{"Feeling", "Sinnerman", "Ain't"}));
  request.forward = false;
  request.limit = 1;
  EXPECT_EQ(read_all(request), (Titles{"Ain't", "Sinnerman", "Feeling"}));
  request.forward = true;
  request.key_clauses.push_back(clause("year", ">", "1965"));
  EXPECT_EQ(read_all(request), (Titles{"Sinnerman", "Ain't"}));
}

TEST_P(ConnectionConformance, FetchesWhatALocalIndexLacks) {
  put_songs();
  RangeRequest request = query({clause("artist", "=", "\"Nina\"")}, "byYear");
  request.projection = only({"genre"});
  EXPECT_EQ(read_page(request).titles,
            (Titles{R"({genre: "jazz"})", R"({genre: "jazz"})", R"({genre: "soul"})"}));
  request.projection = {};
  request.filter = shared(equals("genre", "\"soul\""));
  const auto titles = read_page(request);
  EXPECT_EQ(titles.titles, (Titles{"Ain't"}));
  EXPECT_EQ(titles.reply.scanned_count, 3u);
}

TEST_P(ConnectionConformance, QueriesAGlobalIndex) {
  put_songs();
  RangeRequest request = query({clause("genre", "=", "\"jazz\"")}, "byGenre");
  EXPECT_EQ(read_page(request).titles, (Titles{"Blue", "Feeling", "Sinnerman"}));
  request.limit = 1;
  EXPECT_EQ(read_all(request), (Titles{"Blue", "Feeling", "Sinnerman"}));
  request.forward = false;
  EXPECT_EQ(read_all(request), (Titles{"Sinnerman", "Feeling", "Blue"}));
  request.limit = {};
  request.key_clauses.push_back(clause("year", "between", "1960", "1965"));
  EXPECT_EQ(read_page(request).titles, (Titles{"Feeling"}));
}

TEST_P(ConnectionConformance, QueriesAGlobalIndexOfKeysOnly) {
  put_songs();
  RangeRequest request = query({clause("label", "=", "\"RCA\"")}, "byLabel");
  std::string item;
  const auto reply =
      connection().read_range(request, [&](const ItemView& entry) { item = test::text_of(entry); });
  ASSERT_TRUE(reply.ok()) << message_of(error_of(reply));
  EXPECT_EQ(item, R"({artist: "Nina", label: "RCA", title: "Ain't"})");
  request.projection = only({"title"});
  EXPECT_EQ(read_page(request).titles, (Titles{"Ain't"}));
}

TEST_P(ConnectionConformance, QueriesAnIndexOfSeveralAttributes) {
  put_songs();
  RangeRequest request =
      query({clause("city", "=", "\"NY\""), clause("country", "=", "\"US\"")}, "byPlace");
  EXPECT_EQ(read_page(request).titles, (Titles{"Blue", "So What"}));
  request.limit = 1;
  EXPECT_EQ(read_all(request), (Titles{"Blue", "So What"}));
  request.forward = false;
  EXPECT_EQ(read_all(request), (Titles{"So What", "Blue"}));
  request.key_clauses.push_back(clause("year", "=", "1960"));
  request.key_clauses.push_back(clause("title", "begins_with", "\"So\""));
  EXPECT_EQ(read_all(request), (Titles{"So What"}));
}

TEST_P(ConnectionConformance, FiltersAfterReading) {
  put_songs();
  RangeRequest request = query({clause("artist", "=", "\"Nina\"")});
  request.filter = shared(compare(at("year"), ">", value("1965")));
  const Page page = read_page(request);
  EXPECT_EQ(page.titles, (Titles{"Ain't", "Sinnerman"}));
  EXPECT_EQ(page.reply.count, 2u);
  EXPECT_EQ(page.reply.scanned_count, 3u);
  request.limit = 2;  // Of evaluated items.
  EXPECT_EQ(read_page(request).titles, (Titles{"Ain't"}));
}

TEST_P(ConnectionConformance, ProjectsWhatItReads) {
  put_songs();
  RangeRequest request = query({clause("artist", "=", "\"Miles\"")});
  request.projection = only({"year"});
  EXPECT_EQ(read_page(request).titles, (Titles{"{year: 1959}", "{year: 1960}"}));
}

TEST_P(ConnectionConformance, CountsWithoutItems) {
  put_songs();
  RangeRequest request = query({clause("artist", "=", "\"Nina\"")});
  request.count_only = true;
  request.filter = shared(exists("label"));
  const Page page = read_page(request);
  EXPECT_EQ(page.titles, Titles{});
  EXPECT_EQ(page.reply.count, 2u);
  EXPECT_EQ(page.reply.scanned_count, 3u);
}

TEST_P(ConnectionConformance, ScansEverything) {
  put_songs();
  const Titles all{"Ain't", "Blue", "Feeling", "Sinnerman", "So What"};
  RangeRequest request{.table = "Songs", .consistent = true};
  EXPECT_EQ(sorted(read_page(request).titles), all);
  request.limit = 1;
  EXPECT_EQ(sorted(read_all(request)), all);
  request.filter = shared(exists("country"));
  EXPECT_EQ(sorted(read_all(request)), (Titles{"Blue", "So What"}));
}

TEST_P(ConnectionConformance, ScansAnIndex) {
  put_songs();
  RangeRequest request{.table = "Songs", .index = "byLabel"};
  EXPECT_EQ(sorted(read_all(request)), (Titles{"Ain't", "Feeling"}));
  request.index = "byYear";
  request.limit = 2;
  EXPECT_EQ(read_all(request).size(), 5u);
}

TEST_P(ConnectionConformance, ScansInSegments) {
  constexpr uint32_t kSegments = 4;
  Titles all, found;
  for (int i = 0; i < 20; ++i) {
    const std::string id = std::to_string(i);
    put("Users", "{id: " + id + ", title: \"" + id + "\"}");
    all.push_back(id);
  }
  for (uint32_t segment = 0; segment < kSegments; ++segment) {
    RangeRequest request{.table = "Users", .segment = storage::ScanSegment{segment, kSegments}};
    request.limit = 2;
    const Titles titles = read_all(request);
    EXPECT_LT(titles.size(), all.size());
    found.insert(found.end(), titles.begin(), titles.end());
  }
  EXPECT_EQ(sorted(found), sorted(all));
}

TEST_P(ConnectionConformance, RefusesKeyConditionsThatDoNotFit) {
  const struct {
    RangeRequest request;
    const char* message;
  } kCases[] = {
      {query({clause("title", "=", "\"x\"")}), "Query condition missed key schema element: artist"},
      {query({clause("artist", ">", "\"x\"")}), "Query key condition not supported"},
      {query({clause("artist", "=", "5")}),
       "One or more parameter values were invalid: Condition parameter type does not match schema "
       "type"},
      {query({clause("artist", "=", "\"x\""), clause("title", "between", "\"b\"", "\"a\"")}),
       "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater "
       "than or equal to lower bound; lower bound operand: AttributeValue: {S:b}, upper bound "
       "operand: AttributeValue: {S:a}"},
      {query({clause("artist", "=", "\"x\""), clause("artist", "=", "\"y\"")}),
       "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition "
       "per key"},
      {query({clause("country", "=", "\"US\"")}, "byPlace"),
       "HASH key attributes city must have equality conditions specified in the query"},
  };
  for (const auto& [request, message] : kCases) {
    const auto reply = connection().read_range(request, [](const ItemView&) {});
    EXPECT_EQ(refused(error_of(reply), ErrorCode::kBadRequest), message);
  }
}

TEST_P(ConnectionConformance, RefusesReadsThatMakeNoSense) {
  const auto nina = query({clause("artist", "=", "\"Nina\"")});
  std::vector<std::pair<RangeRequest, std::string>> cases;
  const auto add = [&](const RangeRequest& from, auto change, std::string message) {
    RangeRequest request = from;
    change(request);
    cases.emplace_back(std::move(request), std::move(message));
  };
  add(
      nina, [](auto& r) { r.index = "nothing"; },
      "The table does not have the specified index: nothing");
  add(
      nina, [](auto& r) { r.filter = shared(equals("title", "\"x\"")); },
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
      "title");
  add(
      query({clause("genre", "=", "\"x\"")}, "byGenre"), [](auto& r) { r.consistent = true; },
      "Consistent reads are not supported on global secondary indexes");
  add(
      query({clause("label", "=", "\"x\"")}, "byLabel"),
      [](auto& r) { r.projection = only({"year"}); },
      "One or more parameter values were invalid: Global secondary index byLabel does not project "
      "[year]");
  add(
      query({clause("label", "=", "\"x\"")}, "byLabel"),
      [](auto& r) { r.filter = shared(exists("year")); },
      "One or more parameter values were invalid: Secondary index byLabel does not project one or "
      "more filter attributes: [year]");
  add(
      nina,
      [](auto& r) {
        r.projection = only({"a.b", "a"});
      },
      "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or "
      "rewrite one of these paths; path one: [a, b], path two: [a]");
  add(
      nina, [](auto& r) { r.filter = shared(exists("genre.x")); },
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
      "IndexKey: genre");
  add(
      nina, [](auto& r) { r.exclusive_start_key = test::item_from("{x: 1}"); },
      "The provided starting key is invalid");
  add(
      {.table = "Songs"},
      [](auto& r) {
        r.segment = storage::ScanSegment{4, 4};
      },
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: "
      "4 is not less than TotalSegments: 4");
  add(
      {.table = "Songs"},
      [](auto& r) {
        r.segment = storage::ScanSegment{0, 1'000'001};
      },
      "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy "
      "constraint: Member must have value less than or equal to 1000000");
  add(
      {.table = "Songs"}, [](auto& r) { r.limit = 0; },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must "
      "have value greater than or equal to 1");
  for (const auto& [request, message] : cases) {
    const auto reply = connection().read_range(request, [](const ItemView&) {});
    EXPECT_EQ(refused(error_of(reply), ErrorCode::kBadRequest), message);
  }
}

}  // namespace
}  // namespace dynolith::odm
