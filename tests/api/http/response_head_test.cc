#include "api/http/response_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dynolith::api {
namespace {

using testing::MatchesRegex;

TEST(ResponseHead, HasWhatClientsLookAt) {
  ResponseHeadWriter writer;
  std::string out;
  writer.write({.status = 200,
                .content_type = "application/x-amz-json-1.0",
                .content_length = 2,
                .crc32 = body_crc32("{}")},
               {}, out);
  EXPECT_THAT(out, MatchesRegex("HTTP/1.1 200 OK\r\n"
                                "Server: Server\r\n"
                                "Date: [A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] 20[0-9][0-9] "
                                "[0-9][0-9]:[0-9][0-9]:[0-9][0-9] GMT\r\n"
                                "Content-Type: application/x-amz-json-1.0\r\n"
                                "Content-Length: 2\r\n"
                                "Connection: keep-alive\r\n"
                                "x-amzn-RequestId: [0-9A-V]+\r\n"
                                "x-amz-crc32: 2745614147\r\n"
                                "\r\n"));
}

TEST(ResponseHead, CountsTheChecksumAsTheServiceDoes) {
  EXPECT_EQ(body_crc32(""), 0u);
  EXPECT_EQ(body_crc32("123456789"), 0xCBF43926u);  // The check value of CRC-32.
}

TEST(ResponseHead, GivesEachRequestAnIdOfItsOwn) {
  ResponseHeadWriter one, two;
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    for (auto* writer : {&one, &two}) {
      std::string id;
      writer->append_request_id(id);
      EXPECT_EQ(id.size(), 52u);
      EXPECT_TRUE(ids.insert(id).second);
    }
  }
}

TEST(ResponseHead, AddsCorsForPagesOnly) {
  ResponseHeadWriter writer;
  std::string out;
  RequestHead request;
  request.method = Method::kOptions;
  request.cors_method = "POST";
  request.cors_headers = "x-amz-target, anything";
  writer.write({}, request, out);
  EXPECT_EQ(out.find("Access-Control"), std::string::npos);

  request.origin = "http://localhost:3000";
  writer.write({}, request, out);
  EXPECT_NE(out.find("\r\nAccess-Control-Allow-Origin: *\r\n"), std::string::npos);
  EXPECT_NE(out.find("\r\nAccess-Control-Expose-Headers: x-amzn-RequestId, x-amz-crc32\r\n"),
            std::string::npos);
  EXPECT_NE(out.find("\r\nAccess-Control-Max-Age: 172800\r\n"), std::string::npos);
  EXPECT_NE(out.find("\r\nAccess-Control-Allow-Methods: POST\r\n"), std::string::npos);
  EXPECT_NE(out.find("\r\nAccess-Control-Allow-Headers: x-amz-target, anything\r\n"),
            std::string::npos);

  request.method = Method::kPost;
  writer.write({}, request, out);
  EXPECT_NE(out.find("Access-Control-Allow-Origin"), std::string::npos);
  EXPECT_EQ(out.find("Access-Control-Allow-Methods"), std::string::npos);
}

}  // namespace
}  // namespace dynolith::api
