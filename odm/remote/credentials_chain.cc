#include "odm/remote/credentials_chain.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "odm/remote/metadata_credentials.h"
#include "odm/remote/process_credentials.h"
#include "odm/remote/profile.h"
#include "odm/remote/token_service.h"
#include "storage/result.h"

namespace dynolith::odm {
namespace {

using Found = std::optional<Result<Credentials>>;  // Nothing: look on.

constexpr size_t kProfilesMax = 10;  // One the source of the other.
constexpr size_t kTokenBytesMax = 20'000;

struct Unsupported {
  std::string_view setting, what;
};
// Those that the SDKs look at before a profile's keys.
constexpr std::array<Unsupported, 3> kBeforeKeys = {
    {{"sso_session", "single sign-on (sso_session)"},
     {"sso_start_url", "single sign-on (sso_start_url)"},
     {"sso_account_id", "single sign-on (sso_account_id)"}}};
constexpr std::array<Unsupported, 1> kAfterKeys = {
    {{"login_session", "login sessions (login_session)"}}};

Error none(std::string message) {
  return make_error(ErrorCode::kNoCredentials, std::move(message));
}

Error refused(const Profile& profile, std::string_view what) {
  return none("the profile " + profile.name() + " asks for " + std::string(what) +
              ", which is not supported");
}

bool has_keys(const Profile& profile) {
  return !profile.get("aws_access_key_id").empty() && !profile.get("aws_secret_access_key").empty();
}

Credentials keys_of(const Profile& profile) {
  return {std::string(profile.get("aws_access_key_id")),
          std::string(profile.get("aws_secret_access_key")),
          std::string(profile.get("aws_session_token"))};
}

// With spaces and line ends around it, as files have.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

class Chain : public CredentialsSource {
 public:
  Chain(const RemoteOptions& options, std::shared_ptr<const System> system,
        std::shared_ptr<HttpTransport> transport, std::shared_ptr<storage::Clock> clock)
      : options_(options),
        system_(std::move(system)),
        transport_(std::move(transport)),
        clock_(std::move(clock)) {}

  Result<Credentials> fetch() override {
    if (!options_.credentials.access_key_id.empty()) return options_.credentials;
    const Profile profile = Profile::load(*system_, options_.profile);
    // A profile that the program names goes before what happens to be in the environment.
    if (options_.profile.empty()) {
      if (auto found = from_environment()) return std::move(*found);
      if (auto found = identity_in_environment(profile)) return std::move(*found);
    }
    if (profile.is_chosen() && !profile.exists()) return missing(profile);
    if (auto found = from_profile(profile, {profile.name()})) return std::move(*found);
    if (auto found = container_credentials(*system_, *transport_)) return std::move(*found);
    auto found = instance_credentials(*system_, profile, *transport_);
    if (found && found->ok()) return std::move(*found);
    return none(
        "no credentials: none in RemoteOptions::credentials, AWS_ACCESS_KEY_ID, the profile " +
        profile.name() + ", AWS_CONTAINER_CREDENTIALS_*; " +
        (found ? found->error().message : "AWS_EC2_METADATA_DISABLED is set"));
  }

 private:
  using Names = std::vector<std::string>;  // Of profiles, each the source of the one before it.

  static Error missing(const Profile& profile) {
    return none("the profile " + profile.name() +
                " is in neither the config nor the credentials file");
  }

  Found from_environment() const {
    auto key = system_->environment("AWS_ACCESS_KEY_ID");
    auto secret = system_->environment("AWS_SECRET_ACCESS_KEY");
    if (key && secret) {
      return Credentials{std::move(*key), std::move(*secret),
                         system_->environment("AWS_SESSION_TOKEN").value_or(std::string())};
    }
    if (key) return none("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
    return std::nullopt;
  }

  Found identity_in_environment(const Profile& profile) const {
    const auto file = system_->environment("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (!file) return std::nullopt;
    auto role = system_->environment("AWS_ROLE_ARN");
    if (!role) return none("AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
    return with_identity(
        profile,
        {std::move(*role), system_->environment("AWS_ROLE_SESSION_NAME").value_or(std::string())},
        *file, "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE");
  }

  // The file is read each time: the platform writes a new token into it every now and then.
  Result<Credentials> with_identity(const Profile& region_of, const RoleRequest& role,
                                    const std::string& file, const std::string& who) const {
    const auto text = system_->read_file(file);
    if (!text) return none(who + ": the token file cannot be read");
    const std::string_view token = trimmed(*text);
    if (token.empty() || token.size() > kTokenBytesMax)
      return none(who + ": the token file holds no token");
    const TokenService service = TRY(token_service(region_of, who));
    return service.assume_role_with_web_identity(role, token, who);
  }

  Result<TokenService> token_service(const Profile& region_of, std::string_view who) const {
    auto endpoint = resolve_token_service(options_, *system_, region_of);
    if (!endpoint) return no_credentials(who, endpoint.error().message);
    return TokenService{std::move(*endpoint), transport_, clock_};
  }

  // `names`: this profile's is the last. Nothing: it says nothing of credentials.
  Found from_profile(const Profile& profile, const Names& names) const {
    // The keys of a source are what it is named for, even if it has a role, too.
    if (names.size() > 1 && has_keys(profile)) return keys_of(profile);
    if (const auto file = profile.get("web_identity_token_file"); !file.empty())
      return identity_of(profile, std::string(file));
    if (!profile.get("role_arn").empty()) return role_of(profile, names);
    for (const auto& [setting, what] : kBeforeKeys) {
      if (!profile.get(setting).empty()) return refused(profile, what);
    }
    if (has_keys(profile)) return keys_of(profile);
    if (!profile.get("aws_access_key_id").empty())
      return none("the profile " + profile.name() + " has no aws_secret_access_key");
    for (const auto& [setting, what] : kAfterKeys) {
      if (!profile.get(setting).empty()) return refused(profile, what);
    }
    if (const auto command = profile.get("credential_process"); !command.empty())
      return process_credentials(*system_, command, profile.name());
    return std::nullopt;
  }

  static RoleRequest request_of(const Profile& profile) {
    return {std::string(profile.get("role_arn")), std::string(profile.get("role_session_name")),
            std::string(profile.get("duration_seconds")), std::string(profile.get("external_id"))};
  }

  Result<Credentials> identity_of(const Profile& profile, const std::string& file) const {
    const std::string who = "the web identity of the profile " + profile.name();
    const RoleRequest role = request_of(profile);
    if (role.role_arn.empty()) return none(who + ": it has no role_arn");
    return with_identity(profile, role, file, who);
  }

  Result<Credentials> role_of(const Profile& profile, const Names& names) const {
    const std::string who = "the role of the profile " + profile.name();
    if (!profile.get("mfa_serial").empty())
      return refused(profile, "a code that somebody types (mfa_serial)");
    const RoleRequest role = request_of(profile);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!std::all_of(role.duration_seconds.begin(), role.duration_seconds.end(), is_digit))
      return none(who + ": duration_seconds is no number");
    const Credentials as = TRY(source_of(profile, names, who));
    // The region is the chosen profile's, not that of one that lends its keys to another.
    const Profile chosen = Profile::load(*system_, names.front());
    const TokenService service = TRY(token_service(chosen, who));
    return service.assume_role(role, as, who);
  }

  // Whose credentials may assume a profile's role.
  Result<Credentials> source_of(const Profile& profile, const Names& names,
                                const std::string& who) const {
    const std::string source(profile.get("source_profile"));
    const std::string_view kind = profile.get("credential_source");
    if (source.empty() == kind.empty())
      return none(who + ": it needs either source_profile or credential_source");
    if (source.empty()) return from_place(profile, kind, who);
    if (source == profile.name()) {
      if (has_keys(profile)) return keys_of(profile);
      return none(who + ": it is its own source_profile and has no keys");
    }
    if (std::find(names.begin(), names.end(), source) != names.end())
      return none(who + ": source_profile leads back to the profile " + source);
    if (names.size() == kProfilesMax)
      return none(who + ": source_profile leads through more than " + std::to_string(kProfilesMax) +
                  " profiles");
    const Profile lender = Profile::load(*system_, source);
    if (!lender.exists()) return missing(lender);
    Names longer = names;
    longer.push_back(source);
    auto found = from_profile(lender, longer);
    if (!found) return none(who + ": the profile " + source + " has no credentials");
    return std::move(*found);
  }

  Result<Credentials> from_place(const Profile& profile, std::string_view kind,
                                 const std::string& who) const {
    Found found;
    if (kind == "Environment")
      found = from_environment();
    else if (kind == "EcsContainer")
      found = container_credentials(*system_, *transport_);
    else if (kind == "Ec2InstanceMetadata")
      found = instance_credentials(*system_, profile, *transport_);
    else
      return none(who + ": credential_source is Environment, EcsContainer or Ec2InstanceMetadata");
    if (!found) return none(who + ": there are no credentials in its credential_source");
    return std::move(*found);
  }

  const RemoteOptions options_;
  const std::shared_ptr<const System> system_;
  const std::shared_ptr<HttpTransport> transport_;
  const std::shared_ptr<storage::Clock> clock_;
};

}  // namespace

std::unique_ptr<CredentialsSource> credentials_chain(const RemoteOptions& options,
                                                     std::shared_ptr<const System> system,
                                                     std::shared_ptr<HttpTransport> transport,
                                                     std::shared_ptr<storage::Clock> clock) {
  return std::make_unique<Chain>(options, std::move(system), std::move(transport),
                                 std::move(clock));
}

}  // namespace dynolith::odm
