#include "storage/kv/health.h"

#include <gtest/gtest.h>

namespace dynolith::storage::kv {
namespace {

using State = Health::State;
using RocksStatus = rocksdb::Status;

struct HealthTest : testing::Test {
  std::vector<std::string> lines;
  int stops = 0;
  Health health{"here", [this](const std::string& line) { lines.push_back(line); },
                [this] { ++stops; }};
};

TEST_F(HealthTest, AFullDiskPassesWhenRocksDbIsOpenedAgain) {
  health.failed(RocksStatus::NoSpace("No space left on device"), "writing");
  EXPECT_EQ(health.state(), State::kReadOnly);
  EXPECT_TRUE(health.needs_reopening());
  EXPECT_EQ(health.for_writes(), Status::kUnavailable);
  health.recovered();
  EXPECT_EQ(health.for_writes(), Status::kOk);
  EXPECT_EQ(stops, 0);
}

// What a file answers after a write to it has failed, to whoever comes next.
TEST_F(HealthTest, TheAfterEffectsOfAFullDiskAreNoNewFailure) {
  const auto after_effect = RocksStatus::IOError("Seen error. Skip writing buffer.");
  for (const bool is_first : {false, true}) {
    if (!is_first) health.failed(RocksStatus::NoSpace("No space left on device"), "writing");
    health.failed(after_effect, "writing");
    EXPECT_EQ(health.state(), State::kReadOnly);
    EXPECT_TRUE(health.needs_reopening());
    health.recovered();
  }
  EXPECT_EQ(stops, 0);
}

TEST_F(HealthTest, ABrokenDiskStopsTheStoreAlsoBehindItsAfterEffects) {
  health.failed(RocksStatus::IOError("Seen error. Skip writing buffer."), "writing");
  health.failed(RocksStatus::IOError("Input/output error"), "syncing the log");
  EXPECT_EQ(health.state(), State::kStopped);
  EXPECT_EQ(stops, 1);
  health.recovered();
  EXPECT_EQ(health.for_writes(), Status::kIo);
}

TEST_F(HealthTest, WhatIsNoFailureOfTheDiskChangesNothing) {
  health.failed(RocksStatus::OK(), "writing");
  health.failed(RocksStatus::InvalidArgument("no"), "writing");
  EXPECT_EQ(health.state(), State::kHealthy);
  EXPECT_TRUE(lines.empty());
}

}  // namespace
}  // namespace dynolith::storage::kv
