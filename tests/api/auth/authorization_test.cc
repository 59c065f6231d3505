#include "api/auth/authorization.h"

#include <gtest/gtest.h>

namespace dynolith::api {
namespace {

using storage::ErrorCode;

constexpr std::string_view kDate = "20261121T120000Z";

TEST(Authorization, TakesKeyAndRegionFromTheCredentialScope) {
  struct Case {
    std::string_view header, access_key, region;
  };
  constexpr Case kCases[] = {
      {"AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/dynamodb/aws4_request, "
       "SignedHeaders=host;x-amz-date, Signature=ab12",
       "AKID", "eu-west-1"},
      {"AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/dynamodb/aws4_request,"
       "SignedHeaders=host,Signature=ab12",
       "AKID", "eu-west-1"},
      {"AWS4-HMAC-SHA256   Signature=ab12 ,  SignedHeaders=host,Credential=k/d/local/x/y", "k",
       "local"},
      {"AWS4-X Credential=k, SignedHeaders=host, Signature=s", "k", ""},
      // Not a region that could stand in an ARN.
      {"AWS4-HMAC-SHA256 Credential=k/d/EU\"/s/t, SignedHeaders=host, Signature=s", "k", ""},
  };
  for (const auto& test : kCases) {
    const auto signer = read_authorization({test.header, kDate, ""});
    ASSERT_TRUE(signer.ok()) << test.header;
    EXPECT_EQ(signer->access_key, test.access_key) << test.header;
    EXPECT_EQ(signer->region, test.region) << test.header;
  }
}

TEST(Authorization, TakesKeyAndRegionFromTheQuery) {
  const auto signer = read_authorization(
      {"", "",
       "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261121%2fus-west-2%2Fdynamodb"
       "%2Faws4_request&X-Amz-Date=20261121T120000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=ab"});
  ASSERT_TRUE(signer.ok());
  EXPECT_EQ(signer->access_key, "AKID");
  EXPECT_EQ(signer->region, "us-west-2");
}

TEST(Authorization, RefusesInTheServicesWords) {
  struct Case {
    std::string_view header, date, query;
    ErrorCode code;
    std::string_view message;
  };
  constexpr std::string_view kMissing = "Request is missing Authentication Token";
  constexpr Case kCases[] = {
      {"", kDate, "", ErrorCode::kMissingAuthenticationToken, kMissing},
      {"Basic dTpw", kDate, "", ErrorCode::kMissingAuthenticationToken, kMissing},
      {"aws4-HMAC-SHA256 Credential=a", kDate, "", ErrorCode::kMissingAuthenticationToken,
       kMissing},
      {"AWS4-HMAC-SHA256", kDate, "", ErrorCode::kIncompleteSignature,
       "Authorization header requires 'Credential' parameter. Authorization header requires "
       "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
       "Authorization=AWS4-HMAC-SHA256"},
      {"AWS4-", "", "", ErrorCode::kIncompleteSignature,
       "Authorization header requires 'Credential' parameter. Authorization header requires "
       "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
       "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
       "Authorization=AWS4-"},
      {"AWS4-HMAC-SHA256 Credential=a, SignedHeaders=, Signature=s", kDate, "",
       ErrorCode::kIncompleteSignature,
       "Authorization header requires 'SignedHeaders' parameter. "
       "Authorization=AWS4-HMAC-SHA256 Credential=a, SignedHeaders=, Signature=s"},
      {"AWS4-HMAC-SHA256 Credential=\xff", kDate, "", ErrorCode::kIncompleteSignature,
       "Authorization header requires 'Signature' parameter. Authorization header requires "
       "'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256 Credential=?"},
      {"AWS4-HMAC-SHA256 Credential=a", kDate, "X-Amz-Algorithm=x", ErrorCode::kInvalidSignature,
       "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."},
      {"", kDate, "X-Amz-Algorithm", ErrorCode::kIncompleteSignature,
       "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters "
       "must include 'X-Amz-Credential'. AWS query-string parameters must include "
       "'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS "
       "query-string parameters must include 'X-Amz-Date'. Re-examine the query-string "
       "parameters."},
      {"", kDate, "X-Amz-Algorithm=a&X-Amz-Credential=c&X-Amz-Signature=s&X-Amz-SignedHeaders=h",
       ErrorCode::kIncompleteSignature,
       "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string "
       "parameters."},
  };
  for (const auto& test : kCases) {
    const auto signer = read_authorization({test.header, test.date, test.query});
    ASSERT_FALSE(signer.ok()) << test.header;
    EXPECT_EQ(signer.error().code, test.code) << test.header;
    EXPECT_EQ(signer.error().message, test.message);
  }
}

}  // namespace
}  // namespace dynolith::api
