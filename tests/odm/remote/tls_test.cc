// https:// to a server on this machine: which certificates are accepted, and for whom.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "odm/remote/http_pool.h"
#include "odm/remote/http_service_client.h"
#include "tests/odm/remote/fakes.h"
#include "tests/odm/remote/scripted_server.h"
#include "tests/support/temp_dir.h"

namespace dynolith::odm {
namespace {

using Kind = HttpFailure::Kind;
using test::replies;
using test::ScriptedServer;

class TlsTest : public ::testing::Test {
 protected:
  // Makes NAME.pem and NAME-key.pem, signed by itself.
  void make_certificate(const std::string& name, const std::string& names) {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-subj /CN=db.test -addext subjectAltName=" +
        names + " -keyout " + path(name + "-key.pem") + " -out " + path(name + ".pem") +
        " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  std::unique_ptr<ScriptedServer> server(const std::string& name) const {
    return std::make_unique<ScriptedServer>(std::vector{replies(200, "a"), replies(200, "b")},
                                            path(name + ".pem"), path(name + "-key.pem"));
  }
  std::unique_ptr<HttpPool> trusting(const std::string& ca_bundle, bool verifies = true) const {
    return std::make_unique<HttpPool>(HttpPoolOptions{5, 20'000, ca_bundle, verifies},
                                      std::make_shared<test::FakeClock>());
  }
  // The body, or the failure's text.
  static std::string ask(HttpPool& pool, const std::string& url,
                         int64_t connect_timeout_ms = 20'000) {
    const HttpTarget target = parse_url(url, "the server").value();
    HttpRequest request;
    request.body = "question";
    request.connect_timeout_ms = connect_timeout_ms;
    const auto outcome = pool.exchange(target, request);
    if (const auto* reply = std::get_if<HttpReply>(&outcome)) return reply->body;
    EXPECT_FALSE(std::get_if<HttpFailure>(&outcome)->was_sent);
    return std::get_if<HttpFailure>(&outcome)->text;
  }

  test::TempDir directory_;
};

TEST_F(TlsTest, AcceptsOnlyCertificatesOfTheBundle) {
  make_certificate("known", "IP:127.0.0.1,DNS:localhost");
  make_certificate("other", "IP:127.0.0.1");
  const auto known = server("known");
  const std::string by_name = "https://localhost:" + std::to_string(known->port());
  const auto refused = trusting(""), other = trusting(path("other.pem"));
  EXPECT_EQ(ask(*refused, known->url()),
            "the certificate of 127.0.0.1 is not trusted: self-signed certificate");
  EXPECT_EQ(ask(*other, known->url()),
            "the certificate of 127.0.0.1 is not trusted: self-signed certificate");
  EXPECT_TRUE(known->received().empty());
  const auto pool = trusting(path("known.pem"));
  EXPECT_EQ(ask(*pool, known->url()), "a");
  EXPECT_EQ(ask(*pool, by_name), "b");
}

TEST_F(TlsTest, AcceptsOnlyCertificatesOfTheHost) {
  make_certificate("elsewhere", "DNS:db.test");
  const auto elsewhere = server("elsewhere");
  const auto pool = trusting(path("elsewhere.pem"));
  const std::string by_name = "https://localhost:" + std::to_string(elsewhere->port());
  EXPECT_EQ(ask(*pool, elsewhere->url()),
            "the certificate of 127.0.0.1 is not trusted: IP address mismatch");
  EXPECT_EQ(ask(*pool, by_name), "the certificate of localhost is not trusted: hostname mismatch");
  EXPECT_TRUE(elsewhere->received().empty());
  EXPECT_EQ(ask(*trusting("", false), elsewhere->url()), "a");
}

TEST_F(TlsTest, KeepsConnectionsAndNoticesThatTheyWereClosed) {
  make_certificate("known", "IP:127.0.0.1");
  const auto known = server("known");
  const auto pool = trusting(path("known.pem"));
  EXPECT_EQ(ask(*pool, known->url()), "a");
  EXPECT_EQ(ask(*pool, known->url()), "b");
  EXPECT_EQ(known->received()[1].connection, 0);
  const auto closing = server("known");
  EXPECT_EQ(ask(*pool, closing->url()), "a");
  closing->close_connections();
  EXPECT_EQ(ask(*pool, closing->url()), "b");
  EXPECT_EQ(closing->received()[1].connection, 1);
}

TEST_F(TlsTest, SendsNothingToAServerThatHasNoTls) {
  ScriptedServer plain({replies(200, "a")});
  const auto pool = trusting("", false);
  const std::string url = "https://127.0.0.1:" + std::to_string(plain.port());
  EXPECT_EQ(ask(*pool, url, 100), "no TLS handshake within the limit");
  EXPECT_TRUE(plain.received().empty());
}

// Takes one connection and does with it what it is told.
class RawServer {
 public:
  explicit RawServer(std::function<void(int)> serve)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 1);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    target.port = ntohs(address.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const int client = accept(listener_, nullptr, nullptr);
      serve(client);
      close(client);
    });
  }
  ~RawServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  HttpTarget target{true, "127.0.0.1"};

 private:
  int listener_;
  std::thread thread_;
};

// A byte now and then keeps the limit of a step from passing, not the total one.
TEST_F(TlsTest, ASlowHandshakeDoesNotOutlastTheTotalLimit) {
  RawServer dripping([](int client) {
    std::string record("\x16\x03\x03\x40\x00\x02", 6);  // A handshake of 16 KiB begins.
    record.resize(16'000);
    for (const char byte : record) {
      if (send(client, &byte, 1, MSG_NOSIGNAL) != 1) break;
      pollfd closed{client, POLLRDHUP, 0};
      if (poll(&closed, 1, 5) > 0) break;
    }
  });
  HttpRequest request;
  request.connect_timeout_ms = 20'000;
  request.total_timeout_ms = 100;
  const int64_t started = steady_ms();
  const auto outcome = trusting("", false)->exchange(dripping.target, request);
  EXPECT_LT(steady_ms() - started, 10'000);
  ASSERT_TRUE(std::holds_alternative<HttpFailure>(outcome));
  EXPECT_EQ(std::get_if<HttpFailure>(&outcome)->text, "no TLS handshake within the limit");
}

// OpenSSL answers with an alert, which nobody receives.
TEST_F(TlsTest, AConnectionThatEndsEarlyRaisesNoSignal) {
  static std::atomic<int> raised;
  raised = 0;
  const auto before = std::signal(SIGPIPE, [](int) { ++raised; });
  for (int i = 0; i < 50; ++i) {  // It must close early enough.
    RawServer closing([](int) {});
    const auto outcome = trusting("", false)->exchange(closing.target, HttpRequest());
    ASSERT_TRUE(std::holds_alternative<HttpFailure>(outcome));
    EXPECT_FALSE(std::get_if<HttpFailure>(&outcome)->was_sent);
  }
  EXPECT_EQ(raised, 0);
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  EXPECT_EQ(sigismember(&blocked, SIGPIPE), 0);
  std::signal(SIGPIPE, before);
}

TEST_F(TlsTest, IsConfiguredByOptionsAndEnvironment) {
  make_certificate("known", "IP:127.0.0.1");
  const auto known = server("known");
  RemoteOptions options;
  options.region = "eu-central-1";
  options.endpoint = known->url();
  options.credentials = {"KEY", "secret"};
  options.max_attempts = 3;
  options.connect_timeout_ms = 20'000;
  test::FakeSurroundings around;
  around.transport = nullptr;  // The real one.
  const auto call = [&]() -> std::string {
    const auto client = make_service_client(options, around.get());
    if (!client) return client.error().message;
    const auto reply = (*client)->call("DynamoDB_20120810.ListTables", "{}", CallKind::kRead);
    return reply ? reply->body : reply.error().to_text();
  };
  EXPECT_EQ(call(), "network: no answer from " + known->url() +
                        ": the certificate of 127.0.0.1 is not trusted: self-signed certificate");
  EXPECT_TRUE(around.waits.empty());
  options.ca_bundle = path("known.pem");
  EXPECT_EQ(call(), "a");
  options.ca_bundle.clear();
  around.system->variables["AWS_CA_BUNDLE"] = path("known.pem");
  EXPECT_EQ(call(), "b");
  for (const char* name : {"absent.pem", "junk.pem"}) {
    std::ofstream(path("junk.pem")) << "junk";
    options.ca_bundle = path(name);
    EXPECT_EQ(call(), "no certificates can be read from the CA bundle " + path(name));
  }
}

}  // namespace
}  // namespace dynolith::odm
