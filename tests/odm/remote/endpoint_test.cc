#include "odm/remote/endpoint.h"

#include <gtest/gtest.h>

#include "tests/odm/remote/fakes.h"

namespace dynolith::odm {
namespace {

struct Case {
  std::string region, endpoint;  // Of the options.
  std::map<std::string, std::string> variables;
  std::string config;
  std::string expected;  // "region tables streams", or the beginning of an error.
};

std::string resolved(const Case& given) {
  test::FakeSystem system;
  system.variables = given.variables;
  system.variables["HOME"] = "/home/me";
  system.files["/home/me/.aws/config"] = given.config;
  RemoteOptions options;
  options.region = given.region;
  options.endpoint = given.endpoint;
  const auto found = resolve_endpoints(options, system, Profile::load(system, ""));
  if (!found) {
    EXPECT_EQ(found.error().code, ErrorCode::kBadRequest);
    return found.error().message;
  }
  return found->region + " " + found->tables.to_text() + " " + found->streams.to_text();
}

TEST(Endpoint, IsFoundWhereTheSdksFindIt) {
  const std::string aws =
      "eu-central-1 https://dynamodb.eu-central-1.amazonaws.com "
      "https://streams.dynamodb.eu-central-1.amazonaws.com";
  const std::string profile = "[default]\nregion = eu-central-1\nendpoint_url = http://profile:1\n";
  const std::string services =
      "[profile work]\nregion=us-west-2\nservices = mine\nendpoint_url = http://profile:1\n"
      "[services mine]\ns3 =\n  endpoint_url = http://s3:1\ndynamodb = \n"
      "  endpoint_url = http://nested:1 # why not\n";
  const Case cases[] = {
      {"eu-central-1", "", {}, "", aws},
      {"", "", {{"AWS_REGION", "eu-central-1"}, {"AWS_DEFAULT_REGION", "us-east-1"}}, "", aws},
      {"", "", {{"AWS_DEFAULT_REGION", "eu-central-1"}}, "[default]\nregion=us-east-1", aws},
      {"", "", {}, "[default]\nregion = eu-central-1\n", aws},
      {"",
       "",
       {{"AWS_PROFILE", "work"}},
       "[default]\nregion=x\n[profile work]\nregion=eu-central-1",
       aws},
      {"cn-north-1",
       "",
       {},
       "",
       "cn-north-1 https://dynamodb.cn-north-1.amazonaws.com.cn "
       "https://streams.dynamodb.cn-north-1.amazonaws.com.cn"},
      {"us-gov-west-1",
       "",
       {},
       "",
       "us-gov-west-1 https://dynamodb.us-gov-west-1.amazonaws.com "
       "https://streams.dynamodb.us-gov-west-1.amazonaws.com"},
      {"r",
       "http://localhost:8000",
       {{"AWS_ENDPOINT_URL", "http://other:1"}},
       profile,
       "r http://localhost:8000 http://localhost:8000"},
      {"r", "https://[::1]:8443/db", {}, "", "r https://[::1]:8443/db https://[::1]:8443/db"},
      {"",
       "",
       {{"AWS_ENDPOINT_URL", "http://a:1"}, {"AWS_ENDPOINT_URL_DYNAMODB", "http://b:2"}},
       profile,
       "eu-central-1 http://b:2 http://b:2"},
      {"", "", {{"AWS_ENDPOINT_URL", "http://a:1"}}, profile, "eu-central-1 http://a:1 http://a:1"},
      {"", "", {}, profile, "eu-central-1 http://profile:1 http://profile:1"},
      {"",
       "",
       {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}, {"AWS_ENDPOINT_URL", "http://a:1"}},
       profile,
       aws},
      {"", "", {{"AWS_PROFILE", "work"}}, services, "us-west-2 http://nested:1 http://nested:1"},
  };
  for (const Case& given : cases) EXPECT_EQ(resolved(given), given.expected);
}

TEST(Endpoint, RefusesWhatIsNone) {
  const Case cases[] = {
      {"", "", {}, "", "no region: "},
      {"", "http://localhost:8000", {}, "", "no region: "},
      {"evil.example/", "", {}, "", "the region is not one"},
      {"EU", "", {}, "", "the region is not one"},
      {"r", "localhost:8000", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "ftp://localhost", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "http://", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "http://a:0", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "http://a:65536", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "http://a:8x", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "http://a:", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "http://[::1", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "http://a b/", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "http://a\r\nX: y", {}, "", "RemoteOptions::endpoint is not a usable URL"},
      {"r", "http://a/?q=1", {}, "", "RemoteOptions::endpoint must not have a query"},
      {"r", "", {{"AWS_ENDPOINT_URL", "junk"}}, "", "AWS_ENDPOINT_URL is not a usable URL"},
  };
  for (const Case& given : cases)
    EXPECT_EQ(resolved(given).find(given.expected), 0u) << resolved(given);
  // It would end up in logs.
  EXPECT_EQ(resolved({"r", "http://me:hidden@host", {}, "", ""}).find("hidden"), std::string::npos);
}

TEST(Profile, ReadsTheFilesAsTheSdksDo) {
  test::FakeSystem system;
  system.variables = {{"AWS_CONFIG_FILE", "~/config"},
                      {"AWS_SHARED_CREDENTIALS_FILE", "/keys"},
                      {"HOME", "/home/me"}};
  system.files["/home/me/config"] =
      "; comment\n# comment\nregion = lost\n[default]\r\nRegion = a # said\r\n"
      "[profile  w o r k ]\nregion=b#c\naws_access_key_id = config\noutput\n = "
      "x\n[broken\nregion=z\n"
      "[work]\nregion = not a profile\n";
  system.files["/keys"] =
      "[default]\naws_access_key_id=d\n[w o r k]\naws_access_key_id = KEY\n"
      "aws_secret_access_key = a=b=\n";
  const Profile standard = Profile::load(system, "");
  EXPECT_EQ(standard.name(), "default");
  EXPECT_TRUE(standard.exists());
  EXPECT_FALSE(standard.is_chosen());
  EXPECT_EQ(standard.get("region"), "a");
  EXPECT_EQ(standard.get("aws_access_key_id"), "d");
  const Profile work = Profile::load(system, "w o r k");
  EXPECT_TRUE(work.is_chosen());
  EXPECT_EQ(work.get("region"), "b#c");
  EXPECT_EQ(work.get("aws_access_key_id"), "KEY");
  EXPECT_EQ(work.get("aws_secret_access_key"), "a=b=");
  EXPECT_EQ(work.get("absent"), "");
  EXPECT_FALSE(Profile::load(system, "work").exists());
}

}  // namespace
}  // namespace dynolith::odm
