// Which transactions were carried out under which token, so that one that is sent again within ten
// minutes is not carried out again. A token's row is written in the commit of what it stands for.
//
// token row   := key 00000000 0005 period:u32be scope_bytes:u16be scope token -> row
// row         := version:01 expires:i64le request_bytes:u8 request (item_bytes:u32le)*
//
// A period is ten minutes; the row lies in the one in which it was written. So a token is looked up
// in the present period and the one before, and everything in earlier ones has expired and goes in
// one piece. Periods do not go back when the clock does.
// PERSISTED. Example: token "t" of no scope, written 1,200,001 ms after 1970 for request "r", one
// item of 5 bytes: 00000000 0005 00000002 0000 "t" -> 01 41771b0000000000 01 "r" 05000000
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

#include "storage/clock.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// What is remembered of a transaction.
struct TokenRecord {
  int64_t expires_ms = 0;
  std::string request;               // What identifies what was asked for.
  std::vector<uint32_t> item_bytes;  // Each write's item, as the transaction left it.

  std::string encode() const;
  static std::optional<TokenRecord> decode(std::string_view row);  // Nothing: damaged.
};

// Threads: any, all calls but load().
class RequestTokens {
 public:
  // A token that somebody works on, for a scope of the code; and the keys that it lies under.
  class Claim {
   public:
    Claim(RequestTokens& tokens, std::string name, int64_t now, uint32_t period);
    ~Claim();
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

    // To be declared by the transaction, in this order, behind its other keys.
    const std::string& current() const { return current_; }
    const std::string& previous() const { return previous_; }
    bool has_token() const { return !name_.empty(); }
    // False: another works on this token.
    explicit operator bool() const { return is_first_; }

    const int64_t now_ms;  // When it was claimed.

   private:
    RequestTokens& tokens_;
    const std::string name_;
    const std::string current_, previous_;
    const bool is_first_;
  };

  // The arguments outlive this.
  RequestTokens(kv::Store& store, Clock& clock) : store_(store), clock_(clock) {}
  ~RequestTokens();

  // Takes up the periods that a former process wrote, and goes on removing what has expired.
  Result<void> load();

  Claim claim(std::string_view scope, std::string_view token);  // No token: claims nothing.

  // What the token stands for, if it has not expired. Needs: the claim's keys are declared from
  // `declared` on. Errors: kCorruption.
  static Result<std::optional<TokenRecord>> find(const Claim& claim, kv::Reads& reads,
                                                 size_t declared);
  // Fills in when `record` expires, and writes it.
  static void remember(const Claim& claim, TokenRecord& record, kv::Writes& writes);

  // Removes the rows of all periods in which everything has expired.
  kv::Status sweep();

 private:
  uint32_t period_at(int64_t now_ms);
  void sweep_in_background();
  void run();

  kv::Store& store_;
  Clock& clock_;
  std::atomic<uint32_t> period_{0};  // The last one that was current.

  std::mutex claims_mutex_;
  std::unordered_set<std::string> claims_;  // Names of tokens that are being worked on.

  std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  bool stopping_ = false;
  bool due_ = false;
  std::thread thread_;
};

}  // namespace dynolith::storage
