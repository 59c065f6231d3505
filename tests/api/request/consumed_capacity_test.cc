#include "api/request/consumed_capacity.h"

#include <gtest/gtest.h>

namespace dynolith::api {
namespace {

TEST(ConsumedCapacity, RoundsReadsUpToHalfOrWholeUnits) {
  const struct {
    uint64_t bytes;
    double eventual;
  } kCases[] = {{0, 0.5}, {1, 0.5}, {4096, 0.5}, {4097, 1.0}, {8192, 1.0}, {8193, 1.5}};
  for (const auto& [bytes, eventual] : kCases) {
    EXPECT_EQ(read_units(bytes, false), eventual) << bytes;
    EXPECT_EQ(read_units(bytes, true), eventual * 2) << bytes;
  }
}

TEST(ConsumedCapacity, TotalsTheTableAndAllArms) {
  storage::Index local, global;
  local.definition.name = "l";
  local.definition.kind = storage::IndexKind::kLocal;
  global.definition.name = "g";
  global.definition.kind = storage::IndexKind::kGlobal;
  ConsumedCapacity capacity;
  capacity.add_table(1.5);
  capacity.add_index(global, 1);
  capacity.add_index(local, 2);
  capacity.add_index(global, 3);

  const auto written = [&](ReturnConsumedCapacity mode) {
    std::string text;
    JsonWriter json(text);
    capacity.append(json, mode, "t");
    return text;
  };
  EXPECT_EQ(written(ReturnConsumedCapacity::kNone), "");
  EXPECT_EQ(written(ReturnConsumedCapacity::kTotal), R"({"TableName":"t","CapacityUnits":7.5})");
  EXPECT_EQ(written(ReturnConsumedCapacity::kIndexes),
            R"({"TableName":"t","CapacityUnits":7.5,"Table":{"CapacityUnits":1.5},)"
            R"("LocalSecondaryIndexes":{"l":{"CapacityUnits":2.0}},)"
            R"("GlobalSecondaryIndexes":{"g":{"CapacityUnits":4.0}}})");
}

}  // namespace
}  // namespace dynolith::api
