// What goes over the wire when clients are hostile, slow or many, or when the server has to go.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <latch>
#include <thread>

#include "api/http/server.h"
#include "tests/api/http/raw_client.h"

namespace dynolith::api {
namespace {

using std::chrono::milliseconds;
using test::EchoServer;
using test::post;
using test::RawClient;

ServerOptions impatient_options() {
  ServerOptions options;
  options.threads = 1;
  options.deadlines.tick = milliseconds(5);
  return options;
}

TEST(ServerLimits, RefusesAmbiguousRequestsAndCloses) {
  EchoServer server;
  for (const std::string_view fields : {
           "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
           "Content-Length: 4\r\nContent-Length: 5\r\n",
           "Content-Length: 4\r\nContent-Length: 4\r\n",
           "Content-Length: +4\r\n",
           "Content-Length: 4, 4\r\n",
           "Transfer-Encoding: chunked, gzip\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
           "Transfer-Encoding:\x0b"
           "chunked\r\n",
           "Host: localhost\r\n",
           "X: a\r\n folded\r\n",
           "X: a\nContent-Length: 4\r\n",
       }) {
    RawClient client(server.port());
    std::string request = "POST / HTTP/1.1\r\nHost: localhost\r\n";
    client.send(request.append(fields).append("\r\n0\r\n\r\n") + post("smuggled"));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.has_value()) << fields;
    EXPECT_EQ(reply->status, 400) << fields;
    EXPECT_EQ(reply->fields.at("connection"), "close");
    EXPECT_TRUE(client.is_closed()) << fields;
  }
}

TEST(ServerLimits, RefusesOtherProtocolsAtOnce) {
  EchoServer server;
  for (const std::string_view bytes :
       {"\x16\x03\x01\x02", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /\r\n\r\n"}) {
    RawClient client(server.port());
    EXPECT_EQ(client.exchange(bytes)->status, 400) << bytes;
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(ServerLimits, LetsClientsReadThatTheirBodyIsTooLarge) {
  EchoServer server;
  const std::string body(kRequestBodyBytesMax + 1, 'x');
  RawClient with_length(server.port());
  EXPECT_TRUE(with_length.send(post(body)));
  EXPECT_EQ(with_length.receive()->status, 413);
  EXPECT_TRUE(with_length.is_closed());

  RawClient chunked(server.port());
  std::string request = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 17; ++i) {
    request.append("100000\r\n").append(size_t{1} << 20, 'x').append("\r\n");
  }
  EXPECT_TRUE(chunked.send(request + "0\r\n\r\n"));
  EXPECT_EQ(chunked.receive()->status, 413);
  EXPECT_TRUE(chunked.is_closed());
}

TEST(ServerLimits, HoldsOnlySoManyBytesOfBodies) {
  ServerOptions options;
  options.body_bytes_in_flight_max = 1 << 20;
  EchoServer server(options);
  RawClient large(server.port());
  large.send(post(std::string(2 << 20, 'x')));
  EXPECT_EQ(large.receive()->status, 503);
  RawClient small(server.port());
  for (int i = 0; i < 3; ++i) {  // What one took, it gave back.
    EXPECT_EQ(small.exchange(post(std::string(300'000, 'x')))->status, 200);
  }
}

TEST(ServerLimits, DoesNotWaitForeverForAHead) {
  auto options = impatient_options();
  options.deadlines.head = milliseconds(20);
  EchoServer server(options);
  RawClient client(server.port());
  const auto reply = client.exchange("POST / HTTP/1.1\r\nHost: loc");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 408);
  EXPECT_TRUE(client.is_closed());
}

TEST(ServerLimits, DoesNotWaitForeverForABody) {
  auto options = impatient_options();
  options.deadlines.body = milliseconds(20);
  EchoServer server(options);
  for (const std::string_view fields :
       {"Content-Length: 5\r\n\r\nab", "Transfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    RawClient client(server.port());
    std::string request = "POST / HTTP/1.1\r\nHost: localhost\r\n";
    const auto reply = client.exchange(request.append(fields));
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 408);
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(ServerLimits, ClosesIdleConnectionsSilently) {
  auto options = impatient_options();
  options.deadlines.idle = milliseconds(20);
  EchoServer server(options);
  RawClient fresh(server.port());
  EXPECT_TRUE(fresh.is_closed());
  RawClient used(server.port());
  EXPECT_EQ(used.exchange(post("{}"))->status, 200);
  EXPECT_TRUE(used.is_closed());
}

TEST(ServerLimits, DoesNotWaitForeverForAReader) {
  auto options = impatient_options();
  options.deadlines.write = milliseconds(20);
  options.deadlines.bytes_per_second_min = size_t{1} << 40;
  EchoServer server(options, {.handle =
                                  [](const ApiRequest&, ApiReply& reply) {
                                    // More than the sockets' buffers take.
                                    reply.body.assign(size_t{64} << 20, 'x');
                                  },
                              .may_block = {}});
  RawClient client(server.port());
  client.send(post("{}"));
  // Meanwhile the thread serves others; when the server has given up, it knows no connections.
  RawClient other(server.port());
  EXPECT_EQ(other.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")->status, 200);
  server.server().stop();
  EXPECT_FALSE(client.receive().has_value());  // Cut off before its end.
}

TEST(ServerLimits, LetsTheOldestIdleConnectionGoForANewOne) {
  auto options = impatient_options();
  options.connections_max = 2;
  EchoServer server(options);
  RawClient first(server.port()), second(server.port());
  EXPECT_EQ(first.exchange(post("1"))->status, 200);
  EXPECT_EQ(second.exchange(post("2"))->status, 200);
  EXPECT_EQ(first.exchange(post("3"))->status, 200);  // So the second is idle for longest.
  RawClient third(server.port());
  EXPECT_EQ(third.exchange(post("4"))->status, 200);
  EXPECT_TRUE(second.is_closed());
  EXPECT_EQ(first.exchange(post("5"))->status, 200);
}

// Answers when it is told to.
struct Gate {
  explicit Gate(int waiting) : arrived(waiting) {}
  RequestHandler handler() {
    return {.handle =
                [this](const ApiRequest&, ApiReply& reply) {
                  arrived.count_down();
                  open.wait();
                  reply.body = "late";
                },
            .may_block = [](std::string_view) { return true; }};
  }
  std::latch arrived;
  std::latch open{1};
};

TEST(ServerLimits, SaysThatItIsBusy) {
  auto options = impatient_options();
  options.connections_max = 2;
  options.blocking_workers = 2;
  Gate gate(2);
  EchoServer server(options, gate.handler());
  RawClient first(server.port()), second(server.port());
  first.send(post("1"));
  second.send(post("2"));
  gate.arrived.wait();
  RawClient third(server.port());
  EXPECT_EQ(third.receive()->status, 503);
  EXPECT_TRUE(third.is_closed());
  gate.open.count_down();
  EXPECT_EQ(first.receive()->body, "late");
  EXPECT_EQ(second.receive()->body, "late");
}

TEST(ServerLimits, LeavesPlacesForOtherAddresses) {
  auto options = impatient_options();
  options.connections_per_address_max = 2;
  options.counts_loopback = true;
  EchoServer server(options);
  RawClient first(server.port());
  EXPECT_EQ(first.exchange(post("1"))->status, 200);
  {
    RawClient second(server.port());
    EXPECT_EQ(second.exchange(post("2"))->status, 200);
    RawClient third(server.port());
    EXPECT_EQ(third.receive()->status, 503);
    EXPECT_TRUE(third.is_closed());
    EXPECT_EQ(second.exchange(post("3", "Connection: close\r\n"))->status, 200);
    EXPECT_TRUE(second.is_closed());
  }
  bool served = false;
  for (int i = 0; i < 10'000 && !served; ++i) {  // Until the server has seen the second one go.
    RawClient fourth(server.port());
    const auto reply = fourth.exchange(post("4"));
    served = reply && reply->status == 200;
  }
  EXPECT_TRUE(served);
  EXPECT_EQ(first.exchange(post("5"))->status, 200);
}

TEST(ServerLimits, LetsManyRequestsWaitForTheDiskTogether) {
  constexpr int kWaiting = 32;
  auto options = impatient_options();
  options.blocking_workers = kWaiting;
  Gate gate(kWaiting);
  EchoServer server(options, gate.handler());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kWaiting; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(post("{}"));
  }
  gate.arrived.wait();  // All of them, on one I/O thread...
  RawClient other(server.port());
  EXPECT_EQ(other.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")->status, 200);  // ...which is free.
  gate.open.count_down();
  for (auto& client : clients) EXPECT_EQ(client->receive()->body, "late");
}

TEST(ServerLimits, ServesActiveClientsBesideAThousandIdleOnes) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  EchoServer server;
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 950; ++i) idle.push_back(std::make_unique<RawClient>(server.port()));
  std::vector<std::unique_ptr<RawClient>> active;
  for (int i = 0; i < 64; ++i) active.push_back(std::make_unique<RawClient>(server.port()));
  for (int round = 0; round < 5; ++round) {
    for (auto& client : active) client->send(post("{}"));
    for (auto& client : active) EXPECT_EQ(client->receive()->status, 200);
  }
  for (auto& client : idle) EXPECT_EQ(client->exchange(post("{}"))->status, 200);
}

TEST(ServerLimits, FinishesWhatHasBegunWhenItStops) {
  auto options = impatient_options();
  options.blocking_workers = 1;
  Gate gate(1);
  EchoServer server(options, gate.handler());
  RawClient idle(server.port());
  EXPECT_EQ(idle.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")->status, 200);
  RawClient waiting(server.port());
  waiting.send(post("{}"));
  gate.arrived.wait();
  std::thread stopper([&] { server.server().stop(); });
  EXPECT_TRUE(idle.is_closed());
  gate.open.count_down();
  const auto reply = waiting.receive();
  EXPECT_EQ(reply->body, "late");
  EXPECT_EQ(reply->fields.at("connection"), "close");
  EXPECT_TRUE(waiting.is_closed());
  stopper.join();
}

TEST(ServerLimits, DoesNotWaitForeverForClientsWhenItStops) {
  auto options = impatient_options();
  options.deadlines.shutdown = milliseconds(20);
  EchoServer server(options);
  RawClient half(server.port());
  half.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(half.receive()->status, 100);
  server.server().stop();
  EXPECT_TRUE(half.is_closed());
}

}  // namespace
}  // namespace dynolith::api
