// Programs that are run: what reaches them, what comes back, and that none outlives its limits.
#include "odm/remote/process.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <thread>

#include "odm/remote/system.h"

namespace dynolith::odm {
namespace {

using End = ProcessResult::End;

ProcessResult shell(const std::string& script, const ProcessLimits& limits = {}) {
  return run_process({"sh", "-c", script}, limits);
}

TEST(Process, GivesWhatItWritesAndHowItEnds) {
  const ProcessResult good = shell("printf out; printf err >&2");
  EXPECT_EQ(good.end, End::kExited);
  EXPECT_EQ(good.status, 0);
  EXPECT_EQ(good.output, "out");
  EXPECT_EQ(good.errors, "err");

  const ProcessResult bad = shell("echo why >&2; exit 3");
  EXPECT_EQ(bad.end, End::kExited);
  EXPECT_EQ(bad.status, 3);
  EXPECT_EQ(bad.errors, "why\n");

  const ProcessResult killed = shell("kill -TERM $$");
  EXPECT_EQ(killed.end, End::kSignalled);
  EXPECT_EQ(killed.status, SIGTERM);
}

TEST(Process, IsWhatTheSystemRuns) {
  EXPECT_EQ(real_system()->run({"echo", "out"}).output, "out\n");
}

TEST(Process, TakesArgumentsAsTheyAre) {
  const ProcessResult printed =
      run_process({"printf", "%s|", "$HOME", "a b", "*", "~", "", "'", ";ls", "é"});
  EXPECT_EQ(printed.output, "$HOME|a b|*|~||'|;ls|é|");
}

TEST(Process, SaysWhyItCannotBeStarted) {
  const std::pair<std::vector<std::string>, int> cases[] = {
      {{"/no/such/program"}, ENOENT},
      {{"no-such-program-anywhere"}, ENOENT},
      {{"/"}, EACCES},
      {{""}, EINVAL},
      {{}, EINVAL},
  };
  for (const auto& [arguments, why] : cases) {
    const ProcessResult result = run_process(arguments);
    EXPECT_EQ(result.end, End::kNotStarted);
    EXPECT_EQ(result.status, why) << (arguments.empty() ? "nothing" : arguments[0]);
  }
}

TEST(Process, HasNoInputNoTerminalAndNoFilesOfOurs) {
  EXPECT_EQ(shell("cat; echo end").output, "end\n");
  EXPECT_EQ(shell("(: < /dev/tty) 2>/dev/null && echo a terminal || echo none").output, "none\n");
  FILE* ours = std::fopen("/dev/null", "r");  // Not closed in new programs by itself.
  ASSERT_NE(ours, nullptr);
  const std::string number = std::to_string(fileno(ours));
  EXPECT_EQ(shell("[ -e /proc/$$/fd/" + number + " ] && echo open || echo closed").output,
            "closed\n");
  std::fclose(ours);
}

// A program that ignores signals hands that on, unless it takes care not to.
TEST(Process, BeginsWithSignalsAsTheyUsuallyAre) {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto handler = std::signal(SIGPIPE, SIG_IGN);
  const ProcessResult blocked_one = shell("kill -TERM $$; echo alive");
  const ProcessResult ignored_one = shell("kill -PIPE $$; echo alive");
  std::signal(SIGPIPE, handler);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(blocked_one.status, SIGTERM);
  EXPECT_EQ(ignored_one.status, SIGPIPE);
}

TEST(Process, IsKilledWhenItTakesTooLong) {
  ProcessLimits limits;
  limits.time_ms = 50;
  // Also what it has started, which holds its output open. A busy machine may need longer to begin.
  ProcessResult result;
  for (; result.output.empty() && limits.time_ms < 60'000; limits.time_ms *= 2) {
    result = shell("echo begun; sleep 1000 & sleep 1000", limits);
    EXPECT_EQ(result.end, End::kTimedOut);
  }
  EXPECT_EQ(result.output, "begun\n");
  limits.time_ms = 50;
  EXPECT_EQ(shell("trap '' TERM INT HUP; while :; do :; done", limits).end, End::kTimedOut);
  EXPECT_EQ(shell("exec >&- 2>&-; sleep 1000", limits).end, End::kTimedOut);
}

TEST(Process, IsKilledWhenItWritesTooMuch) {
  ProcessLimits limits;
  limits.output_bytes_max = 1000;
  EXPECT_EQ(shell("yes", limits).end, End::kTooMuchOutput);
  EXPECT_EQ(shell("head -c 1001 /dev/zero", limits).end, End::kTooMuchOutput);
  const ProcessResult just = shell("head -c 1000 /dev/zero", limits);
  EXPECT_EQ(just.end, End::kExited);
  EXPECT_EQ(just.output.size(), 1000u);
}

TEST(Process, KeepsTheEndOfItsReports) {
  ProcessLimits limits;
  limits.errors_bytes_max = 10;
  const ProcessResult result =
      shell("i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done >&2; echo out", limits);
  EXPECT_EQ(result.end, End::kExited);
  EXPECT_EQ(result.errors, "998\n19999\n");
  EXPECT_EQ(result.output, "out\n");
}

TEST(Process, DoesNotWaitForWhatItLeavesRunning) {
  ProcessLimits limits;
  limits.time_ms = 600'000;
  const ProcessResult result = shell("echo out; (sleep 2) & exit 0", limits);
  EXPECT_EQ(result.end, End::kExited);
  EXPECT_EQ(result.output, "out\n");
}

TEST(Process, RunsWhereChildrenAreNotWaitedFor) {
  const auto handler = std::signal(SIGCHLD, SIG_IGN);
  const ProcessResult result = shell("echo out; exit 3");
  std::signal(SIGCHLD, handler);
  EXPECT_EQ(result.end, End::kExited);
  EXPECT_EQ(result.status, 0);  // Nobody can tell.
  EXPECT_EQ(result.output, "out\n");
}

TEST(Process, ManyRunAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::string> outputs(8);
  for (size_t i = 0; i < outputs.size(); ++i)
    threads.emplace_back([&outputs, i] { outputs[i] = shell("echo " + std::to_string(i)).output; });
  for (auto& thread : threads) thread.join();
  for (size_t i = 0; i < outputs.size(); ++i) EXPECT_EQ(outputs[i], std::to_string(i) + "\n");
}

}  // namespace
}  // namespace dynolith::odm
