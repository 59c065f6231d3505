#include "odm/index_choice.h"

#include <algorithm>
#include <tuple>

#include "storage/expression/condition.h"

namespace dynolith::odm {
namespace {

using storage::Comparator;
using storage::KeyOperator;

// A part of the condition as a key could use it: on an attribute of the item, with operands that
// are values.
struct Clause {
  ConditionCore condition;
  size_t attribute = 0;
  std::optional<SortCondition> usable = {};  // Absent: only a filter can hold it.
  bool needs_attribute = false;              // It is false for items without the attribute.
};

std::optional<KeyOperator> key_operator(Comparator comparator) {
  switch (comparator) {
    case Comparator::kEqual:
      return KeyOperator::kEqual;
    case Comparator::kLess:
      return KeyOperator::kLess;
    case Comparator::kLessOrEqual:
      return KeyOperator::kLessOrEqual;
    case Comparator::kGreater:
      return KeyOperator::kGreater;
    case Comparator::kGreaterOrEqual:
      return KeyOperator::kGreaterOrEqual;
    case Comparator::kNotEqual:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<size_t> attribute_of(const Schema& schema, const storage::Operand& operand) {
  const auto* path = std::get_if<storage::DocumentPath>(&operand);
  if (path == nullptr || !path->is_top_level()) return std::nullopt;
  const Attribute* attribute = schema.find_stored(path->attribute());
  if (attribute == nullptr) return std::nullopt;
  return schema.position(*attribute);
}

std::optional<Clause> read_clause(const Schema& schema, const ConditionCore& condition) {
  const auto make = [&](const storage::Operand& left) -> std::optional<Clause> {
    const auto attribute = attribute_of(schema, left);
    if (!attribute) return std::nullopt;
    return Clause{condition, *attribute, {}, false};
  };
  std::optional<Clause> clause;
  if (const auto* node = std::get_if<storage::Comparison>(&condition.tree->node)) {
    clause = make(node->left);
    if (!clause) return clause;
    clause->needs_attribute = node->comparator != Comparator::kNotEqual;
    const auto op = key_operator(node->comparator);
    const auto* value = std::get_if<EncodedValue>(&node->right);
    if (op && value != nullptr) clause->usable = SortCondition{*op, *value, {}};
  } else if (const auto* range = std::get_if<storage::Between>(&condition.tree->node)) {
    clause = make(range->value);
    if (!clause) return clause;
    clause->needs_attribute = true;
    const auto* low = std::get_if<EncodedValue>(&range->low);
    const auto* high = std::get_if<EncodedValue>(&range->high);
    if (low != nullptr && high != nullptr)
      clause->usable = SortCondition{KeyOperator::kBetween, *low, *high};
  } else if (const auto* begins = std::get_if<storage::BeginsWith>(&condition.tree->node)) {
    clause = make(begins->value);
    if (!clause) return clause;
    clause->needs_attribute = true;
    if (const auto* prefix = std::get_if<EncodedValue>(&begins->prefix))
      clause->usable = SortCondition{KeyOperator::kBeginsWith, *prefix, {}};
  }
  return clause;
}

// One of the table and its indexes, held against the condition.
class Candidate {
 public:
  Candidate(const Schema& schema, const IndexSchema* index, const std::vector<Clause>& clauses)
      : schema_(schema), index_(index), keys_(range_keys(schema, index)), clauses_(clauses) {}

  const RangeKeys& keys() const { return keys_; }
  const std::vector<size_t>& missing() const { return missing_; }

  // False: it cannot answer.
  bool match() {
    for (const KeyPart* part : keys_.partition)
      each_member(*part, [this](size_t member, const KeyPattern::Member*) {
        if (!take_equal(member)) missing_.push_back(member);
      });
    if (!missing_.empty()) return false;
    match_sort();
    if (!holds_all()) return false;
    Result<KeyPlan> plan =
        plan_keys(schema_, keys_, given_, range_ == nullptr ? nullptr : &*range_->usable);
    if (!plan) return false;
    plan_ = std::move(*plan);
    return true;
  }

  // More is better.
  auto rank() const { return std::tuple(equal_sorts_, range_ != nullptr, index_ == nullptr); }

  IndexChoice choice() {
    IndexChoice choice;
    choice.index = index_;
    choice.keys = std::move(plan_);
    for (const Clause& clause : clauses_)
      if (!is_decided(clause)) choice.rest = both(std::move(choice.rest), clause.condition);
    return choice;
  }

 private:
  template <class F>
  static void each_member(const KeyPart& part, F visit) {
    if (!part.pattern) return visit(part.member, nullptr);
    for (const KeyPattern::Member& member : part.pattern->members) visit(member.attribute, &member);
  }
  bool is_given(size_t attribute) const {
    return std::any_of(given_.begin(), given_.end(),
                       [&](const MemberValue& value) { return value.attribute == attribute; });
  }
  const Clause* find(size_t attribute, bool equal) const {
    for (const Clause& clause : clauses_)
      if (clause.attribute == attribute && clause.usable &&
          (clause.usable->op == KeyOperator::kEqual) == equal)
        return &clause;
    return nullptr;
  }
  bool take_equal(size_t attribute) {
    if (is_given(attribute)) return true;
    const Clause* clause = find(attribute, true);
    if (clause == nullptr) return false;
    given_.push_back({attribute, clause->usable->value});
    equals_.push_back(clause);
    return true;
  }

  void match_sort() {
    bool is_open = true;
    for (const KeyPart* part : keys_.sort)
      each_member(*part, [&](size_t member, const KeyPattern::Member* place) {
        if (!is_open) return;
        if (take_equal(member)) {
          ++equal_sorts_;
          return;
        }
        is_open = false;
        const Clause* clause = find(member, false);
        if (clause != nullptr && keeps_order(place) && fits(*clause, member, place))
          range_ = clause;
      });
  }
  // Whether the key compares as the attribute does.
  static bool keeps_order(const KeyPattern::Member* place) {
    return place == nullptr || place->letter_case == LetterCase::kAsIs;
  }
  bool fits(const Clause& clause, size_t attribute, const KeyPattern::Member* place) const {
    const AttributeType type = schema_.attributes[attribute].codec->type();
    if (clause.usable->value.view().type() != type) return false;
    if (clause.usable->second && clause.usable->second->view().type() != type) return false;
    return clause.usable->op != KeyOperator::kBeginsWith || place == nullptr || place->width == 0;
  }

  // An index lacks items that lack a member of its key: those must be excluded by the condition, or
  // not exist.
  bool holds_all() const {
    if (index_ == nullptr) return true;
    bool all = true;
    for (const KeyPart* part : keys_.sort)
      each_member(*part, [&](size_t member, const KeyPattern::Member*) {
        all = all && (is_always_there(schema_.attributes[member]) || excludes_absent(member));
      });
    return all;
  }
  static bool is_always_there(const Attribute& attribute) {
    return attribute.required || attribute.is_key || !attribute.codec->can_be_absent();
  }
  bool excludes_absent(size_t attribute) const {
    return std::any_of(clauses_.begin(), clauses_.end(), [&](const Clause& clause) {
      return clause.attribute == attribute && clause.needs_attribute;
    });
  }

  // Whether the key conditions alone make sure of it.
  bool is_decided(const Clause& clause) const {
    if (&clause == range_) return true;
    if (std::find(equals_.begin(), equals_.end(), &clause) == equals_.end()) return false;
    bool exact = false;
    const auto look = [&](const KeyPart* part) {
      each_member(*part, [&](size_t member, const KeyPattern::Member* place) {
        exact = exact || (member == clause.attribute && keeps_order(place));
      });
    };
    std::for_each(keys_.partition.begin(), keys_.partition.end(), look);
    std::for_each(keys_.sort.begin(), keys_.sort.end(), look);
    return exact;
  }

  const Schema& schema_;
  const IndexSchema* index_;
  RangeKeys keys_;
  const std::vector<Clause>& clauses_;
  std::vector<size_t> missing_;
  std::vector<MemberValue> given_;
  std::vector<const Clause*> equals_;
  const Clause* range_ = nullptr;
  size_t equal_sorts_ = 0;
  KeyPlan plan_;
};

void add_need(const Schema& schema, const Candidate& candidate, std::string& needs) {
  if (candidate.missing().empty()) return;
  needs += needs.empty() ? "" : ", or ";
  for (size_t i = 0; i < candidate.missing().size(); ++i)
    needs += (i > 0 ? " and " : "") + schema.attributes[candidate.missing()[i]].name;
  needs += " (" + candidate.keys().name + ")";
}

}  // namespace

std::vector<ConditionCore> clauses_of(const ConditionCore& condition) {
  std::vector<ConditionCore> clauses;
  if (condition.tree == nullptr) return clauses;
  const auto* node = std::get_if<storage::And>(&condition.tree->node);
  if (node == nullptr) return {condition};
  for (const storage::Condition& each : node->all) {
    // Shares the whole tree: nothing is copied.
    ConditionCore part{ConditionPtr(condition.tree, &each), {}};
    for (ConditionCore& inner : clauses_of(part)) clauses.push_back(std::move(inner));
  }
  return clauses;
}

Result<IndexChoice> choose_index(const RangeCore& core) {
  const Schema& schema = core.entity.schema();
  std::vector<Clause> clauses;
  std::vector<ConditionCore> others;
  for (ConditionCore& each : clauses_of(core.filter)) {
    if (auto clause = read_clause(schema, each))
      clauses.push_back(std::move(*clause));
    else
      others.push_back(std::move(each));
  }
  std::optional<Candidate> best;
  std::string needs;
  const auto look = [&](const IndexSchema* index) {
    Candidate candidate(schema, index, clauses);
    const bool matches = candidate.match();
    if (matches && (!best || candidate.rank() > best->rank()))
      best.emplace(std::move(candidate));
    else if (!matches)
      add_need(schema, candidate, needs);
  };
  look(nullptr);
  for (const IndexSchema& index : schema.indexes) {
    const bool is_whole = index.projection.type == storage::ProjectionType::kAll;
    const bool is_readable = !core.consistent || index.kind == storage::IndexKind::kLocal;
    if (is_whole && is_readable) look(&index);
  }
  if (best) {
    IndexChoice choice = best->choice();
    for (ConditionCore& other : others)
      choice.rest = both(std::move(choice.rest), std::move(other));
    return choice;
  }
  if (core.allow_scan) return IndexChoice{.is_scan = true};
  return make_error(ErrorCode::kBadRequest,
                    schema.model + ": no index answers this condition: it would have to say what " +
                        (needs.empty() ? "a key" : needs) +
                        " equals; allow_scan() reads the whole table");
}

}  // namespace dynolith::odm
