#include "odm/remote/credentials_chain.h"

#include <gtest/gtest.h>

#include "tests/odm/remote/fakes.h"

namespace dynolith::odm {
namespace {

constexpr const char* kConfigFile = "/home/me/.aws/config";
constexpr const char* kCredentialsFile = "/home/me/.aws/credentials";
constexpr const char* kAnswer =
    R"({"AccessKeyId":"KEY","SecretAccessKey":"hidden","Token":"t","Expiration":"2027-01-02T03:04:05Z"})";

class CredentialsChainTest : public ::testing::Test {
 protected:
  CredentialsChainTest() {
    system_->variables = {{"HOME", "/home/me"}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  }

  // "key secret token", or the error, which never shows a secret.
  std::string fetched() {
    const auto found = credentials_chain(options_, system_, transport_, clock_)->fetch();
    if (found) {
      return found->access_key_id + " " + found->secret_access_key + " " + found->session_token;
    }
    EXPECT_EQ(found.error().code, ErrorCode::kNoCredentials);
    EXPECT_EQ(found.error().to_text().find("hidden"), std::string::npos);
    return found.error().message;
  }
  void set(const std::map<std::string, std::string>& variables) {
    for (const auto& [name, value] : variables) system_->variables[name] = value;
  }

  RemoteOptions options_;
  std::shared_ptr<test::FakeSystem> system_ = std::make_shared<test::FakeSystem>();
  std::shared_ptr<test::FakeClock> clock_ = std::make_shared<test::FakeClock>();
  std::shared_ptr<test::FakeTransport> transport_ = std::make_shared<test::FakeTransport>();
};

TEST_F(CredentialsChainTest, LooksInTheOrderOfTheSdks) {
  EXPECT_EQ(fetched(),
            "no credentials: none in RemoteOptions::credentials, AWS_ACCESS_KEY_ID, the profile "
            "default, AWS_CONTAINER_CREDENTIALS_*; AWS_EC2_METADATA_DISABLED is set");
  EXPECT_TRUE(transport_->asked.empty());

  set({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2"}});
  transport_->script.push_back(test::answers(200, kAnswer));
  EXPECT_EQ(fetched(), "KEY hidden t");

  system_->files[kConfigFile] = "[default]\naws_access_key_id=C\naws_secret_access_key=c";
  EXPECT_EQ(fetched(), "C c ");
  system_->files[kCredentialsFile] = "[default]\naws_access_key_id=F\naws_secret_access_key=f\n";
  EXPECT_EQ(fetched(), "F f ");
  set({{"AWS_ACCESS_KEY_ID", "E"}, {"AWS_SECRET_ACCESS_KEY", "e"}, {"AWS_SESSION_TOKEN", "s"}});
  EXPECT_EQ(fetched(), "E e s");
  options_.profile = "default";  // Named by the program: before the environment.
  EXPECT_EQ(fetched(), "F f ");
  options_.credentials = {"O", "o"};
  EXPECT_EQ(fetched(), "O o ");
  EXPECT_EQ(transport_->asked.size(), 1u);
}

TEST_F(CredentialsChainTest, TakesTheChosenProfile) {
  set({{"AWS_PROFILE", "work"}});
  EXPECT_EQ(fetched(), "the profile work is in neither the config nor the credentials file");
  system_->files[kConfigFile] = "[profile work]\naws_session_token=of another key\n";
  system_->files[kCredentialsFile] =
      "[default]\naws_access_key_id=D\naws_secret_access_key=d\n"
      "[work]\naws_access_key_id=W\naws_secret_access_key=w\n";
  EXPECT_EQ(fetched(), "W w ");
  system_->files[kCredentialsFile] += "aws_session_token = t==\n";
  EXPECT_EQ(fetched(), "W w t==");
}

TEST_F(CredentialsChainTest, RefusesByNameWhatItDoesNotSupport) {
  const std::pair<const char*, const char*> cases[] = {
      {"sso_session = hidden", "single sign-on (sso_session)"},
      {"sso_start_url = hidden", "single sign-on (sso_start_url)"},
      {"login_session = hidden", "login sessions (login_session)"},
  };
  for (const auto& [settings, what] : cases) {
    system_->files[kConfigFile] = "[default]\n" + std::string(settings);
    EXPECT_EQ(fetched(),
              "the profile default asks for " + std::string(what) + ", which is not supported");
  }
  system_->files[kConfigFile] = "[default]\naws_access_key_id = K\n";
  EXPECT_EQ(fetched(), "the profile default has no aws_secret_access_key");
  set({{"AWS_ACCESS_KEY_ID", "hidden"}});
  EXPECT_EQ(fetched(), "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
}

TEST_F(CredentialsChainTest, RunsTheProgramOfAProfileWithoutKeys) {
  system_->files[kConfigFile] = "[default]\ncredential_process = \"/my keys/get\" --for me\n";
  EXPECT_EQ(fetched(), "credential_process of the profile default: it prints no JSON object");
  system_->process.output =
      R"({"Version":1,"AccessKeyId":"P","SecretAccessKey":"hidden","SessionToken":"t"})";
  EXPECT_EQ(fetched(), "P hidden t");
  EXPECT_EQ(system_->ran.back(), (std::vector<std::string>{"/my keys/get", "--for", "me"}));
  system_->files[kCredentialsFile] = "[default]\naws_access_key_id=F\naws_secret_access_key=f\n";
  EXPECT_EQ(fetched(), "F f ");
  EXPECT_EQ(system_->ran.size(), 2u);
}

// --- The container.

TEST_F(CredentialsChainTest, AsksTheContainer) {
  set({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/id"},
       {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/unused"}});
  transport_->script = {test::fails(HttpFailure::Kind::kTimedOut, true), test::answers(503, ""),
                        test::answers(200, kAnswer)};
  const auto found = credentials_chain(options_, system_, transport_, clock_)->fetch().value();
  EXPECT_EQ(found.access_key_id, "KEY");
  EXPECT_EQ(found.expires_at_ms, 1'798'859'045'000);
  ASSERT_EQ(transport_->asked.size(), 3u);
  EXPECT_EQ(transport_->asked[2].url, "http://169.254.170.2/v2/credentials/id");
  EXPECT_EQ(transport_->asked[2].method, "GET");
  EXPECT_EQ(transport_->asked[2].header("Authorization"), "");
  EXPECT_EQ(transport_->asked[2].total_timeout_ms, 1000);
}

TEST_F(CredentialsChainTest, GivesTheContainerItsToken) {
  set({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"},
       {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the variable"}});
  transport_->script = {test::answers(200, kAnswer), test::answers(200, kAnswer)};
  EXPECT_EQ(fetched(), "KEY hidden t");
  EXPECT_EQ(transport_->asked[0].header("Authorization"), "of the variable");
  set({{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"}});
  EXPECT_EQ(fetched(),
            "the container's credentials: AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read");
  system_->files["/token"] = "of the file";
  EXPECT_EQ(fetched(), "KEY hidden t");
  EXPECT_EQ(transport_->asked[1].header("Authorization"), "of the file");
  system_->files["/token"] = "hidden\r\nX: y";
  EXPECT_EQ(fetched(), "the container's credentials: its authorization token has line ends");
  EXPECT_EQ(transport_->asked.size(), 2u);
}

TEST_F(CredentialsChainTest, AsksNoStrangersInTheClear) {
  const std::pair<const char*, bool> cases[] = {
      {"http://127.0.0.1/x", true},
      {"http://127.9.9.9:80/x", true},
      {"http://localhost:1/x", true},
      {"http://[::1]/x", true},
      {"http://[fd00:ec2::23]/x", true},
      {"http://169.254.170.2/x", true},
      {"https://example.com/x", true},
      {"http://example.com/x", false},
      {"http://169.254.169.254/x", false},
      {"http://128.0.0.1/x", false},
      {"http://[::2]/x", false},
      {"http://127.0.0.1.example.com/x", false},
      {"http://localhost.example/x", false},
      {"junk", false},
  };
  for (const auto& [url, allowed] : cases) {
    transport_->asked.clear();
    transport_->script = {test::answers(200, kAnswer)};
    set({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}});
    EXPECT_EQ(fetched() == "KEY hidden t", allowed) << url;
    EXPECT_EQ(transport_->asked.size(), allowed ? 1u : 0u) << url;
  }
}

TEST_F(CredentialsChainTest, RefusesAnswersThatAreNone) {
  set({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2"}});
  const std::pair<const char*, const char*> cases[] = {
      {"hidden", "its answer is not JSON"},
      {"[]", "its answer is not JSON"},
      {"{}", "its answer has no usable keys"},
      {R"({"AccessKeyId":"a","SecretAccessKey":"hidden\r\nX: y"})",
       "its answer has no usable keys"},
      {R"({"AccessKeyId":"a","SecretAccessKey":"hidden","Expiration":"soon"})",
       "its answer expires at no known moment"},
      {R"({"Code":"AssumeRoleUnauthorizedAccess"})", "it has none to give"},
  };
  for (const auto& [body, why] : cases) {
    transport_->script = {test::answers(200, body)};
    EXPECT_EQ(fetched(), "the container's credentials: " + std::string(why));
  }
  transport_->script = {test::answers(403, "hidden"), test::answers(403, ""),
                        test::answers(404, "")};
  EXPECT_EQ(fetched(), "the container's credentials: it answered with 404");
}

// --- The instance.

TEST_F(CredentialsChainTest, AsksTheInstanceWithAToken) {
  set({{"AWS_EC2_METADATA_DISABLED", "false"}});
  transport_->script = {test::answers(200, "TOKEN"), test::answers(200, "role-name\n"),
                        test::answers(200, kAnswer)};
  EXPECT_EQ(fetched(), "KEY hidden t");
  const auto& asked = transport_->asked;
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].method + " " + asked[0].url + asked[0].path,
            "PUT http://169.254.169.254/latest/api/token");
  EXPECT_EQ(asked[0].header("X-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(asked[1].method + asked[1].path, "GET/latest/meta-data/iam/security-credentials/");
  EXPECT_EQ(asked[2].path, "/latest/meta-data/iam/security-credentials/role-name");
  for (const auto i : {1, 2}) EXPECT_EQ(asked[i].header("X-aws-ec2-metadata-token"), "TOKEN");
  for (const auto& each : asked) EXPECT_EQ(each.total_timeout_ms, 1000);
}

TEST_F(CredentialsChainTest, FindsTheInstanceElsewhereAndSaysWhenItIsNotThere) {
  set({{"AWS_EC2_METADATA_DISABLED", ""},
       {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/base/"}});
  EXPECT_TRUE(fetched().ends_with("the instance's metadata service: connection refused"));
  EXPECT_EQ(transport_->asked[0].path, "/base/latest/api/token");
  EXPECT_EQ(transport_->asked.size(), 1u);
  set({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", ""},
       {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}});
  transport_->script = {test::answers(200, "TOKEN"), test::answers(200, "")};
  EXPECT_TRUE(fetched().ends_with("the instance has no role"));
  EXPECT_EQ(transport_->asked[1].url, "http://[fd00:ec2::254]");
}

}  // namespace
}  // namespace dynolith::odm
