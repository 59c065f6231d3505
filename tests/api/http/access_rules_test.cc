#include "api/http/access_rules.h"

#include <gtest/gtest.h>

namespace dynolith::api {
namespace {

TEST(AccessRules, ServesNamesThatStayInsideAMachineOrCluster) {
  const AccessRules rules({}, {});
  for (const std::string_view host :
       {"localhost", "localhost:8000", "LOCALHOST", "localhost.", "127.0.0.1", "127.0.0.1:8000",
        "0.0.0.0", "192.168.1.20:80", "[::1]", "[::1]:8000", "[fe80::1]", "dynamodb", "dynamo_db:1",
        "app.localhost", "mac.local", "host.docker.internal:8000", "metadata.internal",
        "db.default.svc.cluster.local"}) {
    EXPECT_TRUE(rules.allows_host(host)) << host;
  }
}

TEST(AccessRules, RefusesNamesThatCouldBeRegistered) {
  const AccessRules rules({}, {});
  for (const std::string_view host : {"",
                                      ":8000",
                                      "evil.com",
                                      "evil.com:8000",
                                      "localhost.evil.com",
                                      "127.0.0.1.nip.io",
                                      "127.0.0.1.evil.com",
                                      "evillocal.com",
                                      "xlocal.dev",
                                      "evil.com.",
                                      "127.0.0",
                                      "127.1",
                                      "0x7f.1",
                                      "[::1",
                                      "[evil.com]",
                                      "localhost:",
                                      "localhost:80x",
                                      "localhost:123456",
                                      "a b",
                                      "localhost@evil.com",
                                      "localhost/evil.com",
                                      "[::1]x",
                                      "[::1].evil.com"}) {
    EXPECT_FALSE(rules.allows_host(host)) << host;
  }
}

TEST(AccessRules, ServesFurtherNamesIfTold) {
  const AccessRules rules({}, {"db.example.com", "*.corp.example.org"});
  EXPECT_TRUE(rules.allows_host("db.example.com:8000"));
  EXPECT_TRUE(rules.allows_host("DB.example.com"));
  EXPECT_TRUE(rules.allows_host("a.corp.example.org"));
  EXPECT_FALSE(rules.allows_host("corp.example.org"));
  EXPECT_FALSE(rules.allows_host("x.db.example.com"));
  EXPECT_TRUE(AccessRules({}, {"*"}).allows_host("evil.com"));
}

TEST(AccessRules, LetsPagesOnLocalhostIn) {
  const AccessRules rules({"https://console.example.com", "http://b.example/"}, {});
  for (const std::string_view origin :
       {"http://localhost", "http://localhost:3000", "https://localhost:1", "http://127.0.0.1:5173",
        "http://[::1]:80", "HTTP://LocalHost", "https://console.example.com", "http://b.example"}) {
    EXPECT_TRUE(rules.allows_origin(origin)) << origin;
  }
  for (const std::string_view origin :
       {"null", "", "localhost", "http://localhost.evil.com", "http://evil.com/localhost",
        "http://localhost:80.evil.com", "http://localhost:", "http://xlocalhost", "file://",
        "http://localhost/", "ftp://localhost", "http://127.0.0.1.evil.com", "http://127.0.0.2",
        "http://console.example.com", "https://console.example.com.evil.com",
        "https://console.example.com:444", "http://user@localhost", "http://[::1].evil.com"}) {
    EXPECT_FALSE(rules.allows_origin(origin)) << origin;
  }
  EXPECT_TRUE(AccessRules({"*"}, {}).allows_origin("null"));
}

TEST(AccessRules, RefusesAPagesRequestThatHidesItsOrigin) {
  const AccessRules rules({}, {});
  RequestHead head;
  head.host = "localhost";
  head.method = Method::kPost;
  EXPECT_FALSE(rules.check(head).has_value());
  for (const std::string_view site : {"cross-site", "same-site", "?"}) {
    head.fetch_site = site;
    EXPECT_EQ(rules.check(head), Refusal::kForbiddenOrigin) << site;
  }
  head.origin = "http://localhost:3000";
  EXPECT_FALSE(rules.check(head).has_value());
  head.authority = "evil.com";
  EXPECT_EQ(rules.check(head), Refusal::kForbiddenHost);
}

}  // namespace
}  // namespace dynolith::api
