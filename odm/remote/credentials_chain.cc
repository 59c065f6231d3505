#include "odm/remote/credentials_chain.h"

#include <optional>
#include <string>
#include <utility>

#include "odm/remote/profile.h"
#include "storage/result.h"

namespace dynolith::odm {
namespace {

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
    if (profile_.empty()) {
      if (auto found = from_environment()) return std::move(*found);
    }
    return make_error(ErrorCode::kNoCredentials,
                      "no credentials: looked in RemoteOptions::credentials, AWS_ACCESS_KEY_ID");
  }

 private:
  std::optional<Result<Credentials>> from_environment() const {
    auto key = system_->environment("AWS_ACCESS_KEY_ID");
    auto secret = system_->environment("AWS_SECRET_ACCESS_KEY");
    if (!key) return std::nullopt;
    if (!secret) {
      return make_error(ErrorCode::kNoCredentials,
                        "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
    }
    return Credentials{std::move(*key), std::move(*secret),
                       system_->environment("AWS_SESSION_TOKEN").value_or(std::string())};
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
