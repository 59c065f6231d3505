#include "api/auth/sigv4.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "api/auth/utc_time.h"
#include "api/json/reader.h"

namespace dynolith::api {
namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

std::string header_of(const SignedHeaders& made, std::string_view name) {
  for (const auto& header : made.added) {
    if (header.name == name) return header.value;
  }
  return {};
}

struct Vector {
  std::string_view method, path, query;
  std::vector<SigningHeader> headers;
  std::string_view payload, token, region, time, canonical_request, signature;
};

const std::vector<Vector>& vectors() {
  static const std::vector<Vector> kVectors = {
      {"POST",
       "/",
       "",
       {{"Host", "localhost:8000"},
        {"Content-Type", "application/x-amz-json-1.0"},
        {"X-Amz-Target", "DynamoDB_20120810.GetItem"}},
       R"({"TableName":"t"})",
       "",
       "eu-central-1",
       "2026-11-21T19:40:00Z",
       "POST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:localhost:8000\n"
       "x-amz-date:20261121T194000Z\nx-amz-target:DynamoDB_20120810.GetItem\n\n"
       "content-type;host;x-amz-date;x-amz-target\n"
       "f28af92fc15f446717e10364e12f5128ef4611dfaeb8469b0ca93776dd9d3f5a",
       "64d37680e2f3e8509a03ec4403535bf1df905ee5783d51ff61fff2c867332b8a"},
      {"POST",
       "",
       "",
       {{"Host", "dynamodb.us-east-1.amazonaws.com"},
        {"X-Amz-Target", "DynamoDB_20120810.PutItem"}},
       "{\"a\":\"\u00e9\"}",
       "Token/With+Signs==",
       "us-east-1",
       "2024-02-29T23:59:59Z",
       "POST\n/\n\nhost:dynamodb.us-east-1.amazonaws.com\nx-amz-date:20240229T235959Z\n"
       "x-amz-security-token:Token/With+Signs==\nx-amz-target:DynamoDB_20120810.PutItem\n\n"
       "host;x-amz-date;x-amz-security-token;x-amz-target\n"
       "b3a092a6af48807fa9482b2ee140105575daa26d5b24b3c0e60a7e2dee6683b1",
       "e4a24361fec8930039584fab3a370568160dde374662ae407bcbbba2b22f0e4b"},
      {"GET",
       "/a%20b",
       "z=1&a=%2F%20&a=&B",
       {{"X-Spaced", "  a   b  "}, {"Host", "example.com"}},
       "",
       "",
       "cn-north-1",
       "2000-01-01T00:00:00Z",
       "GET\n/a%2520b\nB=&a=&a=%2F%20&z=1\nhost:example.com\nx-amz-date:20000101T000000Z\n"
       "x-spaced:a b\n\nhost;x-amz-date;x-spaced\n"
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
       "fe20889665b3313345ce2806402270a8fa9422cbdff3ca09f3a4d5ba5dad7f1a"},
  };
  return kVectors;
}

SigningRequest request_of(const Vector& vector) {
  SigningRequest request;
  request.method = vector.method;
  request.path = vector.path;
  request.query = vector.query;
  request.headers = vector.headers;
  request.payload = vector.payload;
  request.access_key = "AKIDEXAMPLE";
  request.secret = kSecret;
  request.session_token = vector.token;
  request.region = vector.region;
  request.service = "dynamodb";
  request.time_ms = parse_utc(vector.time).value();
  return request;
}

ReceivedRequest received(const SigningRequest& request, const SignedHeaders& made) {
  ReceivedRequest got{request.method, request.path, request.query, request.headers,
                      request.payload};
  for (const auto& header : made.added) got.headers.push_back({header.name, header.value});
  return got;
}

TEST(Sigv4, MakesTheSignaturesThatOtherImplementationsMake) {
  for (const Vector& vector : vectors()) {
    const auto made = sign(request_of(vector)).value();
    EXPECT_EQ(made.signature.canonical_request, vector.canonical_request);
    EXPECT_EQ(made.signature.hex, vector.signature);
    const std::string authorization = header_of(made, "Authorization");
    EXPECT_EQ(authorization.find("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), 0u);
    EXPECT_TRUE(authorization.ends_with(", Signature=" + std::string(vector.signature)));
    EXPECT_EQ(header_of(made, "X-Amz-Security-Token"), vector.token);
  }
}

TEST(Sigv4, AcceptsItsOwnSignaturesAndNothingThatWasChanged) {
  for (const Vector& vector : vectors()) {
    const SigningRequest request = request_of(vector);
    const auto made = sign(request).value();
    const ReceivedRequest good = received(request, made);
    const auto verified = [&](const ReceivedRequest& changed, std::string_view secret = kSecret) {
      return verify(changed, secret, "dynamodb", request.time_ms);
    };
    EXPECT_TRUE(verified(good).ok()) << verified(good).error().message;
    EXPECT_FALSE(verified(good, "another secret").ok());
    ReceivedRequest changed = good;
    changed.payload = "{}";
    EXPECT_EQ(verified(changed).error().code, storage::ErrorCode::kInvalidSignature);
    changed = good;
    changed.path = "/other";
    EXPECT_FALSE(verified(changed).ok());
    changed = good;
    changed.query = "b=1";
    EXPECT_FALSE(verified(changed).ok());
    changed = good;
    changed.method = "PUT";
    EXPECT_FALSE(verified(changed).ok());
    changed = good;
    changed.headers[0].value = "changed";
    EXPECT_FALSE(verified(changed).ok());
    changed = good;
    changed.headers.push_back({"X-Unsigned", "may be added"});
    EXPECT_TRUE(verified(changed).ok());
  }
}

TEST(Sigv4, RefusesSignaturesOfAnotherTimeServiceOrForm) {
  const SigningRequest request = request_of(vectors()[0]);
  const auto made = sign(request).value();
  const ReceivedRequest good = received(request, made);
  constexpr int64_t kMinute = 60'000;
  const auto message = [&](const ReceivedRequest& got, std::string_view service, int64_t later) {
    const auto verified = verify(got, kSecret, service, request.time_ms + later);
    return verified.ok() ? "ok" : verified.error().message;
  };
  EXPECT_EQ(message(good, "dynamodb", 15 * kMinute), "ok");
  EXPECT_EQ(message(good, "dynamodb", -15 * kMinute), "ok");
  EXPECT_EQ(message(good, "dynamodb", 15 * kMinute + 1000),
            "Signature expired: 20261121T194000Z is now earlier than 20261121T194001Z "
            "(20261121T195501Z - 15 min.)");
  EXPECT_EQ(message(good, "dynamodb", -15 * kMinute - 1000),
            "Signature not yet current: 20261121T194000Z is still later than 20261121T193959Z "
            "(20261121T192459Z + 15 min.)");
  EXPECT_EQ(message(good, "sts", 0), "Credential should be scoped to correct service: 'sts'. ");

  ReceivedRequest unsigned_request = good;
  unsigned_request.headers.pop_back();
  EXPECT_EQ(verify(unsigned_request, kSecret, "dynamodb", request.time_ms).error().code,
            storage::ErrorCode::kMissingAuthenticationToken);
  const std::string whole = header_of(made, "Authorization");
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"host;", ""},
                                                        {"Signature=6", "Signature="},
                                                        {"aws4_request", "aws3_request"},
                                                        {"20261121", "20261122"},
                                                        {"-SHA256", "-SHA1"},
                                                        {"Signature=", "Signed="}}) {
    std::string changed = whole;
    changed.replace(changed.find(from), from.size(), to);
    ReceivedRequest got = good;
    got.headers.back().value = changed;
    EXPECT_NE(message(got, "dynamodb", 0), "ok") << changed;
  }
}

TEST(Sigv4, SignsInTheQueryForAWhile) {
  SigningRequest request = request_of(vectors()[1]);
  const auto made = sign_in_query(request, 60).value();
  ReceivedRequest got{request.method, request.path, made.query, request.headers, request.payload};
  EXPECT_TRUE(verify(got, kSecret, "dynamodb", request.time_ms).ok());
  EXPECT_TRUE(verify(got, kSecret, "dynamodb", request.time_ms + 60'000).ok());
  EXPECT_FALSE(verify(got, kSecret, "dynamodb", request.time_ms + 61'000).ok());
  const std::string longer = made.query + "&more=1";
  got.query = longer;
  EXPECT_FALSE(verify(got, kSecret, "dynamodb", request.time_ms).ok());
}

TEST(Sigv4, RefusesWhatWouldSplitAHeaderAndNeverShowsIt) {
  const SigningRequest good = request_of(vectors()[1]);
  const auto refused = [](const SigningRequest& request) {
    const auto made = sign(request);
    if (made.ok()) return false;
    EXPECT_EQ(made.error().message.find("hidden"), std::string::npos);
    EXPECT_FALSE(sign_in_query(request, 60).ok());
    return true;
  };
  EXPECT_FALSE(refused(good));
  for (const std::string_view text : {"hidden\r\nX: y", "hidden\n", "\nhidden", "hidden\x7f"}) {
    SigningRequest request = good;
    request.access_key = text;
    EXPECT_TRUE(refused(request));
    request = good;
    request.session_token = text;
    EXPECT_TRUE(refused(request));
    request = good;
    request.headers.push_back({"X-Test", text});
    EXPECT_TRUE(refused(request));
  }
  SigningRequest request = good;
  request.headers.erase(request.headers.begin());
  EXPECT_TRUE(refused(request)) << "without Host";
  request = good;
  request.secret = {};
  EXPECT_TRUE(refused(request)) << "without a secret key";
  request = good;
  request.time_ms = -1;
  EXPECT_TRUE(refused(request)) << "before 1970";
}

// --- The published cases.

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

struct RequestText {
  std::string method, path, query, body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// "GET /a b?c=d HTTP/1.1", headers of which values go on in lines that begin with a space, body.
RequestText parse_request(const std::string& text) {
  RequestText parsed;
  const size_t first_end = text.find('\n');
  const std::string first = text.substr(0, first_end);
  const size_t method_end = first.find(' '), uri_end = first.rfind(' ');
  parsed.method = first.substr(0, method_end);
  const std::string uri = first.substr(method_end + 1, uri_end - method_end - 1);
  const size_t question = uri.find('?');
  parsed.path = uri.substr(0, question);
  if (question != std::string::npos) parsed.query = uri.substr(question + 1);
  size_t at = first_end + 1;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.empty()) break;
    if (line[0] == ' ') {
      parsed.headers.back().second += "\n" + line;
    } else {
      const size_t colon = line.find(':');
      parsed.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    }
  }
  if (at < text.size()) parsed.body = text.substr(at);
  return parsed;
}

// False if it says no results (two of them do not).
bool run_published_case(const std::filesystem::path& directory) {
  if (!std::filesystem::exists(directory / "header-signature.txt")) return false;
  JsonParser parser;
  const std::string context_text = contents(directory / "context.json");
  const JsonObject context = parser.parse(context_text).value();
  const JsonObject credentials = context["credentials"].get_object().value();
  const RequestText text = parse_request(contents(directory / "request.txt"));

  SigningRequest request;
  request.method = text.method;
  request.path = text.path;
  request.query = text.query;
  for (const auto& [name, value] : text.headers) request.headers.push_back({name, value});
  request.payload = text.body;
  request.access_key = credentials["access_key_id"].get_string().value();
  request.secret = credentials["secret_access_key"].get_string().value();
  if (credentials["token"].error() == simdjson::SUCCESS)
    request.session_token = credentials["token"].get_string().value();
  request.region = context["region"].get_string().value();
  request.service = context["service"].get_string().value();
  request.time_ms = parse_utc(context["timestamp"].get_string().value()).value();
  request.normalize_path = context["normalize"].get_bool().value();
  request.declares_payload = context["sign_body"].get_bool().value();
  request.signs_session_token = context["omit_session_token"].error() != simdjson::SUCCESS ||
                                !context["omit_session_token"].get_bool().value();

  const auto made = sign(request).value();
  EXPECT_EQ(made.signature.canonical_request, contents(directory / "header-canonical-request.txt"));
  EXPECT_EQ(made.signature.string_to_sign, contents(directory / "header-string-to-sign.txt"));
  EXPECT_EQ(made.signature.hex, contents(directory / "header-signature.txt"));
  const std::string signed_text = contents(directory / "header-signed-request.txt");
  EXPECT_NE(signed_text.find(header_of(made, "Authorization")), std::string::npos);
  EXPECT_TRUE(verify(received(request, made), request.secret, request.service, request.time_ms,
                     900'000, request.normalize_path)
                  .ok());

  const int64_t expires = context["expiration_in_seconds"].get_int64().value();
  const auto in_query = sign_in_query(request, expires).value();
  EXPECT_EQ(in_query.signature.canonical_request,
            contents(directory / "query-canonical-request.txt"));
  EXPECT_EQ(in_query.signature.string_to_sign, contents(directory / "query-string-to-sign.txt"));
  EXPECT_EQ(in_query.signature.hex, contents(directory / "query-signature.txt"));
  EXPECT_NE(contents(directory / "query-signed-request.txt").find(in_query.signature.hex),
            std::string::npos);
  return true;
}

// The cases of aws-c-auth, where they lie beside the checkout.
TEST(Sigv4, AgreesWithThePublishedCases) {
  const std::filesystem::path directory =
      std::filesystem::path(DYNOLITH_SOURCE_DIR) / "../shared/data/sigv4";
  if (!std::filesystem::exists(directory))
    GTEST_SKIP() << "40 published cases of signatures are not in " << directory;
  int cases = 0, without_results = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (!entry.is_directory()) continue;
    SCOPED_TRACE(entry.path().filename().string());
    ++(run_published_case(entry.path()) ? cases : without_results);
  }
  EXPECT_EQ(cases, 38);
  EXPECT_EQ(without_results, 2);
}

TEST(UtcTime, ReadsTheFormsOfSignaturesCredentialsAndHttp) {
  constexpr int64_t kMoment = 1'440'938'160'000;
  for (const std::string_view text :
       {"20150830T123600Z", "2015-08-30T12:36:00Z", "2015-08-30T12:36:00.123456Z",
        "2015-08-30T12:36:00+00:00", "Sun, 30 Aug 2015 12:36:00 GMT"})
    EXPECT_EQ(parse_utc(text), kMoment) << text;
  EXPECT_EQ(compact_utc(kMoment + 999), "20150830T123600Z");
  for (const std::string_view text :
       {"", "20150830T123600", "2015-08-30T12:36:00", "2015-08-30T12:36:00+02:00",
        "2015-08-30 12:36:00Z", "2015-02-29T00:00:00Z", "2015-13-01T00:00:00Z",
        "2015-08-30T24:00:00Z", "1969-12-31T23:59:59Z", "Sun, 30 Foo 2015 12:36:00 GMT",
        "2015-08-30T12:36:00.Z", "2015083xT123600Z"})
    EXPECT_EQ(parse_utc(text), std::nullopt) << text;
}

TEST(UtcTime, GoesBothWaysForEveryDay) {
  std::string before;
  for (int64_t day = 0; day < 366 * 200; ++day) {
    const int64_t moment = day * 86'400'000 + 86'399'000;
    const std::string text = compact_utc(moment);
    ASSERT_EQ(parse_utc(text), moment) << text;
    ASSERT_LT(before, text);
    before = text;
  }
  EXPECT_EQ(compact_utc(951'782'400'000), "20000229T000000Z");
  EXPECT_EQ(compact_utc(253'402'300'799'000), "99991231T235959Z");
  EXPECT_EQ(compact_utc(253'402'300'800'000), "");
  EXPECT_EQ(compact_utc(-1), "");
}

}  // namespace
}  // namespace dynolith::api
