// `credential_process`: how its command is parted, and what is made of what it prints.
#include "odm/remote/process_credentials.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/odm/remote/fakes.h"

namespace dynolith::odm {
namespace {

using End = ProcessResult::End;
using Words = std::vector<std::string>;

TEST(SplitCommand, PartsWordsAsAShellDoesAndNoMore) {
  const std::pair<const char*, Words> cases[] = {
      {"/opt/bin/keys", {"/opt/bin/keys"}},
      {"  /opt/keys \t --user  helen  ", {"/opt/keys", "--user", "helen"}},
      {R"("/Users/me/my keys/get" x)", {"/Users/me/my keys/get", "x"}},
      {R"('/my keys/get' "a 'b' c")", {"/my keys/get", "a 'b' c"}},
      {R"(get --name=a" b "c)", {"get", "--name=a b c"}},
      {R"(get "" '')", {"get", "", ""}},
      {R"(/my\ keys/get \"x\")", {"/my keys/get", "\"x\""}},
      {R"(get "a\"b\\c\d")", {"get", R"(a"b\c\d)"}},
      {R"(get 'a\b')", {"get", R"(a\b)"}},
      {"get $HOME ~ * | tee > x; ls && `id`",
       {"get", "$HOME", "~", "*", "|", "tee", ">", "x;", "ls", "&&", "`id`"}},
  };
  for (const auto& [command, words] : cases) EXPECT_EQ(split_command(command).value(), words);
}

TEST(SplitCommand, RefusesWhatIsNoCommand) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "the command names no program"},
      {"  ", "the command names no program"},
      {"'' x", "the command names no program"},
      {"get 'x", "the command has a quote that is not closed"},
      {"get \"x", "the command has a quote that is not closed"},
      {R"(get "x\")", "the command has a quote that is not closed"},
      {"get x\\", "the command ends with a backslash"},
  };
  for (const auto& [command, why] : cases) {
    const auto words = split_command(command);
    ASSERT_FALSE(words.ok()) << command;
    EXPECT_EQ(words.error().code, ErrorCode::kNoCredentials);
    EXPECT_EQ(words.error().message, why);
  }
}

class ProcessCredentialsTest : public ::testing::Test {
 protected:
  Result<Credentials> after(ProcessResult result) {
    system_.process = std::move(result);
    return process_credentials(system_, "get keys", "work");
  }
  // The error without its beginning; it never shows what was printed.
  std::string problem(ProcessResult result) {
    const std::string who = "credential_process of the profile work: ";
    const auto found = after(std::move(result));
    if (found) return "none";
    EXPECT_EQ(found.error().code, ErrorCode::kNoCredentials);
    EXPECT_EQ(found.error().to_text().find("hidden"), std::string::npos);
    EXPECT_TRUE(found.error().message.starts_with(who)) << found.error().message;
    return found.error().message.substr(who.size());
  }
  static ProcessResult prints(std::string output, std::string errors = {}, int status = 0) {
    return {End::kExited, status, std::move(output), std::move(errors)};
  }

  test::FakeSystem system_;
};

TEST_F(ProcessCredentialsTest, TakesWhatItPrints) {
  const Credentials lasting = after(prints(R"({"Version": 1, "AccessKeyId": "KEY",
      "SecretAccessKey": "secret"})"))
                                  .value();
  EXPECT_EQ(lasting.access_key_id + lasting.secret_access_key, "KEYsecret");
  EXPECT_EQ(lasting.session_token, "");
  EXPECT_EQ(lasting.expires_at_ms, 0);
  EXPECT_EQ(system_.ran, (std::vector<Words>{{"get", "keys"}}));

  constexpr const char* kExpirations[] = {
      "2027-01-02T03:04:05Z", "2027-01-02T03:04:05.000000+00:00", "2027-01-02T04:04:05+01:00"};
  for (const char* expiration : kExpirations) {
    const Credentials found =
        after(prints(R"({"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s", "AccountId": 1,
            "SessionToken": "t", "Expiration": ")" +
                         std::string(expiration) + "\"}\n",
                     "a warning\n"))
            .value();
    EXPECT_EQ(found.session_token, "t");
    EXPECT_EQ(found.expires_at_ms, 1'798'859'045'000) << expiration;
  }
  EXPECT_EQ(after(prints(R"({"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s",
      "SessionToken": null, "Expiration": null})"))
                .value()
                .expires_at_ms,
            0);
}

TEST_F(ProcessCredentialsTest, RefusesWhatIsNone) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "it prints no JSON object"},
      {"hidden", "it prints no JSON object"},
      {"[]", "it prints no JSON object"},
      {"{\"Version\": 1} hidden", "it prints no JSON object"},
      {R"({"AccessKeyId": "K", "SecretAccessKey": "hidden"})", "what it prints has no Version"},
      {R"({"Version": "1", "AccessKeyId": "K", "SecretAccessKey": "hidden"})",
       "what it prints has no Version"},
      {R"({"Version": 2, "AccessKeyId": "K", "SecretAccessKey": "hidden"})",
       "what it prints is of version 2, and only version 1 is known"},
      {R"({"Version": 1})", "its answer has no usable keys"},
      {R"({"Version": 1, "AccessKeyId": "K"})", "its answer has no usable keys"},
      {R"({"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "hidden\n"})",
       "its answer has no usable keys"},
      {R"({"Version": 1, "AccessKeyId": 5, "SecretAccessKey": "hidden"})",
       "what it prints has a member that is no text"},
      {R"({"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "hidden", "SessionToken": ["t"]})",
       "what it prints has a member that is no text"},
      {R"({"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "hidden", "Expiration": "soon"})",
       "its answer expires at no known moment"},
      {R"({"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "hidden", "Expiration": 5})",
       "what it prints has a member that is no text"},
  };
  for (const auto& [output, why] : cases) EXPECT_EQ(problem(prints(output)), why) << output;
}

TEST_F(ProcessCredentialsTest, SaysHowItEnded) {
  const std::string good = R"({"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "hidden"})";
  EXPECT_EQ(problem(prints(good, "", 2)), "it ended with status 2");
  EXPECT_EQ(problem({End::kSignalled, 15, good, ""}), "it was ended by signal 15");
  EXPECT_EQ(problem({End::kTimedOut, 0, good, ""}), "it did not end within a minute");
  EXPECT_EQ(problem({End::kTooMuchOutput, 0, good, ""}), "it prints more than credentials");
  EXPECT_EQ(problem({End::kNotStarted, ENOENT, "", ""}),
            "it cannot be started: No such file or directory");
}

TEST_F(ProcessCredentialsTest, ShowsWhatItReports) {
  EXPECT_EQ(problem(prints("", "\n  log in first\nwith: aws login\n", 1)),
            "it ended with status 1; it reports: log in first with: aws login");
  EXPECT_EQ(problem(prints("hidden", "no\x1b[31m color\r\n")),
            "it prints no JSON object; it reports: no [31m color");
  EXPECT_EQ(problem(prints("", "caf\xc3\xa9", 1)), "it ended with status 1; it reports: café");
  EXPECT_EQ(problem(prints("", "\xa9 cut", 1)), "it ended with status 1; it reports: ? cut");
  EXPECT_EQ(problem(prints("", " \n", 1)), "it ended with status 1");
  EXPECT_EQ(problem({End::kTimedOut, 0, "", "waiting for a code"}),
            "it did not end within a minute; it reports: waiting for a code");
}

TEST_F(ProcessCredentialsTest, RunsNothingThatIsNoCommand) {
  const auto found = process_credentials(system_, "get 'keys", "work");
  EXPECT_EQ(found.error().message,
            "credential_process of the profile work: the command has a quote that is not closed");
  EXPECT_TRUE(system_.ran.empty());
}

}  // namespace
}  // namespace dynolith::odm
