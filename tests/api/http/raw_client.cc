#include "tests/api/http/raw_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dynolith::test {

RawClient::RawClient(uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

RawClient::~RawClient() { close(socket_); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool RawClient::fill() {
  char bytes[16 * 1024];
  const ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  received_.append(bytes, static_cast<size_t>(count));
  return true;
}

std::optional<RawResponse> RawClient::receive(bool head_only) {
  size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  RawResponse response;
  response.status = std::stoi(received_.substr(9, 3));
  size_t line = received_.find("\r\n") + 2;
  while (line < end) {
    const size_t line_end = received_.find("\r\n", line);
    const size_t colon = received_.find(": ", line);
    std::string name = received_.substr(line, colon - line);
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    EXPECT_FALSE(response.fields.contains(name)) << name;
    response.fields[name] = received_.substr(colon + 2, line_end - colon - 2);
    line = line_end + 2;
  }
  received_.erase(0, end + 4);
  const auto length = response.fields.find("content-length");
  if (length == response.fields.end() || head_only) return response;
  const size_t size = std::stoul(length->second);
  while (received_.size() < size) {
    if (!fill()) return std::nullopt;
  }
  response.body = received_.substr(0, size);
  received_.erase(0, size);
  return response;
}

bool RawClient::is_closed() {
  if (!received_.empty()) return false;
  char byte;
  const ssize_t count = recv(socket_, &byte, 1, 0);
  return count == 0 || (count < 0 && errno == ECONNRESET);
}

EchoServer::EchoServer(api::ServerOptions options)
    : EchoServer(std::move(options),
                 {.handle =
                      [](const api::ApiRequest& request, api::ApiReply& reply) {
                        reply.status = 200;
                        reply.content_type = "application/x-amz-json-1.0";
                        reply.body.assign(request.target).append("|").append(request.body);
                      },
                  .may_block = {}}) {}

EchoServer::EchoServer(api::ServerOptions options, api::RequestHandler handler) {
  options.port = 0;
  server_ = api::Server::listen(std::move(options)).value();
  server_->serve(std::move(handler));
}

std::string post(std::string_view body, std::string_view fields) {
  std::string request =
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n";
  request.append(fields).append("Content-Length: ").append(std::to_string(body.size()));
  return request.append("\r\n\r\n").append(body);
}

}  // namespace dynolith::test
