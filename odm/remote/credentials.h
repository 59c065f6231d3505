// Credentials as a call needs them: the current ones, fetched when first needed and again before
// they expire.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "odm/remote/options.h"
#include "odm/result.h"
#include "storage/clock.h"

namespace dynolith::odm {

using CredentialsPtr = std::shared_ptr<const Credentials>;

// Threads: any, but never two at once (CredentialsProvider sees to it).
class CredentialsSource {
 public:
  virtual ~CredentialsSource() = default;
  // May read files and ask the network, with limits of its own. Errors: kNoCredentials, saying
  // where was looked and never what was found there.
  virtual Result<Credentials> fetch() = 0;
};

// Threads: any. One fetches; the others go on with what is still valid, or wait if nothing is.
class CredentialsProvider {
 public:
  CredentialsProvider(std::unique_ptr<CredentialsSource> source,
                      std::shared_ptr<storage::Clock> clock);

  // Errors: kNoCredentials. While its last credentials are valid a source is asked at most once a
  // minute, whether it fails or gives some that expire soon.
  Result<CredentialsPtr> get();
  // The service says that these have expired: fetch new ones. Does nothing if there are newer.
  void discard(const CredentialsPtr& expired);

 private:
  bool is_valid(const CredentialsPtr& credentials) const;
  bool is_due(const CredentialsPtr& credentials) const;
  Result<CredentialsPtr> fetch(std::unique_lock<std::mutex>& lock);

  const std::unique_ptr<CredentialsSource> source_;
  const std::shared_ptr<storage::Clock> clock_;
  std::mutex mutex_;
  std::condition_variable fetched_;
  CredentialsPtr current_;
  bool is_fetching_ = false;
  uint64_t fetches_ = 0;
  std::optional<Error> last_error_;
  int64_t not_before_ms_ = 0;  // Of the next refresh.
};

// kNoCredentials: "`who`: `why`".
Error no_credentials(std::string_view who, std::string_view why);
// What somebody gave, with the moment they expire as an ISO 8601 text; empty: never. Errors:
// kNoCredentials (keys that are missing or cannot stand in a header, no moment).
Result<Credentials> made_credentials(Credentials keys, std::string_view expiration,
                                     std::string_view who);

// True if they can stand in a header: no control characters, something in the first two.
bool are_usable(const Credentials& credentials);

}  // namespace dynolith::odm
