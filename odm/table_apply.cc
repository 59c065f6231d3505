// Plans that are made and carried out over a connection.
#include <algorithm>

#include "odm/table_plan.h"

namespace dynolith::odm {
namespace {

using storage::IndexStatus;
using storage::TableStatus;

constexpr int64_t kWaitMsMax = 5000;
constexpr int kRoundsMax = 3;  // Of ensure_table, while others change the table.

// Nothing: there is no such table.
Result<std::optional<TableState>> describe(const TableCore& table) {
  auto state = table.connection->describe_table({table.name});
  if (state) return std::optional<TableState>(std::move(state).value());
  if (state.error().code == ErrorCode::kTableNotFound) return std::optional<TableState>();
  return std::move(state).error();
}

bool is_active(const TableState& state) {
  return state.status == TableStatus::kActive &&
         std::all_of(state.indexes.begin(), state.indexes.end(),
                     [](const IndexState& index) { return index.status == IndexStatus::kActive; });
}

// Whether the table is ready for a next step, or is not there.
Result<bool> compare_now(Plan& plan) {
  const std::optional<TableState> state = TRY(describe(*plan.table));
  if (state && state->status == TableStatus::kDeleting)
    return make_error(ErrorCode::kTableInUse,
                      "table \"" + plan.table->name + "\" is being deleted");
  compare_table(state ? &*state : nullptr, plan);
  return !state || is_active(*state);
}

Error refused(const Plan& plan, std::string why, bool (*is_reason)(const PlanStep&)) {
  Error error =
      make_error(ErrorCode::kPlanRefused, "table \"" + plan.table->name + "\": " + std::move(why));
  for (const PlanStep& step : plan.steps)
    if (is_reason(step)) error.problems.push_back({std::string(), step.text});
  return error;
}

Result<void> check_allowed(const Plan& plan, Apply allowed) {
  if (!plan.is_possible())
    return refused(plan, "what the models need cannot be made of the table that is there",
                   [](const PlanStep& step) { return step.kind == StepKind::kImpossible; });
  if (allowed != Apply::kAllowDestructive && plan.is_destructive())
    return refused(plan, "a step would destroy something and was not allowed to",
                   [](const PlanStep& step) { return step.is_destructive; });
  return {};
}

// Steps of `needed` that `shown` does not have.
Result<void> check_shown(const Plan& shown, const Plan& needed) {
  Error error = make_error(ErrorCode::kPlanRefused,
                           "table \"" + shown.table->name +
                               "\" has changed since the plan was made; other steps are needed");
  for (const PlanStep& step : needed.steps)
    if (std::none_of(shown.steps.begin(), shown.steps.end(),
                     [&](const PlanStep& each) { return each.text == step.text; }))
      error.problems.push_back({std::string(), step.text});
  if (error.problems.empty()) return {};
  return error;
}

class PlanExecutor {
 public:
  PlanExecutor(const TableCore& table, const ApplyOptions& options)
      : connection_(*table.connection), table_(table), options_(options) {}

  Result<void> run(const PlanStep& step) {
    for (const Request& request : step.requests) {
      TRY(send(request));
      TRY(wait_until_active(step.text));
    }
    return {};
  }

  // A table that was just created may not be known everywhere yet.
  Result<void> wait_until_active(const std::string& what) {
    int64_t waited = 0;
    int64_t wait = std::clamp<int64_t>(options_.wait_ms, 1, kWaitMsMax);
    while (true) {
      const std::optional<TableState> state = TRY(describe(table_));
      if (state && is_active(*state)) return {};
      if (waited >= options_.time_limit_ms)
        return make_error(ErrorCode::kTimeout, "table \"" + table_.name +
                                                   "\" is not ACTIVE after " +
                                                   std::to_string(waited) + " ms: " + what);
      connection_.wait_ms(wait);
      waited += wait;
      wait = std::min(wait * 2, kWaitMsMax);
    }
  }

 private:
  Result<void> send(const Request& request) {
    if (const auto* created = request.get_if<CreateTableRequest>())
      return connection_.create_table(*created);
    if (const auto* updated = request.get_if<UpdateTableRequest>())
      return connection_.update_table(*updated);
    if (const auto* time_to_live = request.get_if<TimeToLiveRequest>())
      return connection_.set_time_to_live(*time_to_live);
    return make_error(ErrorCode::kBadRequest, "a plan has only requests that change tables");
  }

  Connection& connection_;
  const TableCore& table_;
  const ApplyOptions& options_;
};

}  // namespace

Result<Plan> plan_table(const Table& table, std::span<const Schema* const> models,
                        const TableSettings& settings) {
  // Not TRY: g++ 12 with the thread sanitizer takes its temporary for something that is freed.
  Result<TableDesign> design = design_table(table.name(), models, settings);
  if (!design) return std::move(design).error();
  Plan plan;
  plan.table = table.core();
  plan.design = std::move(design).value();
  TRY(compare_now(plan));
  return plan;
}

Result<void> apply(const Plan& plan, Apply allowed, const ApplyOptions& options) {
  Plan needed;
  needed.table = plan.table;
  needed.design = plan.design;
  const bool is_ready = TRY(compare_now(needed));
  TRY(check_allowed(needed, allowed));
  TRY(check_shown(plan, needed));
  PlanExecutor executor(*plan.table, options);
  if (!is_ready) TRY(executor.wait_until_active("before the first step"));
  for (const PlanStep& step : needed.steps) TRY(executor.run(step));
  return {};
}

Result<void> ensure_table(const Table& table, std::span<const Schema* const> models,
                          const TableSettings& settings, const ApplyOptions& options) {
  for (int round = 1;; ++round) {
    const Plan plan = TRY(plan_table(table, models, settings));
    Result<void> applied = apply(plan, Apply::kSafe, options);
    const bool is_lost_race = !applied &&
                              (applied.error().code == ErrorCode::kTableInUse ||
                               applied.error().code == ErrorCode::kPlanRefused) &&
                              plan.is_possible() && !plan.is_destructive();
    if (!is_lost_race || round == kRoundsMax) return applied;
    table.connection().wait_ms(std::clamp<int64_t>(options.wait_ms, 1, kWaitMsMax));
  }
}

}  // namespace dynolith::odm
