#include "api/request/request_digest.h"

// The one-shot digests of OpenSSL 3 look their algorithm up by name on every call.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>

#include <algorithm>
#include <vector>

#include "api/json/shape.h"

namespace dynolith::api {

namespace {

void append_canonical(std::string& out, const JsonValue& value);

void append_counted(std::string& out, std::string_view text) {
  out.append(std::to_string(text.size())).append(":").append(text);
}

void append_object(std::string& out, const JsonObject& object) {
  std::vector<simdjson::dom::key_value_pair> fields;
  for (const auto field : object) {
    if (!field.value.is_null()) fields.push_back(field);
  }
  std::stable_sort(fields.begin(), fields.end(),
                   [](const auto& a, const auto& b) { return a.key < b.key; });
  out += '{';
  for (const auto& field : fields) {
    append_counted(out, field.key);
    append_canonical(out, field.value);
  }
  out += '}';
}

void append_canonical(std::string& out, const JsonValue& value) {
  switch (value.type()) {
    case simdjson::dom::element_type::OBJECT:
      return append_object(out, object_of(value));
    case simdjson::dom::element_type::ARRAY:
      out += '[';
      for (const JsonValue element : array_of(value)) append_canonical(out, element);
      out += ']';
      return;
    case simdjson::dom::element_type::STRING:
      out += '"';
      return append_counted(out, text_of(value));
    default:
      out += simdjson::minify(value);
      out += ';';
  }
}

}  // namespace

std::string digest_of(const JsonValue& value) {
  std::string canonical;
  append_canonical(canonical, value);
  std::string digest(MD5_DIGEST_LENGTH, '\0');
  MD5(reinterpret_cast<const unsigned char*>(canonical.data()), canonical.size(),
      reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace dynolith::api
