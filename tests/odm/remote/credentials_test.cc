#include "odm/remote/credentials.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "tests/support/fake_clock.h"

namespace dynolith::odm {
namespace {

constexpr int64_t kMinuteMs = 60'000;

class FunctionSource : public CredentialsSource {
 public:
  explicit FunctionSource(std::function<Result<Credentials>()> answer)
      : answer_(std::move(answer)) {}
  Result<Credentials> fetch() override { return answer_(); }

 private:
  const std::function<Result<Credentials>()> answer_;
};

class CredentialsProviderTest : public ::testing::Test {
 protected:
  // Fetches are numbered; each lasts an hour unless it is said otherwise.
  Result<Credentials> fetch() {
    ++fetches_;
    if (fails_) return make_error(ErrorCode::kNoCredentials, "the source is away");
    return Credentials{"KEY" + std::to_string(fetches_), "secret", "",
                       lasting_ ? 0 : clock_->now_ms() + lifetime_ms_};
  }
  std::string key() {
    const auto found = provider_.get();
    return found ? (*found)->access_key_id : "error: " + found.error().message;
  }

  std::shared_ptr<test::FakeClock> clock_ = std::make_shared<test::FakeClock>();
  std::atomic<int> fetches_{0};
  bool fails_ = false, lasting_ = false;
  int64_t lifetime_ms_ = 60 * kMinuteMs;
  CredentialsProvider provider_{std::make_unique<FunctionSource>([this] { return fetch(); }),
                                clock_};
};

TEST_F(CredentialsProviderTest, FetchesOnceWhatDoesNotExpire) {
  lasting_ = true;
  EXPECT_EQ(fetches_, 0);
  EXPECT_EQ(key(), "KEY1");
  clock_->advance_ms(365 * 24 * 60 * kMinuteMs);
  EXPECT_EQ(key(), "KEY1");
  EXPECT_EQ(fetches_, 1);
}

TEST_F(CredentialsProviderTest, RefreshesFiveMinutesBeforeTheyExpire) {
  EXPECT_EQ(key(), "KEY1");
  clock_->advance_ms(55 * kMinuteMs - 1);
  EXPECT_EQ(key(), "KEY1");
  clock_->advance_ms(1);
  EXPECT_EQ(key(), "KEY2");
  EXPECT_EQ(key(), "KEY2");
}

TEST_F(CredentialsProviderTest, GoesOnWithValidOnesWhenARefreshFails) {
  EXPECT_EQ(key(), "KEY1");
  clock_->advance_ms(55 * kMinuteMs);
  fails_ = true;
  EXPECT_EQ(key(), "KEY1");
  EXPECT_EQ(key(), "KEY1");
  EXPECT_EQ(fetches_, 2);  // Not at every call.
  clock_->advance_ms(kMinuteMs);
  EXPECT_EQ(key(), "KEY1");
  EXPECT_EQ(fetches_, 3);
  clock_->advance_ms(4 * kMinuteMs);
  EXPECT_EQ(key(), "error: the source is away");
  fails_ = false;
  EXPECT_EQ(key(), "KEY5");
}

TEST_F(CredentialsProviderTest, AsksOnceAMinuteWhereAllExpireSoon) {
  lifetime_ms_ = 4 * kMinuteMs;
  EXPECT_EQ(key(), "KEY1");
  EXPECT_EQ(key(), "KEY1");
  clock_->advance_ms(kMinuteMs - 1);
  EXPECT_EQ(key(), "KEY1");
  clock_->advance_ms(1);
  EXPECT_EQ(key(), "KEY2");
  EXPECT_EQ(key(), "KEY2");
  lifetime_ms_ = kMinuteMs / 2;  // Gone before it would be asked again.
  clock_->advance_ms(kMinuteMs);
  EXPECT_EQ(key(), "KEY3");
  clock_->advance_ms(kMinuteMs / 2);
  EXPECT_EQ(key(), "KEY4");
}

TEST_F(CredentialsProviderTest, KeepsValidOnesWhenItGetsExpiredOnes) {
  EXPECT_EQ(key(), "KEY1");
  clock_->advance_ms(55 * kMinuteMs);
  lifetime_ms_ = 0;
  EXPECT_EQ(key(), "KEY1");
  EXPECT_EQ(key(), "KEY1");
  EXPECT_EQ(fetches_, 2);
  clock_->advance_ms(5 * kMinuteMs);
  EXPECT_EQ(key(), "error: the credentials found have expired");
}

TEST_F(CredentialsProviderTest, FetchesAgainWhatWasDiscarded) {
  const auto first = provider_.get().value();
  provider_.discard(first);
  const auto second = provider_.get().value();
  EXPECT_EQ(second->access_key_id, "KEY2");
  provider_.discard(first);  // By a call that began earlier.
  EXPECT_EQ(key(), "KEY2");
}

TEST(CredentialsProvider, OneThreadFetchesAndTheOthersWaitForIt) {
  const auto clock = std::make_shared<test::FakeClock>();
  constexpr int kThreads = 8;
  std::atomic<int> asking{0}, fetches{0};
  CredentialsProvider provider(std::make_unique<FunctionSource>([&]() -> Result<Credentials> {
                                 ++fetches;
                                 while (asking < kThreads) std::this_thread::yield();
                                 return Credentials{"KEY", "secret"};
                               }),
                               clock);
  std::vector<std::thread> threads;
  std::atomic<int> found{0};
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      ++asking;
      const auto credentials = provider.get();
      found += credentials.ok() && (*credentials)->access_key_id == "KEY" ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(found, kThreads);
  EXPECT_EQ(fetches, 1);
}

TEST(CredentialsProvider, OthersGoOnWhileOneRefreshes) {
  const auto clock = std::make_shared<test::FakeClock>();
  const int64_t expiry = clock->now_ms() + 10 * kMinuteMs;
  std::atomic<int> fetches{0};
  std::atomic<bool> goes_on{false}, refreshes{false};
  CredentialsProvider provider(std::make_unique<FunctionSource>([&]() -> Result<Credentials> {
                                 if (++fetches == 1)
                                   return Credentials{"OLD", "secret", "", expiry};
                                 refreshes = true;
                                 while (!goes_on) std::this_thread::yield();
                                 return Credentials{"NEW", "secret", "", expiry + 60 * kMinuteMs};
                               }),
                               clock);
  EXPECT_EQ(provider.get().value()->access_key_id, "OLD");
  clock->advance_ms(6 * kMinuteMs);
  std::thread refreshing([&] { EXPECT_EQ(provider.get().value()->access_key_id, "NEW"); });
  while (!refreshes) std::this_thread::yield();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(provider.get().value()->access_key_id, "OLD");
  goes_on = true;
  refreshing.join();
  EXPECT_EQ(provider.get().value()->access_key_id, "NEW");
  EXPECT_EQ(fetches, 2);
}

TEST(CredentialsProvider, RefusesWhatCannotStandInAHeaderWithoutShowingIt) {
  const Credentials bad[] = {{"", "secret"},
                             {"key", ""},
                             {"hidden\r\nX: y", "secret"},
                             {"key", "hidden\n"},
                             {"key", "secret", "hidden\r"},
                             {"key", "hid den"},
                             {"key", "hidden\x7f"}};
  for (const Credentials& credentials : bad) {
    CredentialsProvider provider(
        std::make_unique<FunctionSource>([&]() -> Result<Credentials> { return credentials; }),
        std::make_shared<test::FakeClock>());
    const auto found = provider.get();
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().code, ErrorCode::kNoCredentials);
    EXPECT_EQ(found.error().to_text().find("hid"), std::string::npos);
  }
}

}  // namespace
}  // namespace dynolith::odm
