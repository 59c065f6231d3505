#include "api/http/access_rules.h"

#include <arpa/inet.h>

#include <algorithm>

namespace dynolith::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Cuts ":8000" off. False: what follows the name is no port.
bool cut_port(std::string_view& host) {
  const size_t colon = host.rfind(':');
  if (colon == std::string_view::npos || host.ends_with(']')) return true;
  if (!is_port(host.substr(colon + 1))) return false;
  host = host.substr(0, colon);
  return true;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool is_address(std::string_view host) {
  unsigned char parsed[16];
  if (host.starts_with('[') && host.ends_with(']')) {
    const std::string inner(host.substr(1, host.size() - 2));
    return inet_pton(AF_INET6, inner.c_str(), parsed) == 1;
  }
  return inet_pton(AF_INET, std::string(host).c_str(), parsed) == 1;
}

bool matches(std::string_view host, std::string_view pattern) {
  if (pattern == "*") return true;
  if (pattern.starts_with("*.")) return host.ends_with(pattern.substr(1));
  return host == pattern;
}

bool is_local_page(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!origin.starts_with(scheme)) continue;
    auto host = origin.substr(scheme.size());
    return cut_port(host) && (host == "localhost" || host == "127.0.0.1" || host == "[::1]");
  }
  return false;
}

}  // namespace

AccessRules::AccessRules(std::vector<std::string> origins, std::vector<std::string> hosts) {
  for (const auto& origin : origins) {
    if (origin == "*") any_origin_ = true;
    std::string_view name = origin;
    if (name.ends_with('/')) name.remove_suffix(1);
    origins_.push_back(lowered(name));
  }
  for (const auto& host : hosts) hosts_.push_back(lowered(host));
}

bool AccessRules::allows_origin(std::string_view origin) const {
  if (any_origin_) return true;
  const auto name = lowered(origin);
  return is_local_page(name) || std::find(origins_.begin(), origins_.end(), name) != origins_.end();
}

bool AccessRules::allows_host(std::string_view host) const {
  if (!cut_port(host)) return false;
  if (host == "localhost" || host == "127.0.0.1") return true;  // Nearly every request.
  if (is_address(host)) return true;
  auto name = lowered(host);
  if (name.ends_with('.')) name.pop_back();
  if (!is_name(name)) return false;
  if (name.find('.') == std::string::npos) return true;
  for (const std::string_view suffix : {".localhost", ".local", ".internal"}) {
    if (name.ends_with(suffix)) return true;
  }
  return std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const std::string& pattern) { return matches(name, pattern); });
}

std::optional<Refusal> AccessRules::check(const RequestHead& head) const {
  if (!allows_host(head.host)) return Refusal::kForbiddenHost;
  if (!head.authority.empty() && !allows_host(head.authority)) return Refusal::kForbiddenHost;
  if (!head.origin.empty()) {
    if (!allows_origin(head.origin)) return Refusal::kForbiddenOrigin;
  } else if (head.method == Method::kPost && !head.fetch_site.empty() &&
             head.fetch_site != "same-origin" && head.fetch_site != "none") {
    return Refusal::kForbiddenOrigin;  // A page's form, from a browser that hides its origin.
  }
  return std::nullopt;
}

}  // namespace dynolith::api
