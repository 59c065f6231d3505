#include "odm/remote/http_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/odm/remote/scripted_server.h"
#include "tests/support/fake_clock.h"

namespace dynolith::odm {
namespace {

using Kind = HttpFailure::Kind;
using test::http_reply;
using test::replies;
using test::Scripted;
using test::ScriptedServer;

// Real time: the network's limits are. Long enough for any machine, short where they must pass.
constexpr int64_t kLongMs = 20'000, kShortMs = 50;

class HttpPoolTest : public ::testing::Test {
 protected:
  void serve(std::vector<Scripted> script) {
    server_ = std::make_unique<ScriptedServer>(std::move(script));
    target_ = parse_url(server_->url(), "the server").value();
  }
  // "200 body", or why not: "cut off, sent".
  std::string ask(std::string_view body = "question", int64_t read_ms = kLongMs,
                  int64_t total_ms = kLongMs) {
    HttpRequest request;
    request.headers = {{"X-Test", "a"}};
    request.body = body;
    request.connect_timeout_ms = kLongMs;
    request.read_timeout_ms = read_ms;
    request.total_timeout_ms = total_ms;
    return text_of(pool_->exchange(target_, request));
  }
  static std::string text_of(const HttpOutcome& outcome) {
    if (const auto* reply = std::get_if<HttpReply>(&outcome))
      return std::to_string(reply->status) + " " + reply->body;
    const auto& failure = *std::get_if<HttpFailure>(&outcome);
    constexpr const char* kKinds[] = {"not connected", "not trusted", "timed out",
                                      "cut off",       "malformed",   "refused"};
    return kKinds[static_cast<int>(failure.kind)] + std::string(failure.was_sent ? ", sent" : "");
  }
  std::vector<int> connections() {
    std::vector<int> numbers;
    for (const auto& request : server_->received()) numbers.push_back(request.connection);
    return numbers;
  }

  HttpPoolOptions options_;
  std::shared_ptr<test::FakeClock> clock_ = std::make_shared<test::FakeClock>();
  std::unique_ptr<HttpPool> pool_ = std::make_unique<HttpPool>(options_, clock_);
  std::unique_ptr<ScriptedServer> server_;
  HttpTarget target_;
};

TEST_F(HttpPoolTest, UsesAConnectionAgain) {
  serve({replies(200, "a"), replies(400, ""), replies(200, std::string(100'000, 'x'))});
  EXPECT_EQ(ask(), "200 a");
  EXPECT_EQ(ask(std::string(300'000, 'y')), "400 ");
  EXPECT_EQ(ask("").size(), 100'004u);
  EXPECT_EQ(connections(), (std::vector<int>{0, 0, 0}));
  auto received = server_->received();
  EXPECT_EQ(received[0].first_line, "POST / HTTP/1.1");
  EXPECT_EQ(received[0].headers["host"], target_.authority());
  EXPECT_EQ(received[0].headers["content-length"], "8");
  EXPECT_EQ(received[0].headers["x-test"], "a");
  EXPECT_EQ(received[0].headers.count("connection"), 0u);
  EXPECT_EQ(received[1].body, std::string(300'000, 'y'));
}

TEST_F(HttpPoolTest, SpeaksToIPv6Addresses) {
  server_ = std::make_unique<ScriptedServer>(std::vector{replies(200, "a")}, "", "", true);
  if (server_->port() == 0) GTEST_SKIP() << "this machine has no IPv6";
  target_ = parse_url(server_->url(), "the server").value();
  EXPECT_EQ(ask(), "200 a");
  EXPECT_EQ(server_->received()[0].headers["host"], "[::1]:" + std::to_string(server_->port()));
}

TEST_F(HttpPoolTest, OpensANewOneWhenItWasIdleForLongOrTheServerWantsIt) {
  serve({replies(200, "a"), replies(200, "b"), replies(200, "c"),
         replies(200, "d", "Connection: close\r\n"), replies(200, "e")});
  EXPECT_EQ(ask(), "200 a");
  clock_->advance_ms(options_.idle_timeout_ms - 1);
  EXPECT_EQ(ask(), "200 b");
  clock_->advance_ms(options_.idle_timeout_ms);
  EXPECT_EQ(ask(), "200 c");
  EXPECT_EQ(ask(), "200 d");
  EXPECT_EQ(ask(), "200 e");
  EXPECT_EQ(connections(), (std::vector<int>{0, 0, 1, 1, 2}));
}

TEST_F(HttpPoolTest, DoesNotSendOverAConnectionThatTheServerClosed) {
  serve({replies(200, "a"), replies(200, "b")});
  EXPECT_EQ(ask(), "200 a");
  server_->close_connections();
  EXPECT_EQ(ask(), "200 b");
  EXPECT_EQ(connections(), (std::vector<int>{0, 1}));
}

TEST_F(HttpPoolTest, DoesNotTakeWhatWasSaidUnaskedForAnAnswer) {
  serve({{http_reply(200, "a") + http_reply(200, "unasked"), false, false}, replies(200, "b")});
  EXPECT_EQ(ask(), "200 a");
  EXPECT_EQ(ask(), "200 b");
  EXPECT_EQ(connections(), (std::vector<int>{0, 1}));
}

TEST_F(HttpPoolTest, ReadsEveryFormOfAnAnswer) {
  serve({{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n"
          "\r\n"},
         {"HTTP/1.1 100 Continue\r\n\r\n" + http_reply(201, "after")},
         {"HTTP/1.1 204 \r\n\r\n"},
         {"HTTP/1.1 200\r\nContent-Length:2\r\nX-Ignored\r\n\r\nok"},
         {"HTTP/1.0 200 OK\r\nX: y\r\n\r\nuntil the end", true, false},
         replies(200, "last")});
  for (const char* expected :
       {"200 abcde", "201 after", "204 ", "200 ok", "200 until the end", "200 last"})
    EXPECT_EQ(ask(), expected);
  EXPECT_EQ(connections(), (std::vector<int>{0, 0, 0, 0, 0, 1}));
}

// Whoever asked decides about redirections, authentication and codings.
TEST_F(HttpPoolTest, HandsOutAnswersAsTheyCame) {
  serve({replies(307, "elsewhere", "Location: http://127.0.0.1:1/\r\n"),
         replies(401, "who?", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"),
         replies(200, "raw", "Content-Encoding: gzip\r\n"), replies(500, "broken")});
  for (const char* expected : {"307 elsewhere", "401 who?", "200 raw", "500 broken"})
    EXPECT_EQ(ask(), expected);
  EXPECT_EQ(connections(), (std::vector<int>{0, 0, 0, 0}));
}

TEST_F(HttpPoolTest, RefusesAnswersThatAreNone) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const std::string answers[] = {
      "SSH-2.0-OpenSSH\r\n\r\n",
      "HTTP/2 200\r\n\r\n",
      "HTTP/1.1 2x0 OK\r\n\r\n",
      head + "Content-Length: x\r\n\r\n",
      head + "Content-Length: -1\r\n\r\n",
      head + "Content-Length: 99999999999\r\n\r\n",
      head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      head + "Transfer-Encoding: gzip\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\nx\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nTrailer: t\r\n\r\n",
      head + "X: " + std::string(100'000, 'x') + "\r\n\r\n",
      head + std::string(100'000, 'x'),
      // What the library would match with a regular expression that recurses.
      "HTTP/1.1 200 " + std::string(60'000, 'x') + "\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 " + std::string(60'000, 'x') + "\r\n\r\n",
      [] {
        std::string informational;
        for (int i = 0; i < 4000; ++i) informational += "HTTP/1.1 100 Continue\r\n\r\n";
        return informational + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
      }(),
  };
  std::vector<Scripted> script;
  for (const std::string& answer : answers) script.push_back({answer, true, false});
  serve(script);
  for (const std::string& answer : answers)
    EXPECT_EQ(ask(), "malformed, sent") << answer.substr(0, 60);
}

TEST_F(HttpPoolTest, TellsWhatWasSentFromWhatWasNot) {
  serve({test::hangs_up(),
         {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", true, false},
         {"HTTP/1.1 200", true, false},
         {"HTTP/1.1 200 OK\r\nContent-Le", true, false},
         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\nabc", true, false}});
  EXPECT_EQ(ask(), "cut off, sent");
  EXPECT_EQ(ask(), "cut off, sent");
  EXPECT_EQ(ask(), "cut off, sent");
  EXPECT_EQ(ask(), "cut off, sent");
  EXPECT_EQ(ask(), "cut off, sent");
  const uint16_t port = server_->port();
  server_.reset();
  EXPECT_EQ(ask(), "not connected");
  target_.host = "no-such-host.invalid";
  target_.port = port;
  EXPECT_EQ(ask(), "not connected");
}

// More than the network's buffers hold: the server has closed before it could be sent.
TEST_F(HttpPoolTest, ARequestThatCouldNotBeWrittenWasNotSent) {
  serve({{{}, false, true}});
  const std::string answer = ask(std::string(64 << 20, 'x'));
  // The closing may arrive before the connecting was noticed.
  EXPECT_TRUE(answer == "cut off" || answer == "not connected") << answer;
}

TEST_F(HttpPoolTest, WaitsNoLongerThanItsLimits) {
  serve({test::keeps_silent(),
         {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"},
         test::keeps_silent()});
  EXPECT_EQ(ask("q", kShortMs), "timed out, sent");
  EXPECT_EQ(ask("q", kShortMs), "timed out, sent");
  EXPECT_EQ(ask("q", kLongMs, kShortMs), "timed out, sent");
}

// A byte now and then keeps the read limit from passing, not the total one.
TEST_F(HttpPoolTest, ASlowAnswerDoesNotOutlastTheTotalLimit) {
  Scripted drip;
  drip.bytes = "HTTP/1.1 200 OK\r\nX: " + std::string(10'000, 'x');
  drip.drips = true;
  serve({drip});
  const int64_t started = steady_ms();
  EXPECT_EQ(ask("q", kLongMs, 100), "timed out, sent");
  EXPECT_LT(steady_ms() - started, kLongMs / 2);
}

TEST_F(HttpPoolTest, RefusesLineEndsInHeaders) {
  serve({});
  for (const auto& header : std::vector<HttpHeader>{
           {"X", "a\r\nY: b"}, {"X", "a\n"}, {"X\r\n", "a"}, {"X Y", "a"}, {"", "a"}}) {
    HttpRequest request;
    request.headers = {header};
    EXPECT_EQ(text_of(pool_->exchange(target_, request)), "refused");
  }
  HttpRequest request;
  request.path = "/a b";
  EXPECT_EQ(text_of(pool_->exchange(target_, request)), "refused");
  EXPECT_TRUE(server_->received().empty());
}

TEST_F(HttpPoolTest, HasNoMoreConnectionsThanAllowed) {
  options_.connections_max = 2;
  pool_ = std::make_unique<HttpPool>(options_, clock_);
  serve(std::vector<Scripted>(64, replies(200, "a")));
  std::vector<std::thread> threads;
  std::atomic<int> answered{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 8; ++call) answered += ask() == "200 a" ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 64);
  for (const int number : connections()) EXPECT_LT(number, 2);
}

TEST_F(HttpPoolTest, ACallThatGetsNoConnectionWasNotSent) {
  options_.connections_max = 1;
  pool_ = std::make_unique<HttpPool>(options_, clock_);
  serve({test::keeps_silent()});
  std::thread holding([&] { EXPECT_EQ(ask("q", kLongMs, 10 * kShortMs), "timed out, sent"); });
  while (server_->received().empty()) std::this_thread::yield();
  EXPECT_EQ(ask("q", kLongMs, kShortMs), "timed out");
  holding.join();
}

TEST_F(HttpPoolTest, AConnectionOfItsOwnIsClosedAfterUse) {
  serve({replies(200, "a"), replies(200, "b")});
  HttpRequest request;
  request.keep_alive = false;
  EXPECT_EQ(text_of(pool_->exchange(target_, request)), "200 a");
  EXPECT_EQ(ask(), "200 b");
  EXPECT_EQ(server_->received()[0].headers["connection"], "close");
  EXPECT_EQ(connections(), (std::vector<int>{0, 1}));
}

}  // namespace
}  // namespace dynolith::odm
