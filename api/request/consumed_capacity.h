// ReturnConsumedCapacity, and the ConsumedCapacity that answers it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "api/json/writer.h"
#include "api/request/constraints.h"
#include "storage/engine/table.h"
#include "storage/engine/write.h"

namespace dynolith::api {

enum class ReturnConsumedCapacity : uint8_t { kNone, kTotal, kIndexes };

void check_return_consumed_capacity(Constraints& constraints, const Slot& slot);
ReturnConsumedCapacity return_consumed_capacity(const Slot& slot);  // Needs: it passed the check.

// What a read of `bytes` costs: 4 KB units, at least one; half of it if eventually consistent.
double read_units(uint64_t bytes, bool consistent);

// Units of one table and its indexes.
class ConsumedCapacity {
 public:
  // Transactions say beside every number of units whether they are of reading or of writing.
  enum class Units : uint8_t { kPlain, kRead, kWrite };

  ConsumedCapacity() = default;
  explicit ConsumedCapacity(Units units) : units_(units) {}

  void add_table(double units) { table_ += units; }
  void add_index(const storage::Index& index, double units);
  void add(const storage::WriteOutcome& outcome);

  // {"TableName":"t","CapacityUnits":1.0}; with kIndexes the arms of table and indexes as well,
  // those of indexes only where one was touched. Nothing for kNone, so do not give it a name then.
  void append(JsonWriter& json, ReturnConsumedCapacity mode, std::string_view table_name) const;

 private:
  struct Arm {
    const storage::Index* index;
    double units;
  };
  void append_units(JsonWriter& json, double units) const;
  void append_arms(JsonWriter& json, storage::IndexKind kind, std::string_view name) const;

  Units units_ = Units::kPlain;
  double table_ = 0;
  std::vector<Arm> indexes_;
};

}  // namespace dynolith::api
