#include "odm/async.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "odm/result.h"

namespace dynolith::odm {
namespace {

TEST(Async, GivesWhatTheOperationGives) {
  Executor executor(2);
  std::future<Result<int>> good = async(executor, [] { return Result<int>(7); });
  std::future<Result<int>> bad = async(
      executor, [] { return Result<int>(make_error(ErrorCode::kNotFound, "there is none")); });
  EXPECT_EQ(good.get().value(), 7);
  EXPECT_EQ(bad.get().error().code, ErrorCode::kNotFound);
}

TEST(Async, ThrowsWhatTheOperationThrows) {
  Executor executor(1);
  std::future<int> thrown = async(executor, []() -> int { throw std::runtime_error("no"); });
  EXPECT_THROW(thrown.get(), std::runtime_error);
}

TEST(Async, RunsAsManyAtOnceAsItHasThreads) {
  Executor executor(3);
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::vector<std::promise<void>> started(3);
  std::vector<std::future<void>> done;
  for (std::promise<void>& mine : started)
    done.push_back(async(executor, [&mine, gate] {
      mine.set_value();
      gate.wait();
    }));
  for (std::promise<void>& each : started) each.get_future().wait();
  open.set_value();
  for (std::future<void>& each : done) each.get();
}

TEST(Async, CarriesOutWhatWaitsBeforeItEnds) {
  std::atomic<int> count{0};
  {
    Executor executor(1, 4);  // Posting waits when four wait.
    for (int i = 0; i < 50; ++i) executor.post([&count] { ++count; });
  }
  EXPECT_EQ(count, 50);
}

}  // namespace
}  // namespace dynolith::odm
