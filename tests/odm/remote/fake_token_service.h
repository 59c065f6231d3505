// A token service of the tests' own: checks signatures and tokens, gives numbered credentials.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "odm/remote/http_exchange.h"
#include "tests/support/fake_clock.h"

namespace dynolith::test {

class FakeTokenService : public odm::HttpTransport {
 public:
  explicit FakeTokenService(std::shared_ptr<FakeClock> clock) : clock_(std::move(clock)) {}

  odm::HttpOutcome exchange(const odm::HttpTarget& target,
                            const odm::HttpRequest& request) override;

  std::map<std::string, std::string> secrets;  // By access key; also of what it gave.
  std::map<std::string, std::string> tokens;   // Session tokens by access key.
  std::set<std::string> identities;            // Web identity tokens that it trusts.
  int64_t lifetime_ms = 60 * 60 * 1000;

  struct Asked {
    std::string url, region;  // Of the signature; empty: not signed.
    std::map<std::string, std::string> form;
    std::string access_key;
  };
  std::vector<Asked> asked;

 private:
  // Whose signature it is; empty: nobody's.
  std::string signer(const odm::HttpTarget& target, const odm::HttpRequest& request) const;
  odm::HttpOutcome give(const std::string& action);

  const std::shared_ptr<FakeClock> clock_;
  int given_ = 0;
};

odm::HttpOutcome token_service_error(int status, const std::string& code,
                                     const std::string& message);

}  // namespace dynolith::test
