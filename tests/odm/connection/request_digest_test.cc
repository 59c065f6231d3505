#include "odm/connection/request_digest.h"

#include <gtest/gtest.h>

#include <set>

#include "storage/expression/condition.h"
#include "tests/odm/connection/trees.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace trees;
using test::item_from;

std::string digest(TransactAction action) {
  TransactWriteRequest request;
  request.token = "t";
  request.actions.push_back(std::move(action));
  return digest_of(request).sha256;
}

std::string digest_of_update(UpdatePtr update) {
  return digest(UpdateRequest{.table = "T", .key = item_from("{id: 1}"), .update = update});
}

std::string digest_of_check(storage::Condition condition) {
  return digest(CheckRequest{
      .table = "T", .key = item_from("{id: 1}"), .condition = shared(std::move(condition))});
}

TEST(RequestDigest, IsTheSameForTheSameRequest) {
  const auto make = [] {
    return digest(PutRequest{.table = "T",
                             .item = item_from("{id: 1, n: 2}"),
                             .condition = shared(both(not_exists("id"), equals("a", "1")))});
  };
  EXPECT_EQ(make(), make());
  EXPECT_EQ(make().size(), 32u);
}

TEST(RequestDigest, TellsRequestsApart) {
  using storage::Arithmetic;
  using storage::Between;
  std::vector<std::string> digests{
      digest(PutRequest{.table = "T", .item = item_from("{id: 1}")}),
      digest(PutRequest{.table = "U", .item = item_from("{id: 1}")}),
      digest(PutRequest{.table = "T", .item = item_from("{id: 2}")}),
      digest(DeleteRequest{.table = "T", .key = item_from("{id: 1}")}),
      digest(
          DeleteRequest{.table = "T", .key = item_from("{id: 1}"), .return_old_on_failure = true}),
      digest_of_check(exists("a")),
      digest_of_check(not_exists("a")),
      digest_of_check(exists("a.b")),
      digest_of_check(exists("a[0]")),
      digest_of_check(equals("a", "1")),
      digest_of_check(equals("a", "2")),
      digest_of_check(compare(at("a"), "<>", value("1"))),
      digest_of_check(compare(value("1"), "=", at("a"))),
      digest_of_check(compare(size_of("a"), "=", value("1"))),
      digest_of_check(negated(exists("a"))),
      digest_of_check(both(exists("a"), exists("b"))),
      digest_of_check(either(exists("a"), exists("b"))),
      digest_of_check({Between{at("a"), value("1"), value("2")}}),
      digest_of_check({storage::In{at("a"), {value("1"), value("2")}}}),
      digest_of_check({storage::BeginsWith{at("a"), value("\"x\"")}}),
      digest_of_check({storage::Contains{at("a"), value("\"x\"")}}),
      digest_of_check({storage::NotContains{at("a"), value("\"x\"")}}),
      digest_of_check({storage::AttributeTypeIs{at("a"), storage::AttributeType::kList}}),
      digest_of_update(update(set("a", "1"))),
      digest_of_update(update(set("a", "1"), set("b", "1"))),
      digest_of_update(update(set("a", read("b")))),
      digest_of_update(update(set_sum("a", read("b"), Arithmetic::kAdd, given("1")))),
      digest_of_update(update(set_sum("a", read("b"), Arithmetic::kSubtract, given("1")))),
      digest_of_update(update(set("a", if_not_exists("b", given("1"))))),
      digest_of_update(update(set("a", list_append(read("b"), given("[1]"))))),
      digest_of_update(update(remove("a"))),
      digest_of_update(update(add("a", "1"))),
      digest_of_update(update(add("a", "<1>"))),
      digest_of_update(update(erase("a", "<1>"))),
  };
  EXPECT_EQ(std::set<std::string>(digests.begin(), digests.end()).size(), digests.size());
}

TEST(RequestDigest, CountsWhatARequestBrings) {
  TransactWriteRequest request;
  request.actions.emplace_back(
      PutRequest{.table = "T", .item = item_from(R"({id: "abc", text: "0123456789"})")});
  EXPECT_EQ(digest_of(request).payload_bytes, 2u + 3u + 4u + 10u);
  EXPECT_EQ(digest_of(request).sha256, "");  // Nobody asks for it without a token.
}

}  // namespace
}  // namespace dynolith::odm
