#include "odm/table_plan.h"

#include <algorithm>

#include "storage/engine/table_update.h"

namespace dynolith::odm {
namespace {

using storage::IndexDefinition;
using storage::IndexKind;
using storage::TableDefinition;
using storage::TableUpdate;

std::string_view text_of(StreamViewType type) {
  switch (type) {
    case StreamViewType::kKeysOnly:
      return "KEYS_ONLY";
    case StreamViewType::kNewImage:
      return "NEW_IMAGE";
    case StreamViewType::kOldImage:
      return "OLD_IMAGE";
    case StreamViewType::kNewAndOldImages:
      break;
  }
  return "NEW_AND_OLD_IMAGES";
}

std::string text_of(const Throughput& throughput) {
  return std::to_string(throughput.read_units) + " read and " +
         std::to_string(throughput.write_units) + " write units";
}

std::string text_of(const IndexDefinition& index) {
  std::string text = odm::to_text(index.key) + "; " + odm::to_text(index.projection);
  if (index.throughput) text += "; " + text_of(*index.throughput);
  return text;
}

bool same_projection(storage::IndexProjection a, storage::IndexProjection b) {
  std::sort(a.non_key_attributes.begin(), a.non_key_attributes.end());
  std::sort(b.non_key_attributes.begin(), b.non_key_attributes.end());
  return a == b;
}

const IndexDefinition* find_index(const TableDefinition& table, std::string_view name) {
  for (const IndexDefinition& index : table.indexes)
    if (index.name == name) return &index;
  return nullptr;
}

// Writes the steps that lead from `now` to the plan's design.
class Comparison {
 public:
  Comparison(const TableState& state, Plan& plan)
      : now_(state.definition), state_(state), wanted_(plan.design.definition), plan_(plan) {}

  void run() {
    if (now_.key != wanted_.key)
      return impossible("the table has " + odm::to_text(now_.key) + "; the models need " +
                        odm::to_text(wanted_.key));
    set_throughput();
    delete_unknown_indexes();
    for (const IndexDefinition& index : wanted_.indexes) compare_index(index);
    set_stream();
    set_time_to_live();
    set_table_class();
    set_deletion_protection();
  }

 private:
  const TableSettings& settings() const { return plan_.design.settings; }

  TableUpdate update() const {
    TableUpdate change;
    change.name = wanted_.name;
    return change;
  }

  PlanStep& add(StepKind kind, std::string text, bool is_destructive = false) {
    PlanStep& step = plan_.steps.emplace_back();
    step.kind = kind;
    step.text = std::move(text);
    step.is_destructive = is_destructive;
    return step;
  }

  void impossible(std::string text) { add(StepKind::kImpossible, std::move(text)); }

  BillingMode billing_mode() const { return settings().billing_mode.value_or(now_.billing_mode); }

  // What a global index gets: its own, the table's new one, or what the table has.
  std::optional<Throughput> index_throughput(const IndexDefinition& index) const {
    if (index.kind == IndexKind::kLocal || billing_mode() != BillingMode::kProvisioned) return {};
    return index.throughput ? index.throughput : std::optional<Throughput>(now_.throughput);
  }

  void set_throughput() {
    if (!settings().billing_mode) return;
    TableUpdate change = update();
    std::string text;
    const bool is_provisioned = *settings().billing_mode == BillingMode::kProvisioned;
    if (now_.billing_mode != *settings().billing_mode) {
      change.billing_mode = settings().billing_mode;
      text = is_provisioned ? "; provisioned" : "; on demand";
    }
    if (is_provisioned && (change.billing_mode || now_.throughput != wanted_.throughput)) {
      change.throughput = wanted_.throughput;
      text += "; " + text_of(wanted_.throughput);
    }
    if (is_provisioned) add_index_throughput(change, text);
    if (text.empty()) return;
    PlanStep& step = add(StepKind::kSetThroughput, "set throughput: " + text.substr(2));
    step.requests.emplace_back(UpdateTableRequest(std::move(change)));
  }

  void add_index_throughput(TableUpdate& change, std::string& text) const {
    for (const IndexDefinition& index : now_.indexes) {
      if (index.kind == IndexKind::kLocal) continue;
      const IndexDefinition* wanted = find_index(wanted_, index.name);
      // An index that no model names still needs some when the table becomes provisioned.
      if (wanted == nullptr && !change.billing_mode) continue;
      const Throughput units =
          wanted != nullptr && wanted->throughput ? *wanted->throughput : wanted_.throughput;
      if (!change.billing_mode && index.throughput == units) continue;
      change.index_changes.emplace_back(
          storage::UpdateIndex{.name = index.name, .throughput = units});
      text += "; index " + index.name + " " + text_of(units);
    }
  }

  void delete_unknown_indexes() {
    for (const IndexDefinition& index : now_.indexes) {
      if (find_index(wanted_, index.name) != nullptr) continue;
      if (index.kind == IndexKind::kGlobal && settings().drop_unknown_indexes) {
        PlanStep& step = add(StepKind::kDeleteIndex, "delete index " + index.name, true);
        step.requests.emplace_back(delete_request(index.name));
        continue;
      }
      plan_.notes.push_back((index.kind == IndexKind::kLocal ? "local index " : "index ") +
                            index.name + " is named by no model and left alone");
    }
  }

  Request delete_request(const std::string& name) const {
    TableUpdate change = update();
    change.index_changes.emplace_back(storage::DeleteIndex{name});
    return UpdateTableRequest(std::move(change));
  }

  Request create_request(IndexDefinition index) const {
    TableUpdate change = update();
    change.attribute_definitions = wanted_.attribute_definitions;
    index.throughput = index_throughput(index);
    change.index_changes.emplace_back(storage::CreateIndex{std::move(index)});
    return UpdateTableRequest(std::move(change));
  }

  bool is_being_deleted(std::string_view name) const {
    return std::any_of(state_.indexes.begin(), state_.indexes.end(), [&](const IndexState& index) {
      return index.name == name && index.status == storage::IndexStatus::kDeleting;
    });
  }

  void compare_index(const IndexDefinition& wanted) {
    const IndexDefinition* now = find_index(now_, wanted.name);
    if (wanted.kind == IndexKind::kLocal || (now != nullptr && now->kind == IndexKind::kLocal))
      return compare_local_index(wanted, now);
    if (now == nullptr || is_being_deleted(wanted.name)) {
      IndexDefinition shown = wanted;
      shown.throughput = index_throughput(wanted);
      PlanStep& step =
          add(StepKind::kCreateIndex, "create index " + wanted.name + ": " + text_of(shown));
      step.requests.emplace_back(create_request(wanted));
      return;
    }
    std::string difference = difference_between(*now, wanted);
    if (difference.empty()) return;
    PlanStep& step = add(StepKind::kChangeIndex,
                         "change index " + wanted.name +
                             ", which is deleted and built anew: " + std::move(difference),
                         true);
    step.requests.emplace_back(delete_request(wanted.name));
    step.requests.emplace_back(create_request(wanted));
  }

  static std::string difference_between(const IndexDefinition& now, const IndexDefinition& wanted) {
    std::string text;
    if (now.key != wanted.key)
      text = odm::to_text(now.key) + " becomes " + odm::to_text(wanted.key);
    if (!same_projection(now.projection, wanted.projection))
      text += (text.empty() ? "" : "; ") + odm::to_text(now.projection) + " becomes " +
              odm::to_text(wanted.projection);
    return text;
  }

  void compare_local_index(const IndexDefinition& wanted, const IndexDefinition* now) {
    if (now == nullptr)
      return impossible("local index " + wanted.name +
                        " is missing; local indexes are made with their table alone");
    if (now->kind != wanted.kind)
      return impossible("index " + wanted.name + " is " +
                        (now->kind == IndexKind::kLocal ? "local; the models need a global one"
                                                        : "global; the models need a local one"));
    const std::string difference = difference_between(*now, wanted);
    if (!difference.empty())
      impossible("local index " + wanted.name + " cannot be changed: " + difference);
  }

  void set_stream() {
    if (!settings().stream || settings().stream->view_type == now_.stream_view_type) return;
    const std::optional<StreamViewType> wanted = settings().stream->view_type;
    const std::optional<StreamViewType> now = now_.stream_view_type;
    std::string text = "turn the stream on: ";
    if (!wanted) text = "turn the stream off, which showed ";
    if (wanted && now) text = "turn the stream off and on as another: ";
    if (wanted && now) text += std::string(text_of(*now)) + " becomes ";
    text += text_of(wanted ? *wanted : *now);
    PlanStep& step = add(StepKind::kSetStream, std::move(text), now.has_value());
    if (now) step.requests.emplace_back(stream_request({}));
    if (wanted) step.requests.emplace_back(stream_request(wanted));
  }

  Request stream_request(std::optional<StreamViewType> view_type) const {
    TableUpdate change = update();
    change.stream = storage::StreamChange{view_type};
    return UpdateTableRequest(std::move(change));
  }

  void set_time_to_live() {
    const std::string& now = state_.time_to_live_attribute;
    const std::string& wanted = plan_.design.time_to_live_attribute;
    if (now == wanted) return;
    if (wanted.empty() && !settings().drop_unknown_time_to_live) {
      plan_.notes.push_back("time to live by " + now + " is named by no model and left alone");
      return;
    }
    std::string text = "turn time to live on: " + wanted;
    if (wanted.empty()) text = "turn time to live off: " + now;
    if (!wanted.empty() && !now.empty())
      text = "turn time to live off and on as another: " + now + " becomes " + wanted;
    PlanStep& step = add(StepKind::kSetTimeToLive, std::move(text));
    if (!now.empty()) step.requests.emplace_back(TimeToLiveRequest{wanted_.name, now, false});
    if (!wanted.empty()) step.requests.emplace_back(TimeToLiveRequest{wanted_.name, wanted, true});
  }

  void set_table_class() {
    const TableClass now = now_.table_class.value_or(TableClass::kStandard);
    if (!settings().table_class || *settings().table_class == now) return;
    TableUpdate change = update();
    change.table_class = settings().table_class;
    PlanStep& step = add(StepKind::kSetTableClass, now == TableClass::kStandard
                                                       ? "set table class: infrequent access"
                                                       : "set table class: standard");
    step.requests.emplace_back(UpdateTableRequest(std::move(change)));
  }

  void set_deletion_protection() {
    const auto& wanted = settings().deletion_protection;
    if (!wanted || *wanted == now_.deletion_protection) return;
    TableUpdate change = update();
    change.deletion_protection = wanted;
    PlanStep& step = add(StepKind::kSetDeletionProtection,
                         std::string("turn deletion protection ") + (*wanted ? "on" : "off"));
    step.requests.emplace_back(UpdateTableRequest(std::move(change)));
  }

  const TableDefinition& now_;
  const TableState& state_;
  const TableDefinition& wanted_;
  Plan& plan_;
};

// A table that does not exist, with its indexes.
void create_all(Plan& plan) {
  const TableDefinition& wanted = plan.design.definition;
  PlanStep create;
  create.text = "create table: " + odm::to_text(wanted.key);
  create.text += wanted.billing_mode == BillingMode::kProvisioned
                     ? "; " + text_of(wanted.throughput)
                     : std::string("; on demand");
  if (wanted.stream_view_type)
    create.text += "; stream " + std::string(text_of(*wanted.stream_view_type));
  if (wanted.deletion_protection) create.text += "; deletion protection";
  for (const IndexDefinition& index : wanted.indexes)
    create.text += std::string("\n     with ") +
                   (index.kind == IndexKind::kLocal ? "local index " : "index ") + index.name +
                   ": " + text_of(index);
  create.requests.emplace_back(CreateTableRequest{wanted});
  plan.steps.push_back(std::move(create));
  const std::string& expiry = plan.design.time_to_live_attribute;
  if (expiry.empty()) return;
  PlanStep time_to_live;
  time_to_live.kind = StepKind::kSetTimeToLive;
  time_to_live.text = "turn time to live on: " + expiry;
  time_to_live.requests.emplace_back(TimeToLiveRequest{wanted.name, expiry, true});
  plan.steps.push_back(std::move(time_to_live));
}

}  // namespace

bool Plan::is_destructive() const {
  return std::any_of(steps.begin(), steps.end(),
                     [](const PlanStep& step) { return step.is_destructive; });
}

bool Plan::is_possible() const {
  return std::none_of(steps.begin(), steps.end(),
                      [](const PlanStep& step) { return step.kind == StepKind::kImpossible; });
}

std::string Plan::to_text() const {
  std::string text = "table \"" + design.definition.name + "\"";
  if (steps.empty())
    text += ": nothing to do\n";
  else
    text += table_exists ? ", which exists:\n" : ", which does not exist:\n";
  for (size_t i = 0; i < steps.size(); ++i) {
    text += "  " + std::to_string(i + 1) + ". ";
    if (steps[i].kind == StepKind::kImpossible) text += "IMPOSSIBLE: ";
    if (steps[i].is_destructive) text += "DESTRUCTIVE: ";
    text += steps[i].text + "\n";
  }
  for (const std::string& note : notes) text += "  note: " + note + "\n";
  return text;
}

void compare_table(const TableState* state, Plan& plan) {
  plan.steps.clear();
  plan.notes.clear();
  plan.table_exists = state != nullptr;
  if (state == nullptr)
    create_all(plan);
  else
    Comparison(*state, plan).run();
}

}  // namespace dynolith::odm
