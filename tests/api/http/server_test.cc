// What goes over the wire when all goes well.
#include "api/http/server.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include "api/http/content_coding.h"
#include "tests/api/http/raw_client.h"

namespace dynolith::api {
namespace {

using test::EchoServer;
using test::post;
using test::RawClient;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string crc_of(std::string_view body) {
  return std::to_string(libdeflate_crc32(0, body.data(), body.size()));
}

TEST(Server, AnswersAgainAndAgainOnOneConnection) {
  EchoServer server;
  RawClient client(server.port());
  for (int i = 0; i < 5; ++i) {
    const auto reply = client.exchange(post("{}", "X-Amz-Target: Svc.Op\r\n"));
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "Svc.Op|{}");
    EXPECT_EQ(reply->fields.at("connection"), "keep-alive");
    EXPECT_EQ(reply->fields.at("content-type"), "application/x-amz-json-1.0");
    EXPECT_EQ(reply->fields.at("server"), "Server");
    EXPECT_EQ(reply->fields.at("x-amz-crc32"), crc_of(reply->body));
    EXPECT_EQ(reply->fields.at("x-amzn-requestid").size(), 52u);
    EXPECT_TRUE(reply->fields.contains("date"));
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  constexpr int kRequests = 200;
  EchoServer server;
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < kRequests; ++i) all += post(std::to_string(i));
  client.send(all);
  for (int i = 0; i < kRequests; ++i) {
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value()) << i;
    ASSERT_EQ(reply->body, "|" + std::to_string(i));
  }
}

TEST(Server, TakesRequestsInAnyPieces) {
  EchoServer server;
  RawClient client(server.port());
  for (const char byte : post("some body") + post("another")) client.send({&byte, 1});
  EXPECT_EQ(client.receive()->body, "|some body");
  EXPECT_EQ(client.receive()->body, "|another");
}

TEST(Server, TakesChunkedBodies) {
  EchoServer server;
  RawClient client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nX-Amz-Target: T\r\n\r\n"
      "3\r\nabc\r\n");
  client.send("2;ext\r\nde\r\n0\r\nAuthorization: not a header\r\n\r\n" + post("next"));
  EXPECT_EQ(client.receive()->body, "T|abcde");
  EXPECT_EQ(client.receive()->body, "|next");
}

TEST(Server, HandsOverWhatTheHeadSays) {
  EchoServer server({},
                    {.handle =
                         [](const ApiRequest& request, ApiReply& reply) {
                           reply.body.clear();
                           for (const auto part : {request.content_type, request.authorization,
                                                   request.amz_date, request.query, request.host}) {
                             reply.body.append(part).append("|");
                           }
                         },
                     .may_block = {}});
  RawClient client(server.port());
  const std::string head =
      "Host: localhost:1\r\nContent-Type: Application/JSON ; charset=utf-8\r\n"
      "Authorization: AWS4 x\r\nDate: D\r\nContent-Length: 1\r\n";
  const auto first = client.exchange("POST /?a=b HTTP/1.1\r\n" + head + "\r\n1");
  EXPECT_EQ(first->body, "application/json|AWS4 x|D|a=b|localhost:1|");
  // Also if the body comes later, and the head has moved meanwhile.
  client.send("POST /?a=b HTTP/1.1\r\nX-Amz-Date: X\r\nExpect: 100-continue\r\n" + head + "\r\n");
  EXPECT_EQ(client.receive()->status, 100);
  EXPECT_EQ(client.exchange("1")->body, "application/json|AWS4 x|X|a=b|localhost:1|");
}

TEST(Server, AsksForTheBodyOnlyIfItIsExpectedTo) {
  EchoServer server;
  RawClient client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  ASSERT_EQ(client.receive()->status, 100);
  EXPECT_EQ(client.exchange("body")->body, "|body");
  // Sent at once: not asked for.
  EXPECT_EQ(client.exchange(post("body", "Expect: 100-continue\r\n"))->status, 200);
}

TEST(Server, RefusesWithoutAskingForTheBody) {
  EchoServer server;
  RawClient client(server.port());
  const auto reply = client.exchange(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Length: 16777217\r\n\r\n");
  EXPECT_EQ(reply->status, 413);
  EXPECT_EQ(RawClient(server.port()).exchange(post("", "Expect: magic\r\n"))->status, 417);
}

TEST(Server, ClosesWhenAsked) {
  EchoServer server;
  RawClient client(server.port());
  const auto reply = client.exchange(post("{}", "Connection: close\r\n"));
  EXPECT_EQ(reply->fields.at("connection"), "close");
  EXPECT_TRUE(client.is_closed());

  RawClient old(server.port());
  EXPECT_EQ(old.exchange("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")->fields.at("connection"),
            "close");
  EXPECT_TRUE(old.is_closed());
  RawClient keeping(server.port());
  const std::string keep = "GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(keeping.exchange(keep)->fields.at("connection"), "keep-alive");
  EXPECT_EQ(keeping.exchange(keep)->status, 200);
}

TEST(Server, TellsThatItIsHealthy) {
  ServerOptions options;
  options.region = "eu-west-1";
  EchoServer server(options);
  RawClient client(server.port());
  const auto reply = client.exchange(kGet);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "healthy: dynamodb.eu-west-1.amazonaws.com ");
  EXPECT_EQ(reply->fields.at("x-amz-crc32"), crc_of(reply->body));
  client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.receive(true)->fields.at("content-length"), "42");
  EXPECT_EQ(client.exchange(kGet)->status, 200);
}

TEST(Server, KnowsNoOtherPages) {
  EchoServer server;
  RawClient client(server.port());
  for (const std::string_view line :
       {"GET /other", "GET //", "GET /%2e", "POST /path", "PUT /", "DELETE /", "PATCH /x"}) {
    const auto reply =
        client.exchange(std::string(line) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    EXPECT_EQ(reply->status, 404) << line;
    EXPECT_EQ(reply->body, "<UnknownOperationException/>\n");
    EXPECT_TRUE(reply->fields.contains("content-type"));
  }
  const auto options = client.exchange("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(options->status, 200);
  EXPECT_EQ(options->body, "");
  EXPECT_FALSE(options->fields.contains("access-control-allow-origin"));
}

TEST(Server, ExpandsCompressedRequests) {
  EchoServer server;
  RawClient client(server.port());
  for (const auto& [coding, name] :
       {std::pair{ContentCoding::kGzip, "gzip"}, {ContentCoding::kDeflate, "deflate"}}) {
    std::string packed;
    compress(coding, "{\"a\":1}", packed);
    const auto field = std::string("Content-Encoding: ") + name + "\r\n";
    EXPECT_EQ(client.exchange(post(packed, field))->body, "|{\"a\":1}");
    for (const auto& broken : {std::string(), packed.substr(1), packed.substr(0, 9)}) {
      const auto reply = client.exchange(post(broken, field));
      EXPECT_EQ(reply->status, 500);
      EXPECT_TRUE(reply->body.starts_with(
          R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError",)"));
      EXPECT_EQ(reply->fields.at("content-type"), "application/x-amz-json-1.0");
    }
    std::string bomb;
    compress(coding, std::string(kRequestBodyBytesMax + 1, ' '), bomb);
    EXPECT_EQ(client.exchange(post(bomb, field))->status, 500);
  }
  EXPECT_EQ(client.exchange(post("{}", "Content-Encoding: br\r\n"))->status, 500);
  EXPECT_EQ(client.exchange(post("{}", "Content-Encoding: identity\r\n"))->status, 200);
}

TEST(Server, CompressesLongRepliesIfAsked) {
  EchoServer server;
  RawClient client(server.port());
  const std::string fitting(kCompressedReplyBytesMin - 1, 'a');  // And the bar before it.
  for (const auto& [coding, name] :
       {std::pair{ContentCoding::kGzip, "gzip"}, {ContentCoding::kDeflate, "deflate"}}) {
    const auto field = std::string("Accept-Encoding: ") + name + "\r\n";
    auto reply = client.exchange(post(fitting, field));
    EXPECT_EQ(reply->fields.at("content-encoding"), name);
    EXPECT_EQ(reply->fields.at("x-amz-crc32"), crc_of(reply->body));
    std::string expanded;
    ASSERT_TRUE(expand(coding, reply->body, 1 << 20, expanded));
    EXPECT_EQ(expanded, "|" + fitting);

    reply = client.exchange(post(fitting.substr(1), field));
    EXPECT_FALSE(reply->fields.contains("content-encoding"));
    EXPECT_EQ(reply->body, "|" + fitting.substr(1));
  }
  EXPECT_EQ(client.exchange(post(fitting))->body, "|" + fitting);
}

TEST(Server, CarriesLargeBodiesBothWays) {
  EchoServer server;
  RawClient client(server.port());
  const std::string large(kRequestBodyBytesMax, 'x');
  const auto reply = client.exchange(post(large));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body.size(), large.size() + 1);
  EXPECT_EQ(client.exchange(post("{}"))->body, "|{}");
}

TEST(Server, ChecksPagesBeforeAnythingRuns) {
  int handled = 0;
  ServerOptions options;
  options.threads = 1;
  options.cors_origins = {"https://app.example"};
  EchoServer server(options, {.handle =
                                  [&handled](const ApiRequest&, ApiReply& reply) {
                                    ++handled;
                                    reply.status = 400;
                                    reply.body = "{}";
                                  },
                              .may_block = {}});
  for (const std::string_view origin : {"http://localhost:3000", "https://app.example"}) {
    RawClient client(server.port());
    const auto reply =
        client.exchange(post("{}", std::string("Origin: ").append(origin).append("\r\n")));
    EXPECT_EQ(reply->status, 400);  // The handler's.
    EXPECT_EQ(reply->fields.at("access-control-allow-origin"), "*");
    EXPECT_TRUE(reply->fields.contains("access-control-expose-headers"));
    EXPECT_FALSE(reply->fields.contains("access-control-max-age"));
  }
  EXPECT_EQ(handled, 2);
  for (const std::string_view field :
       {"Origin: https://evil.example\r\n", "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n"}) {
    RawClient client(server.port());
    const auto reply = client.exchange(post("{}", field));
    EXPECT_EQ(reply->status, 403) << field;
    EXPECT_FALSE(reply->fields.contains("access-control-allow-origin"));
    EXPECT_TRUE(client.is_closed());
  }
  RawClient preflight(server.port());
  const auto refused = preflight.exchange(
      "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n");
  EXPECT_EQ(refused->status, 403);
  EXPECT_FALSE(refused->fields.contains("access-control-allow-origin"));
  RawClient rebinding(server.port());
  EXPECT_EQ(rebinding.exchange("POST / HTTP/1.1\r\nHost: evil.example\r\n\r\n")->status, 403);
  RawClient absolute(server.port());
  EXPECT_EQ(
      absolute.exchange("POST http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n")->status,
      403);
  EXPECT_EQ(handled, 2);
}

TEST(Server, SaysThatThePortIsTaken) {
  EchoServer server;
  ServerOptions options;
  options.port = server.port();
  const auto second = Server::listen(options);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kResourceInUse);
  EXPECT_EQ(second.error().message,
            "port " + std::to_string(server.port()) +
                " of 127.0.0.1 is in use by another program; choose another with --port");
}

TEST(Server, SaysThatTheAddressCannotBeHad) {
  ServerOptions options;
  options.port = 0;
  options.host = "192.0.2.1";  // Set aside for documentation.
  const auto server = Server::listen(options);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace dynolith::api
