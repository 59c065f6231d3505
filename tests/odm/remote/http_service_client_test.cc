#include "odm/remote/http_service_client.h"

#include <gtest/gtest.h>

#include "tests/odm/remote/scripted_server.h"

namespace dynolith::odm {
namespace {

using test::replies;
using test::ScriptedServer;

RemoteOptions options_for(const std::string& url) {
  RemoteOptions options;
  options.region = "eu-central-1";
  options.endpoint = url;
  options.credentials = {"AKIDEXAMPLE", "secret", "token"};
  return options;
}

TEST(HttpServiceClient, SendsOneSignedRequestAndReturnsTheAnswer) {
  ScriptedServer server({replies(200, "{\"a\":1}", "x-amzn-RequestId: R1\r\n")});
  const auto client = make_service_client(options_for(server.url())).value();
  const auto reply = client->call("DynamoDB_20120810.GetItem", "{}", CallKind::kRead).value();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "{\"a\":1}");
  EXPECT_EQ(reply.request_id, "R1");
  ASSERT_EQ(server.received().size(), 1u);
  auto received = server.received()[0];
  EXPECT_EQ(received.first_line, "POST / HTTP/1.1");
  EXPECT_EQ(received.body, "{}");
  EXPECT_EQ(received.headers["content-type"], "application/x-amz-json-1.0");
  EXPECT_EQ(received.headers["x-amz-target"], "DynamoDB_20120810.GetItem");
  EXPECT_EQ(received.headers["x-amz-security-token"], "token");
  EXPECT_EQ(received.headers["host"], "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(received.headers["authorization"].find("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), 0u);
}

}  // namespace
}  // namespace dynolith::odm
