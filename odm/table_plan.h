// What has to be done to a table before models can use it, shown before anything is done:
//
//   auto plan = plan_table<User, Order>(app).value();
//   log(plan.to_text());
//   apply(plan).value();                           // refuses what would destroy something
//   ensure_table<User, Order>(app).value();        // all of it at once
//
// A plan that was carried out is empty the next time. Nothing else in the mapper changes tables.
//
// Threads: any.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "odm/model.h"
#include "odm/table.h"
#include "odm/table_definition.h"

namespace dynolith::odm {

enum class StepKind : uint8_t {
  kCreateTable,
  kCreateIndex,
  kDeleteIndex,
  kChangeIndex,  // Deleted and built anew.
  kSetThroughput,
  kSetStream,
  kSetTimeToLive,
  kSetTableClass,
  kSetDeletionProtection,
  kImpossible,  // The table would have to be made anew: another key, local indexes.
};

struct PlanStep {
  StepKind kind = StepKind::kCreateTable;
  std::string text;             // "create index by_email: partition key gsi1pk (S)".
  bool is_destructive = false;  // Data, or what readers rely on, is lost for good or for a while.
  std::vector<Request> requests = {};  // Of tables, in order.
};

struct Plan {
  TableCorePtr table;
  TableDesign design;
  bool table_exists = false;
  std::vector<PlanStep> steps = {};
  std::vector<std::string> notes = {};  // What is left alone.

  bool is_empty() const { return steps.empty(); }
  bool is_destructive() const;
  bool is_possible() const;
  // All of it, one step a line.
  std::string to_text() const;
};

// What leads from a table as it is (null: there is none) to the design; in `plan`'s steps and
// notes. No network.
void compare_table(const TableState* state, Plan& plan);

// Asks what the table is (once) and compares. Errors: those of design_table(), kTableInUse (it is
// being deleted), those of every call.
Result<Plan> plan_table(const Table& table, std::span<const Schema* const> models,
                        const TableSettings& settings = {});
template <class... Ts>
Result<Plan> plan_table(const Table& table, const TableSettings& settings = {}) {
  static_assert(sizeof...(Ts) > 0, "plan_table<Models...>() needs at least one model");
  const std::array<const Schema*, sizeof...(Ts)> models{&schema_of<Ts>()...};
  return plan_table(table, models, settings);
}

enum class Apply : uint8_t { kSafe, kAllowDestructive };

struct ApplyOptions {
  // For each step: how long to wait until the table and its indexes are ACTIVE again.
  int64_t time_limit_ms = 30 * 60 * 1000;
  int64_t wait_ms = 100;  // Between two looks; doubles, up to 5 s.
};

// Looks at the table again, does the steps that are still needed, in order, and waits for each.
// Errors: kPlanRefused, with nothing done: a step is impossible, or destructive and not allowed
// (problems names them), or the table has changed so that other steps are needed than the plan
// shows; kTimeout (the step goes on in the service); those of tables. After an error in the middle
// the steps before it are done; plan again.
Result<void> apply(const Plan& plan, Apply allowed = Apply::kSafe,
                   const ApplyOptions& options = {});

// Plans and applies; also good if several programs do so at once.
Result<void> ensure_table(const Table& table, std::span<const Schema* const> models,
                          const TableSettings& settings = {}, const ApplyOptions& options = {});
template <class... Ts>
Result<void> ensure_table(const Table& table, const TableSettings& settings = {},
                          const ApplyOptions& options = {}) {
  static_assert(sizeof...(Ts) > 0, "ensure_table<Models...>() needs at least one model");
  const std::array<const Schema*, sizeof...(Ts)> models{&schema_of<Ts>()...};
  return ensure_table(table, models, settings, options);
}

}  // namespace dynolith::odm
