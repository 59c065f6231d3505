// Which requests under one token are the same.
#include "api/request/request_digest.h"

#include "tests/api/json/parsed.h"

namespace dynolith::test {
namespace {

std::string digest(std::string_view text) {
  const Parsed parsed(R"({"request":)" + std::string(text) + "}");
  return api::digest_of(parsed["request"]);
}

TEST(RequestDigest, LooksPastTheOrderOfMembersAndPastNulls) {
  constexpr std::string_view kSame[] = {
      R"({"a":{"S":"x","N":"1"},"b":[{"c":true,"d":null},2]})",
      R"({"b":[{"c":true},2],"a":{"N":"1","S":"x"}})",
      R"( { "b" : [ {"d":null,"c" : true} , 2 ] , "z": null, "a":{"S":"\u0078","N":"1"}} )",
  };
  for (const auto text : kSame) EXPECT_EQ(digest(text), digest(kSame[0])) << text;
  EXPECT_EQ(digest(kSame[0]).size(), 16u);
}

TEST(RequestDigest, TellsEverythingElseApart) {
  constexpr std::string_view kDifferent[] = {
      R"({})",           R"({"a":"1"})",       R"({"a":1})",         R"({"a":12})",
      R"({"a":[1,2]})",  R"({"a":[2,1]})",     R"({"a":[12]})",      R"({"a":true})",
      R"({"a":"true"})", R"({"a":{"b":"1"}})", R"({"a":["b","1"]})", R"({"a":["b1"]})",
      R"({"ab":"1"})",   R"({"a":{}})",        R"({"a":[]})",        R"({"a":"","b":"1"})",
      R"({"a":[[]]})",   R"({"a":[[],[]]})",   R"({"a":1.5})",       R"({"b":"1"})",
  };
  std::map<std::string, std::string_view> seen;
  for (const auto text : kDifferent)
    EXPECT_TRUE(seen.emplace(digest(text), text).second) << text << " is " << seen[digest(text)];
}

}  // namespace
}  // namespace dynolith::test
