#include "odm/remote/http_exchange.h"

#include <algorithm>
#include <charconv>

namespace dynolith::odm {
namespace {

constexpr uint16_t kHttpPort = 80, kHttpsPort = 443;
constexpr size_t kHostBytesMax = 253;
constexpr size_t kUrlBytesMax = 4096;

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == ':';
}

bool is_clean(std::string_view text, bool spaces) {
  return std::all_of(text.begin(), text.end(), [spaces](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 ? byte != 0x7f : spaces && (c == ' ' || c == '\t');
  });
}

bool is_url_character(char c) { return c > 0x20 && c < 0x7f; }

Error no_url(std::string_view what, std::string_view why) {
  std::string message(what);
  return make_error(ErrorCode::kBadRequest, message.append(" is not a usable URL: ").append(why));
}

}  // namespace

std::string HttpTarget::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (is_tls ? kHttpsPort : kHttpPort)) text.append(":").append(std::to_string(port));
  return text;
}

std::string HttpTarget::to_text() const {
  return (is_tls ? "https://" : "http://") + authority() + (path == "/" ? "" : path);
}

Result<HttpTarget> parse_url(std::string_view url, std::string_view what) {
  HttpTarget target;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    target.is_tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return no_url(what, "it must begin with http:// or https://");
  }
  // It is not repeated in messages: user information would be a secret.
  if (url.size() > kUrlBytesMax || !std::all_of(rest.begin(), rest.end(), is_url_character))
    return no_url(what, "it is too long or has characters that a URL cannot have");
  const size_t end = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, end);
  std::string_view path = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  path = path.substr(0, path.find('#'));
  target.path = path.starts_with('/') ? std::string(path) : "/" + std::string(path);
  if (authority.find('@') != std::string_view::npos)
    return no_url(what, "it must not have a user name");

  std::string_view host = authority, port;
  if (authority.starts_with('[')) {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) return no_url(what, "'[' without ']'");
    host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
    if (!port.empty() && !port.starts_with(':')) return no_url(what, "its port is not a number");
  } else if (const size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon);
    if (port.find(':', 1) != std::string_view::npos)
      return no_url(what, "an IPv6 address needs brackets");
  }
  if (host.empty() || host.size() > kHostBytesMax ||
      !std::all_of(host.begin(), host.end(), is_host_character))
    return no_url(what, "it has no host, or not one of letters, digits, '.', '-' and '_'");
  target.host = host;
  target.port = target.is_tls ? kHttpsPort : kHttpPort;
  if (port.size() > 1) {
    const auto [last, failure] =
        std::from_chars(port.data() + 1, port.data() + port.size(), target.port);
    if (failure != std::errc() || last != port.data() + port.size() || target.port == 0)
      return no_url(what, "its port is not a number from 1 to 65535");
  } else if (port.size() == 1) {
    return no_url(what, "its port is empty");
  }
  return target;
}

bool are_clean(const HttpRequest& request) {
  if (!is_clean(request.method, false) || !is_clean(request.path, false)) return false;
  return std::all_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
    return !header.name.empty() && is_clean(header.name, false) && is_clean(header.value, true);
  });
}

std::string_view HttpReply::header(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

}  // namespace dynolith::odm
