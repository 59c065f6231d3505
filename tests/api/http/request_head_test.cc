#include "api/http/request_head.h"

#include <gtest/gtest.h>

#include "api/http/request_parser.h"

namespace dynolith::api {
namespace {

using Status = HeadScanner::Status;

constexpr std::string_view kHead =
    "POST /?a=b HTTP/1.1\r\nHost: localhost\r\nX-AMZ-TARGET:  T \r\nContent-Length: 5\r\n\r\n";

TEST(HeadScanner, FindsTheEndHoweverTheBytesCome) {
  const std::string bytes = std::string(kHead) + "hello";
  HeadScanner scanner;
  for (size_t size = 0; size < kHead.size(); ++size) {
    ASSERT_EQ(scanner.scan(std::string_view(bytes).substr(0, size)), Status::kMore) << size;
  }
  ASSERT_EQ(scanner.scan(bytes), Status::kComplete);
  EXPECT_EQ(scanner.begin(), 0u);
  EXPECT_EQ(scanner.end(), kHead.size());
}

TEST(HeadScanner, PassesOverEmptyLinesBeforeARequest) {
  HeadScanner scanner;
  ASSERT_EQ(scanner.scan(std::string("\r\n\r\n").append(kHead)), Status::kComplete);
  EXPECT_EQ(scanner.begin(), 4u);
  EXPECT_EQ(scanner.end(), 4u + kHead.size());
}

TEST(HeadScanner, RefusesWhatTwoServersCouldReadDifferently) {
  for (const std::string_view bytes : {
           "GET / HTTP/1.1\nHost: a\n\n",
           "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\n\tX: folded\r\n\r\n",
           "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n",
           "\x16\x03\x01",  // A TLS client.
           " GET / HTTP/1.1\r\n",
       }) {
    HeadScanner scanner;
    EXPECT_EQ(scanner.scan(bytes), Status::kMalformed) << bytes;
  }
}

TEST(HeadScanner, LimitsTheRequestLine) {
  const auto line = [](size_t size) {
    const std::string_view end = " HTTP/1.1\r\n";
    return "GET /" + std::string(size - 5 - end.size(), 'a') + std::string(end) + "\r\n";
  };
  EXPECT_EQ(HeadScanner().scan(line(kRequestLineBytesMax)), Status::kComplete);
  EXPECT_EQ(HeadScanner().scan(line(kRequestLineBytesMax + 1)), Status::kTooLarge);
  EXPECT_EQ(HeadScanner().scan(std::string(kRequestLineBytesMax + 1, 'a')), Status::kTooLarge);
}

TEST(HeadScanner, LimitsTheFieldsByNumberAndBytes) {
  const auto head = [](size_t fields, size_t bytes) {
    std::string text = "GET / HTTP/1.1\r\n";
    for (size_t i = 1; i < fields; ++i) text += "X: y\r\n";
    const size_t rest = bytes - (fields - 1) * 6 - 2;
    return text + "Z:" + std::string(rest - 4, 'z') + "\r\n\r\n";
  };
  EXPECT_EQ(HeadScanner().scan(head(kHeaderFieldsMax, 1000)), Status::kComplete);
  EXPECT_EQ(HeadScanner().scan(head(kHeaderFieldsMax + 1, 1000)), Status::kTooLarge);
  EXPECT_EQ(HeadScanner().scan(head(1, kHeaderBytesMax)), Status::kComplete);
  EXPECT_EQ(HeadScanner().scan(head(1, kHeaderBytesMax + 1)), Status::kTooLarge);
}

TEST(RequestParser, TakesWhatWeUse) {
  RequestHead head;
  ASSERT_TRUE(RequestParser().parse_head(kHead, head));
  EXPECT_EQ(head.method, Method::kPost);
  EXPECT_EQ(head.path, "/");
  EXPECT_EQ(head.query, "a=b");
  EXPECT_EQ(head.host, "localhost");
  EXPECT_EQ(head.target, "T");
  EXPECT_EQ(head.content_length, 5u);
  EXPECT_TRUE(head.keep_alive);
}

TEST(RequestParser, ReadsAbsoluteTargets) {
  RequestHead head;
  ASSERT_TRUE(RequestParser().parse_head(
      "GET http://evil.example:80?q=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", head));
  EXPECT_EQ(head.authority, "evil.example:80");
  EXPECT_EQ(head.path, "/");
  EXPECT_EQ(head.query, "q=1");
}

TEST(RequestParser, KnowsWhenTheConnectionIsKept) {
  struct Case {
    std::string_view version, connection;
    bool kept;
  };
  constexpr Case kCases[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.0", "", false},
      {"1.0", "Connection: keep-alive\r\n", true},
      {"1.1", "Connection: Keep-Alive, Close\r\n", false},
  };
  for (const auto& test : kCases) {
    RequestHead head;
    std::string text = "GET / HTTP/";
    text.append(test.version).append("\r\nHost: a\r\n").append(test.connection).append("\r\n");
    ASSERT_TRUE(RequestParser().parse_head(text, head)) << text;
    EXPECT_EQ(head.keep_alive, test.kept) << text;
  }
}

TEST(RequestParser, RefusesAmbiguousHeads) {
  for (const std::string_view fields : {
           "",  // No Host.
           "Host: a\r\nHost: a\r\n",
           "Host: a\r\nAuthorization: x\r\nAuthorization: x\r\n",
           "Host: a\r\nX-Amz-Target: x\r\nX-Amz-Target: y\r\n",
           "Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
           "Host: a\r\nContent-Length: 1, 1\r\n",
           "Host: a\r\nContent-Length: +1\r\n",
           "Host: a\r\nContent-Length: -1\r\n",
           "Host: a\r\nContent-Length: 0x1\r\n",
           "Host: a\r\nContent-Length: 1a\r\n",
           "Host: a\r\nContent-Length: 1 1\r\n",
           "Host: a\r\nContent-Length:\r\n",
           "Host: a\r\nContent-Length: 18446744073709551616\r\n",
           "Host: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
           "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n",
           "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n",
           "Host: a\r\nTransfer-Encoding: chunked, identity\r\n",
           "Host: a\r\nTransfer-Encoding: xchunked\r\n",
           "Host: a\r\nTransfer-Encoding: identity\r\n",
           "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Host: a\r\nTransfer-Encoding : chunked\r\n",
           "Host : a\r\n",
           "Host: a\r\n: b\r\n",
           "Host: a\r\nX\r\n",
           "Host: a\r\nX y: z\r\n",
       }) {
    RequestHead head;
    const auto text = "POST / HTTP/1.1\r\n" + std::string(fields) + "\r\n";
    EXPECT_FALSE(RequestParser().parse_head(text, head)) << text;
  }
  for (const std::string_view line :
       {"GET / HTTP/2.0", "GET / HTTP/0.9", "GET /", "GET  / HTTP/1.1", "GET / http/1.1",
        "G@T / HTTP/1.1", "CONNECT a:1 HTTP/1.1", "GET / HTTP/1.1 ", "GET /a b HTTP/1.1"}) {
    RequestHead head;
    EXPECT_FALSE(RequestParser().parse_head(std::string(line) + "\r\nHost: a\r\n\r\n", head))
        << line;
  }
}

TEST(RequestParser, RefusesControlCharactersInFields) {
  using std::string_literals::operator""s;
  for (const auto& value : {"a\0b"s, "a\rb"s, "a\x01z"s, "a\x7fz"s}) {
    RequestHead head;
    EXPECT_FALSE(
        RequestParser().parse_head("GET / HTTP/1.1\r\nHost: a\r\nX: " + value + "\r\n\r\n", head));
  }
}

RequestParser chunk_parser() {
  RequestParser parser;
  RequestHead head;
  EXPECT_TRUE(
      parser.parse_head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", head));
  EXPECT_TRUE(head.chunked);
  return parser;
}

TEST(RequestParser, PutsChunksTogetherHoweverTheyCome) {
  const std::string chunks = "5;x=y\r\nhello\r\nA\r\n 012345678\r\n0\r\nTrailer: t\r\n\r\n";
  for (size_t step = 1; step <= chunks.size(); ++step) {
    RequestParser parser = chunk_parser();
    std::string body, pending;
    auto status = RequestParser::Status::kMore;
    for (size_t at = 0; at < chunks.size(); at += step) {
      ASSERT_EQ(status, RequestParser::Status::kMore);
      pending += chunks.substr(at, step);
      const auto progress = parser.parse_chunks(pending, body);
      pending.erase(0, progress.consumed);
      status = progress.status;
    }
    EXPECT_EQ(status, RequestParser::Status::kComplete) << step;
    EXPECT_EQ(pending, "");
    EXPECT_EQ(body, "hello 012345678");
  }
}

TEST(RequestParser, RefusesBadChunks) {
  for (const std::string_view chunks :
       {"-2\r\nab\r\n", "x\r\n", " 2\r\nab\r\n", "2\r\nabc\r\n", "2\nab\n", "2 \r\nab\r\n",
        "10000000000000000\r\na", "0\r\nContent-Length: 5\r\n\r\n", ";x\r\n"}) {
    RequestParser parser = chunk_parser();
    std::string body;
    EXPECT_EQ(parser.parse_chunks(std::string(chunks) + "\r\n0\r\n\r\n", body).status,
              RequestParser::Status::kMalformed)
        << chunks;
  }
  RequestParser parser = chunk_parser();
  std::string body;
  EXPECT_EQ(parser.parse_chunks("1;" + std::string(kChunkLineBytesMax, 'a'), body).status,
            RequestParser::Status::kMalformed);
}

TEST(RequestParser, CountsChunkedBodies) {
  const auto parse = [](std::string_view first_size) {
    RequestParser parser = chunk_parser();
    std::string body(1, 'a');
    return parser.parse_chunks(std::string(first_size) + "\r\n", body).status;
  };
  EXPECT_EQ(parse("ffffff"), RequestParser::Status::kMore);
  EXPECT_EQ(parse("1000000"), RequestParser::Status::kTooLarge);
  EXPECT_EQ(parse("ffffffffffffffff"), RequestParser::Status::kTooLarge);
}

}  // namespace
}  // namespace dynolith::api
