#include "odm/remote/credentials_chain.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "odm/remote/metadata_credentials.h"
#include "odm/remote/profile.h"
#include "storage/result.h"

namespace dynolith::odm {
namespace {

using Found = std::optional<Result<Credentials>>;  // Nothing: look on.

// What a profile may ask for that would make requests as somebody else than its keys say. In the
// order of the SDKs: those before the keys, and those after.
struct Unsupported {
  std::string_view setting, what;
};
constexpr std::array<Unsupported, 5> kBeforeKeys = {
    {{"web_identity_token_file", "web identity (web_identity_token_file)"},
     {"role_arn", "assuming a role (role_arn)"},
     {"sso_session", "single sign-on (sso_session)"},
     {"sso_start_url", "single sign-on (sso_start_url)"},
     {"sso_account_id", "single sign-on (sso_account_id)"}}};
constexpr std::array<Unsupported, 2> kAfterKeys = {
    {{"login_session", "login sessions (login_session)"},
     {"credential_process", "credential processes (credential_process)"}}};

Error none(std::string message) {
  return make_error(ErrorCode::kNoCredentials, std::move(message));
}

class Chain : public CredentialsSource {
 public:
  Chain(Credentials given, std::string profile, std::shared_ptr<const System> system,
        std::shared_ptr<HttpTransport> transport)
      : given_(std::move(given)),
        profile_(std::move(profile)),
        system_(std::move(system)),
        transport_(std::move(transport)) {}

  Result<Credentials> fetch() override {
    if (!given_.access_key_id.empty()) return given_;
    // A profile that the program names goes before what happens to be in the environment.
    if (profile_.empty()) {
      if (auto found = from_environment()) return std::move(*found);
    }
    const Profile profile = Profile::load(*system_, profile_);
    if (auto found = from_profile(profile)) return std::move(*found);
    if (auto found = container_credentials(*system_, *transport_)) return std::move(*found);
    auto found = instance_credentials(*system_, profile, *transport_);
    if (found && found->ok()) return std::move(*found);
    return none(
        "no credentials: none in RemoteOptions::credentials, AWS_ACCESS_KEY_ID, the profile " +
        profile.name() + ", AWS_CONTAINER_CREDENTIALS_*; " +
        (found ? found->error().message : "AWS_EC2_METADATA_DISABLED is set"));
  }

 private:
  Found from_environment() const {
    auto key = system_->environment("AWS_ACCESS_KEY_ID");
    auto secret = system_->environment("AWS_SECRET_ACCESS_KEY");
    if (key && secret) {
      return Credentials{std::move(*key), std::move(*secret),
                         system_->environment("AWS_SESSION_TOKEN").value_or(std::string())};
    }
    if (key) return none("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
    if (system_->environment("AWS_WEB_IDENTITY_TOKEN_FILE"))
      return none("web identity (AWS_WEB_IDENTITY_TOKEN_FILE) is not supported");
    return std::nullopt;
  }

  static Found from_profile(const Profile& profile) {
    if (profile.is_chosen() && !profile.exists()) {
      return none("the profile " + profile.name() +
                  " is in neither the config nor the credentials file");
    }
    const auto refuse = [&profile](std::string_view what) {
      return none("the profile " + profile.name() + " asks for " + std::string(what) +
                  ", which is not supported");
    };
    for (const auto& [setting, what] : kBeforeKeys) {
      if (!profile.get(setting).empty()) return refuse(what);
    }
    const auto key = profile.get("aws_access_key_id"),
               secret = profile.get("aws_secret_access_key");
    if (!key.empty() && !secret.empty()) {
      return Credentials{std::string(key), std::string(secret),
                         std::string(profile.get("aws_session_token"))};
    }
    if (!key.empty())
      return none("the profile " + profile.name() + " has no aws_secret_access_key");
    for (const auto& [setting, what] : kAfterKeys) {
      if (!profile.get(setting).empty()) return refuse(what);
    }
    return std::nullopt;
  }

  const Credentials given_;
  const std::string profile_;
  const std::shared_ptr<const System> system_;
  const std::shared_ptr<HttpTransport> transport_;
};

}  // namespace

std::unique_ptr<CredentialsSource> credentials_chain(const RemoteOptions& options,
                                                     std::shared_ptr<const System> system,
                                                     std::shared_ptr<HttpTransport> transport) {
  return std::make_unique<Chain>(options.credentials, options.profile, std::move(system),
                                 std::move(transport));
}

}  // namespace dynolith::odm
