// Roles: who may assume them by what a profile or the environment says, and what the service of
// tokens is asked and answers.
#include <gtest/gtest.h>

#include "odm/remote/credentials_chain.h"
#include "odm/remote/http_service_client.h"
#include "odm/remote/token_service.h"
#include "tests/odm/remote/fake_token_service.h"
#include "tests/odm/remote/fakes.h"
#include "tests/odm/remote/scripted_server.h"

namespace dynolith::odm {
namespace {

using Form = std::map<std::string, std::string>;

class RoleTest : public ::testing::Test {
 protected:
  RoleTest() {
    system_->variables = {{"HOME", "/home/me"},
                          {"AWS_REGION", "eu-central-1"},
                          {"AWS_EC2_METADATA_DISABLED", "true"}};
    service_->secrets = {{"BASE", "hidden-base"}, {"ENV", "hidden-env"}};
  }

  void config(const std::string& text) { system_->files["/home/me/.aws/config"] = text; }

  // "key token", or the error, which never shows a secret.
  std::string fetched() {
    const auto found = credentials_chain(options_, system_, service_, clock_)->fetch();
    if (found) return found->access_key_id + " " + found->session_token;
    EXPECT_EQ(found.error().code, ErrorCode::kNoCredentials);
    EXPECT_EQ(found.error().to_text().find("hidden"), std::string::npos);
    return found.error().message;
  }

  RemoteOptions options_;
  std::shared_ptr<test::FakeClock> clock_ = std::make_shared<test::FakeClock>();
  std::shared_ptr<test::FakeSystem> system_ = std::make_shared<test::FakeSystem>();
  std::shared_ptr<test::FakeTokenService> service_ =
      std::make_shared<test::FakeTokenService>(clock_);
};

constexpr const char* kBase =
    "[profile base]\naws_access_key_id = BASE\naws_secret_access_key = hidden-base\n";

TEST_F(RoleTest, IsAssumedWithTheKeysOfAnotherProfile) {
  config(
      std::string(kBase) +
      "region = us-west-2\n[default]\nrole_arn = arn:aws:iam::1:role/a+b\nsource_profile=base\n");
  const auto found = credentials_chain(options_, system_, service_, clock_)->fetch().value();
  EXPECT_EQ(found.access_key_id, "ROLE1");
  EXPECT_EQ(found.secret_access_key, "hidden-1");
  EXPECT_EQ(found.session_token, "token-1");
  EXPECT_EQ(found.expires_at_ms, clock_->now_ms() + 60 * 60 * 1000);
  ASSERT_EQ(service_->asked.size(), 1u);
  EXPECT_EQ(service_->asked[0].url, "https://sts.eu-central-1.amazonaws.com");
  EXPECT_EQ(service_->asked[0].region, "eu-central-1");
  EXPECT_EQ(service_->asked[0].access_key, "BASE");
  EXPECT_EQ(service_->asked[0].form,
            (Form{{"Action", "AssumeRole"},
                  {"Version", "2011-06-15"},
                  {"RoleArn", "arn:aws:iam::1:role/a+b"},
                  {"RoleSessionName", "dynolith-odm-" + std::to_string(clock_->now_ms())}}));
}

TEST_F(RoleTest, TellsTheServiceWhatTheProfileSays) {
  config(std::string(kBase) +
         "[default]\nrole_arn = arn\nsource_profile = base\nrole_session_name = me@work\n"
         "duration_seconds = 900\nexternal_id = a b/c&d=é\n");
  EXPECT_EQ(fetched(), "ROLE1 token-1");
  EXPECT_EQ(service_->asked[0].form, (Form{{"Action", "AssumeRole"},
                                           {"Version", "2011-06-15"},
                                           {"RoleArn", "arn"},
                                           {"RoleSessionName", "me@work"},
                                           {"DurationSeconds", "900"},
                                           {"ExternalId", "a b/c&d=é"}}));
}

TEST_F(RoleTest, IsAssumedByOneThatIsAssumed) {
  config(std::string(kBase) +
         "[profile middle]\nrole_arn = middle\nsource_profile = base\nregion = us-west-2\n"
         "[profile top]\nrole_arn = top\nsource_profile = middle\n");
  options_.profile = "top";
  EXPECT_EQ(fetched(), "ROLE2 token-2");
  ASSERT_EQ(service_->asked.size(), 2u);
  EXPECT_EQ(service_->asked[0].form["RoleArn"], "middle");
  EXPECT_EQ(service_->asked[0].access_key, "BASE");
  EXPECT_EQ(service_->asked[1].form["RoleArn"], "top");
  EXPECT_EQ(service_->asked[1].access_key, "ROLE1");  // And its session token.
  EXPECT_EQ(service_->asked[0].region, "eu-central-1");
}

TEST_F(RoleTest, KeysOfASourceGoBeforeItsRole) {
  config(
      "[default]\nrole_arn = a\nsource_profile = default\naws_access_key_id = BASE\n"
      "aws_secret_access_key = hidden-base\n[profile other]\nrole_arn = o\n"
      "source_profile = default\n");
  EXPECT_EQ(fetched(), "ROLE1 token-1");
  options_.profile = "other";
  EXPECT_EQ(fetched(), "ROLE2 token-2");
  ASSERT_EQ(service_->asked.size(), 2u);
  EXPECT_EQ(service_->asked[1].access_key, "BASE");
}

TEST_F(RoleTest, IsAssumedWithWhatAPlaceOrAProgramGives) {
  config(
      "[default]\nrole_arn = a\ncredential_source = Environment\n[profile program]\n"
      "role_arn = a\nsource_profile = tool\n[profile tool]\ncredential_process = get keys\n");
  EXPECT_EQ(fetched(),
            "the role of the profile default: there are no credentials in its credential_source");
  // With keys in the environment these are taken as they are, unless the profile is named.
  system_->variables["AWS_ACCESS_KEY_ID"] = "ENV";
  system_->variables["AWS_SECRET_ACCESS_KEY"] = "hidden-env";
  EXPECT_EQ(fetched(), "ENV ");
  options_.profile = "default";
  EXPECT_EQ(fetched(), "ROLE1 token-1");
  EXPECT_EQ(service_->asked[0].access_key, "ENV");
  options_.profile = "program";
  system_->process.output =
      R"({"Version": 1, "AccessKeyId": "BASE", "SecretAccessKey": "hidden-base"})";
  EXPECT_EQ(fetched(), "ROLE2 token-2");
  EXPECT_EQ(service_->asked[1].access_key, "BASE");
}

TEST_F(RoleTest, IsAssumedWithWhatTheContainerOrTheInstanceGives) {
  // Both places answer for themselves; the service of tokens is not reached here.
  const auto transport = std::make_shared<test::FakeTransport>();
  const auto refused = [&] {
    const auto found = credentials_chain(options_, system_, transport, clock_)->fetch();
    return found ? std::string() : found.error().message;
  };
  system_->variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://localhost/x";
  config("[default]\nrole_arn = a\ncredential_source = EcsContainer\n");
  transport->script = {
      test::answers(200, R"({"AccessKeyId":"C","SecretAccessKey":"hidden","Token":"t"})")};
  EXPECT_EQ(refused(),
            "the role of the profile default: no answer from "
            "https://sts.eu-central-1.amazonaws.com: connection refused");
  ASSERT_EQ(transport->asked.size(), 4u);  // Three attempts.
  EXPECT_EQ(transport->asked[0].url, "http://localhost/x");
  EXPECT_TRUE(transport->asked[3].header("Authorization").find("Credential=C/") !=
              std::string::npos);
  EXPECT_EQ(transport->asked[3].header("X-Amz-Security-Token"), "t");
  EXPECT_EQ(transport->asked[3].total_timeout_ms, 10'000);

  system_->variables["AWS_EC2_METADATA_DISABLED"] = "false";
  config("[default]\nrole_arn = a\ncredential_source = Ec2InstanceMetadata\n");
  EXPECT_EQ(refused(), "the instance's metadata service: connection refused");
}

TEST_F(RoleTest, RefusesProfilesThatContradictThemselves) {
  const std::string who = "the role of the profile default: ";
  const std::pair<std::string, std::string> cases[] = {
      {"role_arn = a", who + "it needs either source_profile or credential_source"},
      {"role_arn = a\nsource_profile = base\ncredential_source = Environment",
       who + "it needs either source_profile or credential_source"},
      {"role_arn = a\nsource_profile = nowhere",
       "the profile nowhere is in neither the config nor the credentials file"},
      {"role_arn = a\nsource_profile = default",
       who + "it is its own source_profile and has no keys"},
      {"role_arn = a\nsource_profile = b\n[profile b]\nrole_arn = b\nsource_profile = default",
       "the role of the profile b: source_profile leads back to the profile default"},
      {"role_arn = a\nsource_profile = b\n[profile b]\nregion = x",
       who + "the profile b has no credentials"},
      {"role_arn = a\nsource_profile = b\n[profile b]\nsso_session = hidden",
       "the profile b asks for single sign-on (sso_session), which is not supported"},
      {"role_arn = a\ncredential_source = environment",
       who + "credential_source is Environment, EcsContainer or Ec2InstanceMetadata"},
      {"role_arn = a\nsource_profile = base\nmfa_serial = hidden",
       "the profile default asks for a code that somebody types (mfa_serial), which is not "
       "supported"},
      {"role_arn = a\nsource_profile = base\nduration_seconds = 1h",
       who + "duration_seconds is no number"},
      {"role_arn = x/forbidden\nsource_profile = base",
       who + "AccessDenied: User: BASE is not authorized to <assume>"},
      {"web_identity_token_file = /token",
       "the web identity of the profile default: it has no role_arn"},
      {"role_arn = a\nweb_identity_token_file = /nothing",
       "the web identity of the profile default: the token file cannot be read"},
  };
  for (const auto& [settings, why] : cases) {
    config(kBase + std::string("[default]\n") + settings + "\n");
    EXPECT_EQ(fetched(), why);
  }
  std::string line = "[default]\nrole_arn = a\nsource_profile = p1\n";
  for (int i = 1; i < 20; ++i) {
    line += "[profile p" + std::to_string(i) + "]\nrole_arn = a\nsource_profile = p" +
            std::to_string(i + 1) + "\n";
  }
  config(line);
  EXPECT_EQ(fetched(),
            "the role of the profile p9: source_profile leads through more than 10 profiles");
}

TEST_F(RoleTest, IsAssumedWithAWebIdentity) {
  service_->identities = {"hidden-token"};
  system_->files["/token"] = "hidden-token\n";
  system_->variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  EXPECT_EQ(fetched(), "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
  system_->variables["AWS_ROLE_ARN"] = "arn:r";
  EXPECT_EQ(fetched(), "ROLE1 token-1");
  EXPECT_EQ(service_->asked[0].region, "");  // Not signed.
  EXPECT_EQ(service_->asked[0].form,
            (Form{{"Action", "AssumeRoleWithWebIdentity"},
                  {"Version", "2011-06-15"},
                  {"RoleArn", "arn:r"},
                  {"RoleSessionName", "dynolith-odm-" + std::to_string(clock_->now_ms())},
                  {"WebIdentityToken", "hidden-token"}}));
  system_->variables["AWS_ROLE_SESSION_NAME"] = "pod";
  EXPECT_EQ(fetched(), "ROLE2 token-2");
  EXPECT_EQ(service_->asked[1].form["RoleSessionName"], "pod");

  // The file is read again: the platform replaces it.
  service_->identities = {"hidden-newer"};
  EXPECT_EQ(fetched(),
            "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE: InvalidIdentityToken: nobody knows "
            "this token");
  system_->files["/token"] = "hidden-newer";
  EXPECT_EQ(fetched(), "ROLE3 token-3");
  system_->files["/token"] = " \n";
  EXPECT_EQ(fetched(),
            "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE: the token file holds no token");

  config(
      "[profile mine]\nrole_arn = arn:p\nweb_identity_token_file = /mine\n"
      "role_session_name = me\n");
  system_->files["/mine"] = "hidden-newer";
  options_.profile = "mine";  // Named: before the environment.
  EXPECT_EQ(fetched(), "ROLE4 token-4");
  EXPECT_EQ(service_->asked.back().form["RoleArn"], "arn:p");
  EXPECT_EQ(service_->asked.back().form["RoleSessionName"], "me");
}

TEST_F(RoleTest, AsksTheServiceWhereItIs) {
  struct Case {
    std::map<std::string, std::string> variables;
    std::string config, url;
  };
  const std::string role = "role_arn = a\nsource_profile = base\n";
  const Case cases[] = {
      {{{"AWS_REGION", "cn-north-1"}}, role, "https://sts.cn-north-1.amazonaws.com.cn"},
      {{{"AWS_ENDPOINT_URL_STS", "http://sts:1/x"}, {"AWS_ENDPOINT_URL", "http://all:1"}},
       role,
       "http://sts:1/x"},
      {{{"AWS_ENDPOINT_URL", "http://all:1"}, {"AWS_ENDPOINT_URL_DYNAMODB", "http://db:1"}},
       role,
       "http://all:1"},
      {{},
       role + "services = s\n[services s]\nsts =\n  endpoint_url = http://nested:1\n",
       "http://nested:1"},
  };
  const auto before = system_->variables;
  options_.endpoint = "http://dynamodb-only:1";
  for (const Case& each : cases) {
    system_->variables = before;
    for (const auto& [name, value] : each.variables) system_->variables[name] = value;
    config(kBase + std::string("[default]\n") + each.config);
    EXPECT_TRUE(fetched().starts_with("ROLE"));
    EXPECT_EQ(service_->asked.back().url, each.url);
  }
  system_->variables = before;
  system_->variables["AWS_REGION"] = "";
  config(kBase + std::string("[default]\n") + role);
  EXPECT_TRUE(fetched().starts_with("the role of the profile default: no region"));
}

// --- What the service answers.

class TokenServiceTest : public ::testing::Test {
 protected:
  std::string answer(std::deque<HttpOutcome> script) {
    transport_->asked.clear();
    transport_->script = std::move(script);
    const TokenService service{{"eu-central-1", parse_url("https://sts", "x").value()},
                               transport_,
                               std::make_shared<test::FakeClock>()};
    const auto found = service.assume_role({"arn"}, {"KEY", "hidden"}, "the role");
    if (found) return found->access_key_id;
    EXPECT_EQ(found.error().to_text().find("hidden"), std::string::npos);
    return found.error().message;
  }
  static HttpOutcome gives(const std::string& members) {
    return test::answers(200, "<AssumeRoleResponse><AssumeRoleResult><Credentials>" + members +
                                  "</Credentials></AssumeRoleResult></AssumeRoleResponse>");
  }

  std::shared_ptr<test::FakeTransport> transport_ = std::make_shared<test::FakeTransport>();
};

constexpr const char* kKeys =
    "<AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>hidden</SecretAccessKey>"
    "<SessionToken>t</SessionToken>";
constexpr const char* kExpiration = "<Expiration>2027-01-02T03:04:05Z</Expiration>";

TEST_F(TokenServiceTest, IsAskedAgainWhereThatMayHelp) {
  const HttpOutcome good = gives(std::string(kKeys) + kExpiration);
  const HttpOutcome passing[] = {
      test::fails(HttpFailure::Kind::kTimedOut, true),
      test::fails(HttpFailure::Kind::kCutOff, true),
      test::answers(503, "hidden"),
      test::answers(429, ""),
      test::token_service_error(400, "Throttling", "slower"),
      test::token_service_error(400, "IDPCommunicationError", "away"),
  };
  for (const HttpOutcome& each : passing) {
    EXPECT_EQ(answer({each, each, good}), "ROLE");
    EXPECT_NE(answer({each, each, each, good}), "ROLE");
    EXPECT_EQ(transport_->asked.size(), 3u);
  }
  const HttpOutcome lasting[] = {
      test::fails(HttpFailure::Kind::kNotTrusted, false),
      test::fails(HttpFailure::Kind::kRefused, false),
      test::answers(404, "hidden"),
      test::token_service_error(403, "AccessDenied", "no"),
      test::answers(200, "hidden"),
  };
  for (const HttpOutcome& each : lasting) {
    EXPECT_NE(answer({each, good}), "ROLE");
    EXPECT_EQ(transport_->asked.size(), 1u);
  }
}

TEST_F(TokenServiceTest, RefusesAnswersThatAreNone) {
  const std::pair<HttpOutcome, std::string> cases[] = {
      {test::answers(200, "hidden"), "the answer is not XML"},
      {test::answers(200, "<Other>hidden</Other>"), "its answer expires at no known moment"},
      {gives(kKeys), "its answer expires at no known moment"},
      {gives(std::string(kKeys) + "<Expiration>soon</Expiration>"),
       "its answer expires at no known moment"},
      {gives(kExpiration), "its answer has no usable keys"},
      {gives(
           std::string("<AccessKeyId>a b</AccessKeyId><SecretAccessKey>hidden</SecretAccessKey>") +
           kExpiration),
       "its answer has no usable keys"},
      {test::answers(400, "hidden"), "it answered with 400"},
      {test::answers(500, ""), "it answered with 500"},
      {test::token_service_error(400, "MalformedPolicy", ""), "MalformedPolicy"},
      {test::token_service_error(403, "AccessDenied", "line&#10;s"), "AccessDenied: line s"},
      {test::token_service_error(403, "A", std::string(600, 'x')),
       "A: " + std::string(497, 'x') + "..."},
      {test::fails(HttpFailure::Kind::kNotTrusted, false), "no answer from https://sts: a failure"},
  };
  for (const auto& [outcome, why] : cases)
    EXPECT_EQ(answer({outcome, outcome, outcome}), "the role: " + why);
}

// --- All of it, over the network of this machine.

TEST(Role, SignsTheCallsThatFollow) {
  const std::string given =
      "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE</AccessKeyId>"
      "<SecretAccessKey>hidden</SecretAccessKey><SessionToken>of-the-role</SessionToken>"
      "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>"
      "</AssumeRoleResponse>";
  test::ScriptedServer server(
      {test::replies(200, given), test::replies(200, "{}"), test::replies(200, "{}")});
  const auto system = std::make_shared<test::FakeSystem>();
  system->variables = {{"HOME", "/home/me"}, {"AWS_ENDPOINT_URL", server.url()}};
  system->files["/home/me/.aws/config"] =
      "[default]\nregion = eu-central-1\nrole_arn = arn\nsource_profile = default\n"
      "aws_access_key_id = BASE\naws_secret_access_key = hidden-base\n";
  Surroundings surroundings;
  surroundings.system = system;
  const auto client = make_service_client({}, surroundings).value();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client->call("DynamoDB_20120810.ListTables", "{}", CallKind::kRead).value().status,
              200);
  }
  const auto received = server.received();
  ASSERT_EQ(received.size(), 3u);
  EXPECT_TRUE(received[0].body.starts_with("Action=AssumeRole&"));
  EXPECT_NE(received[0].headers.at("authorization").find("Credential=BASE/"), std::string::npos);
  EXPECT_NE(received[0].headers.at("authorization").find("/eu-central-1/sts/aws4_request"),
            std::string::npos);
  for (const size_t i : {1u, 2u}) {
    EXPECT_EQ(received[i].headers.at("x-amz-security-token"), "of-the-role");
    EXPECT_NE(received[i].headers.at("authorization").find("Credential=ROLE/"), std::string::npos);
  }
}

}  // namespace
}  // namespace dynolith::odm
