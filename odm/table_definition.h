// What table a set of models needs: its key, indexes and settings, from what the models say.
//
// Threads: any, no state.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "odm/result.h"
#include "odm/schema.h"
#include "storage/value/table_schema.h"

namespace dynolith::odm {

using storage::BillingMode;
using storage::StreamViewType;
using storage::TableClass;
using storage::Throughput;

// What models do not say of a table. A member that is not given is the service's choice when the
// table is created and is left alone afterwards.
struct TableSettings {
  std::optional<BillingMode> billing_mode = {};  // On demand for new tables.
  // Units per second, for kProvisioned; those of indexes are the table's unless named here.
  std::optional<Throughput> throughput = {};
  std::map<std::string, Throughput> index_throughput = {};
  std::optional<storage::StreamChange> stream = {};  // stream_of(view type), no_stream().
  std::optional<TableClass> table_class = {};
  std::optional<bool> deletion_protection = {};
  std::vector<storage::Tag> tags = {};  // Of new tables.
  // What the table has and no model names; otherwise left alone.
  bool drop_unknown_indexes = false;
  bool drop_unknown_time_to_live = false;
};

inline storage::StreamChange stream_of(StreamViewType view_type) { return {view_type}; }
inline storage::StreamChange no_stream() { return {}; }

// A table as models and settings want it.
struct TableDesign {
  storage::TableDefinition definition;
  std::string time_to_live_attribute = {};  // Empty: no model has expires_at.
  TableSettings settings = {};
};

// The union of what the models need. Indexes of one name must be the same, but the attributes that
// they include add up; an index that does not hold all attributes always includes what tells the
// models' items apart. Errors: kBadModel (a model's own contradiction, no key, two models that
// contradict each other: both are named), kBadRequest (settings that contradict each other).
Result<TableDesign> design_table(std::string_view table, std::span<const Schema* const> models,
                                 const TableSettings& settings = {});

// "partition key pk (S), sort key sk (S)".
std::string to_text(const storage::KeySchema& key);
// "all attributes", "keys only", "the attributes a, b".
std::string to_text(const storage::IndexProjection& projection);

}  // namespace dynolith::odm
