#include "api/partiql/key_reads.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "storage/expression/key_condition.h"

namespace dynolith::api::partiql {

using storage::Comparator;
using storage::Condition;
using storage::DocumentPath;
using storage::EncodedItem;
using storage::EncodedValue;
using storage::KeyClause;
using storage::KeyCondition;
using storage::KeyOperator;
using storage::KeySchema;
using storage::Operand;
using storage::Result;
using storage::validation_error;

namespace {

// Alternatives beyond this are not told apart: the sort key then does not narrow the read.
constexpr size_t kBranchesMax = 1000;

// One condition on a key attribute, borrowed from the clause.
struct Bound {
  const std::string* attribute;
  KeyOperator op;
  const EncodedValue* value;
  const EncodedValue* second = nullptr;
};

// One of the ways in which an item can satisfy the clause, as far as keys go.
struct Branch {
  const EncodedValue* partition = nullptr;
  std::vector<Bound> sort;
};

std::optional<KeyOperator> operator_of(Comparator comparator, bool flipped) {
  switch (comparator) {
    case Comparator::kEqual:
      return KeyOperator::kEqual;
    case Comparator::kLess:
      return flipped ? KeyOperator::kGreater : KeyOperator::kLess;
    case Comparator::kLessOrEqual:
      return flipped ? KeyOperator::kGreaterOrEqual : KeyOperator::kLessOrEqual;
    case Comparator::kGreater:
      return flipped ? KeyOperator::kLess : KeyOperator::kGreater;
    case Comparator::kGreaterOrEqual:
      return flipped ? KeyOperator::kLessOrEqual : KeyOperator::kGreaterOrEqual;
    case Comparator::kNotEqual:
      break;
  }
  return std::nullopt;
}

const std::string* attribute_of(const Operand& operand) {
  const auto* path = std::get_if<DocumentPath>(&operand);
  return path != nullptr && path->is_top_level() ? &path->attribute() : nullptr;
}
const EncodedValue* value_of(const Operand& operand) { return std::get_if<EncodedValue>(&operand); }

// A condition of one attribute with values, if it is one that keys can be read by.
std::optional<Bound> bound_of(const Condition& condition) {
  if (const auto* node = std::get_if<storage::Comparison>(&condition.node)) {
    const bool flipped = attribute_of(node->left) == nullptr;
    const auto op = operator_of(node->comparator, flipped);
    const std::string* attribute = attribute_of(flipped ? node->right : node->left);
    const EncodedValue* value = value_of(flipped ? node->left : node->right);
    if (op && attribute != nullptr && value != nullptr) return Bound{attribute, *op, value};
  } else if (const auto* between = std::get_if<storage::Between>(&condition.node)) {
    const std::string* attribute = attribute_of(between->value);
    const EncodedValue* low = value_of(between->low);
    const EncodedValue* high = value_of(between->high);
    if (attribute != nullptr && low != nullptr && high != nullptr) {
      return Bound{attribute, KeyOperator::kBetween, low, high};
    }
  } else if (const auto* begins = std::get_if<storage::BeginsWith>(&condition.node)) {
    const std::string* attribute = attribute_of(begins->value);
    const EncodedValue* prefix = value_of(begins->prefix);
    if (attribute != nullptr && prefix != nullptr) {
      return Bound{attribute, KeyOperator::kBeginsWith, prefix};
    }
  }
  return std::nullopt;
}

KeyClause clause_of(const Bound& bound) {
  KeyClause clause{*bound.attribute, bound.op, *bound.value, std::nullopt};
  if (bound.second != nullptr) clause.second = *bound.second;
  return clause;
}

// The conditions of which all must hold.
std::vector<Condition*> conjuncts_of(Condition& where) {
  std::vector<Condition*> all;
  if (auto* conjunction = std::get_if<storage::And>(&where.node)) {
    all.reserve(conjunction->all.size());
    for (Condition& each : conjunction->all) all.push_back(&each);
  } else {
    all.push_back(&where);
  }
  return all;
}

// `where` without the marked ones of its conjuncts.
void take_out(std::optional<Condition>& where, const std::vector<bool>& taken) {
  auto* conjunction = std::get_if<storage::And>(&where->node);
  if (conjunction == nullptr) {
    if (taken[0]) where.reset();
    return;
  }
  std::vector<Condition> rest;
  for (size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) rest.push_back(std::move(conjunction->all[i]));
  }
  if (rest.empty()) {
    where.reset();
  } else if (rest.size() == 1) {
    Condition only = std::move(rest.front());
    where = std::move(only);
  } else {
    conjunction->all = std::move(rest);
  }
}

class ReadPlanner {
 public:
  ReadPlanner(const storage::Table& table, const storage::Index* index)
      : table_(table),
        index_id_(index != nullptr ? index->id : storage::IndexId{0}),
        keys_(index != nullptr ? index->definition.key : table.key()) {}

  Result<KeyReads> plan(std::optional<Condition> where) {
    KeyReads reads;
    if (!where) {
      reads.is_scan = true;
      return reads;
    }
    if (TRY(plan_one_query(where, reads))) {
      reads.filter = std::move(where);
      return reads;
    }
    const std::vector<Branch> branches = branches_of(*where);
    reads.is_scan = std::any_of(branches.begin(), branches.end(),
                                [](const Branch& branch) { return branch.partition == nullptr; });
    if (!reads.is_scan) TRY(plan_queries(branches, reads));
    reads.filter = std::move(where);
    return reads;
  }

  Result<void> order(const std::vector<OrderKey>& order, bool has_where, KeyReads& reads) const {
    if (order.empty()) return {};
    if (!has_where) {
      return validation_error(
          "Must have WHERE clause in the statement when using ORDER BY clause.");
    }
    if (reads.is_scan) {
      return validation_error(
          "Must have at least one non-optional hash key condition in WHERE clause when using ORDER "
          "BY clause.");
    }
    bool partitions_descend = false;
    for (const OrderKey& key : order) {
      if (is_partition(key.path)) {
        partitions_descend = key.descending;
      } else if (is_sort(key.path)) {
        reads.forward = !key.descending;
      } else {
        return validation_error("Variable reference " + key.path.attribute() +
                                " in ORDER BY clause must be part of the primary key");
      }
    }
    if (reads.queries.size() < 2) return {};
    const auto& first = reads.queries.front().partition;
    const bool has_many =
        std::any_of(reads.queries.begin(), reads.queries.end(),
                    [&](const KeyCondition& query) { return !(query.partition == first); });
    if (has_many && !is_partition(order.front().path)) {
      return validation_error(
          "Must specify hash key in ORDER BY clause when there are multiple hash key conditions "
          "specified in WHERE clause.");
    }
    sort_queries(partitions_descend, reads);
    return {};
  }

 private:
  bool is_partition(const std::string& name) const { return name == keys_.partition[0].name; }
  bool is_sort(const std::string& name) const {
    return !keys_.sort.empty() && name == keys_.sort[0].name;
  }
  bool is_partition(const DocumentPath& path) const {
    return path.is_top_level() && is_partition(path.attribute());
  }
  bool is_sort(const DocumentPath& path) const {
    return path.is_top_level() && is_sort(path.attribute());
  }

  // The common case: one equality on the partition key, at most one condition on the sort key.
  // These then need not be looked at again. False: it is another case.
  Result<bool> plan_one_query(std::optional<Condition>& where, KeyReads& reads) {
    const std::vector<Condition*> conjuncts = conjuncts_of(*where);
    std::vector<bool> taken(conjuncts.size());
    std::vector<KeyClause> clauses;
    size_t partitions = 0;
    for (size_t i = 0; i < conjuncts.size(); ++i) {
      const auto bound = bound_of(*conjuncts[i]);
      const bool may_branch = std::holds_alternative<storage::In>(conjuncts[i]->node) ||
                              std::holds_alternative<storage::Or>(conjuncts[i]->node) ||
                              std::holds_alternative<storage::And>(conjuncts[i]->node);
      if (may_branch) return false;
      if (!bound) continue;
      const bool on_partition = is_partition(*bound->attribute);
      if (on_partition && bound->op != KeyOperator::kEqual) continue;
      if (!on_partition && !is_sort(*bound->attribute)) continue;
      partitions += on_partition ? 1 : 0;
      taken[i] = true;
      clauses.push_back(clause_of(*bound));
    }
    if (partitions != 1 || clauses.size() > 2) return false;
    reads.queries.push_back(TRY(storage::bind_key_condition(keys_, std::move(clauses))));
    take_out(where, taken);
    return true;
  }

  // Depth is that of the statement.
  std::vector<Branch> branches_of(const Condition& condition) const {
    if (const auto* all = std::get_if<storage::And>(&condition.node)) {
      std::vector<Branch> branches(1);
      for (const Condition& each : all->all) branches = product(branches, branches_of(each));
      return branches;
    }
    if (const auto* any = std::get_if<storage::Or>(&condition.node)) {
      return alternatives(any->any);
    }
    if (const auto* in = std::get_if<storage::In>(&condition.node)) return members(*in);
    std::vector<Branch> one(1);
    const auto bound = bound_of(condition);
    if (!bound) return one;
    if (is_partition(*bound->attribute) && bound->op == KeyOperator::kEqual) {
      one[0].partition = bound->value;
    } else if (is_sort(*bound->attribute)) {
      one[0].sort.push_back(*bound);
    }
    return one;
  }

  static bool is_unbound(const Branch& branch) {
    return branch.partition == nullptr && branch.sort.empty();
  }

  std::vector<Branch> alternatives(const std::vector<Condition>& any) const {
    std::vector<Branch> all;
    for (const Condition& each : any) {
      for (Branch& branch : branches_of(each)) {
        if (is_unbound(branch) || all.size() == kBranchesMax) return std::vector<Branch>(1);
        all.push_back(std::move(branch));
      }
    }
    return all;
  }

  std::vector<Branch> members(const storage::In& in) const {
    const std::string* attribute = attribute_of(in.value);
    const bool on_partition = attribute != nullptr && is_partition(*attribute);
    if (!on_partition && (attribute == nullptr || !is_sort(*attribute))) {
      return std::vector<Branch>(1);
    }
    std::vector<Branch> all;
    for (const Operand& member : in.list) {
      const EncodedValue* value = value_of(member);
      if (value == nullptr) return std::vector<Branch>(1);
      Branch branch;
      if (on_partition) {
        branch.partition = value;
      } else {
        branch.sort.push_back({attribute, KeyOperator::kEqual, value});
      }
      all.push_back(std::move(branch));
    }
    return all;
  }

  static std::vector<Branch> product(const std::vector<Branch>& left,
                                     const std::vector<Branch>& right) {
    if (right.size() == 1 && is_unbound(right[0])) return left;
    if (left.size() == 1 && is_unbound(left[0])) return right;
    if (left.size() * right.size() > kBranchesMax) return left[0].partition ? left : right;
    std::vector<Branch> all;
    for (const Branch& one : left) {
      for (const Branch& other : right) {
        const bool both = one.partition != nullptr && other.partition != nullptr;
        if (both && !(*one.partition == *other.partition)) continue;
        Branch branch = one;
        if (branch.partition == nullptr) branch.partition = other.partition;
        branch.sort.insert(branch.sort.end(), other.sort.begin(), other.sort.end());
        all.push_back(std::move(branch));
      }
    }
    return all;
  }

  // Of several conditions on the sort key: an equality, or both ends of a range, or the first.
  static std::optional<KeyClause> narrowest(const std::vector<Bound>& sort) {
    const Bound *low = nullptr, *high = nullptr;
    for (const Bound& bound : sort) {
      if (bound.op == KeyOperator::kEqual) return clause_of(bound);
      const bool is_low =
          bound.op == KeyOperator::kGreater || bound.op == KeyOperator::kGreaterOrEqual;
      const bool is_high = bound.op == KeyOperator::kLess || bound.op == KeyOperator::kLessOrEqual;
      if (is_low && low == nullptr) low = &bound;
      if (is_high && high == nullptr) high = &bound;
    }
    if (low != nullptr && high != nullptr) {
      return KeyClause{*low->attribute, KeyOperator::kBetween, *low->value, *high->value};
    }
    if (sort.empty()) return std::nullopt;
    return clause_of(sort.front());
  }

  Result<void> plan_queries(const std::vector<Branch>& branches, KeyReads& reads) const {
    std::vector<std::string_view> partitions;
    for (const Branch& branch : branches) {
      std::vector<KeyClause> clauses;
      clauses.push_back(
          {keys_.partition[0].name, KeyOperator::kEqual, *branch.partition, std::nullopt});
      if (auto sort = narrowest(branch.sort)) clauses.push_back(std::move(*sort));
      reads.queries.push_back(TRY(storage::bind_key_condition(keys_, std::move(clauses))));
      partitions.push_back(branch.partition->bytes);
    }
    std::sort(partitions.begin(), partitions.end());
    partitions.erase(std::unique(partitions.begin(), partitions.end()), partitions.end());
    if (partitions.size() > kPartitionsMax) {
      return validation_error(
          "The IN operator is provided with too many operands; number of operands: " +
          std::to_string(partitions.size()));
    }
    return remove_repeats(reads.queries);
  }

  struct Covered {
    size_t query;
    storage::KeyRange range;
  };

  std::vector<Covered> covered_by(const std::vector<KeyCondition>& queries) const {
    std::vector<Covered> covered;
    covered.reserve(queries.size());
    for (size_t i = 0; i < queries.size(); ++i) {
      covered.push_back({i, storage::key_range(queries[i], table_.id, index_id_)});
    }
    return covered;
  }

  // A query within another is left out; those that merely overlap are refused.
  Result<void> remove_repeats(std::vector<KeyCondition>& queries) const {
    std::vector<Covered> covered = covered_by(queries);
    // Of two that begin together the larger first, of two alike the one named first.
    std::stable_sort(covered.begin(), covered.end(), [](const Covered& a, const Covered& b) {
      return a.range.begin != b.range.begin ? a.range.begin < b.range.begin
                                            : a.range.end > b.range.end;
    });
    std::vector<bool> is_kept(queries.size());
    const Covered* last = nullptr;
    for (const Covered& each : covered) {
      if (each.range.begin >= each.range.end) continue;  // Nothing can be there.
      if (last != nullptr && each.range.begin < last->range.end) {
        if (each.range.end <= last->range.end) continue;
        return validation_error(
            "Overlapping conditions with range keys are not supported in where clause");
      }
      is_kept[each.query] = true;
      last = &each;
    }
    std::vector<KeyCondition> kept;
    for (size_t i = 0; i < queries.size(); ++i) {
      if (is_kept[i]) kept.push_back(std::move(queries[i]));
    }
    queries = std::move(kept);
    return {};
  }

  // Partitions in their order, the stretches of each in the order in which they are read.
  void sort_queries(bool partitions_descend, KeyReads& reads) const {
    std::vector<Covered> covered = covered_by(reads.queries);
    std::sort(covered.begin(), covered.end(), [&](const Covered& a, const Covered& b) {
      const std::string& one = reads.queries[a.query].partition[0].bytes;
      const std::string& other = reads.queries[b.query].partition[0].bytes;
      if (one != other) return partitions_descend ? one > other : one < other;
      return reads.forward ? a.range.begin < b.range.begin : a.range.begin > b.range.begin;
    });
    std::vector<KeyCondition> sorted;
    sorted.reserve(covered.size());
    for (const Covered& each : covered) sorted.push_back(std::move(reads.queries[each.query]));
    reads.queries = std::move(sorted);
  }

  const storage::Table& table_;
  storage::IndexId index_id_;
  const KeySchema& keys_;
};

}  // namespace

Result<KeyReads> plan_reads(const storage::Table& table, const storage::Index* index,
                            std::optional<Condition> where, const std::vector<OrderKey>& order) {
  ReadPlanner planner(table, index);
  const bool has_where = where.has_value();
  KeyReads reads = TRY(planner.plan(std::move(where)));
  TRY(planner.order(order, has_where, reads));
  return reads;
}

Result<EncodedItem> take_key(const KeySchema& keys, std::optional<Condition>& where) {
  const auto missing = [] {
    return validation_error(
        "Where clause does not contain a mandatory equality on all key attributes");
  };
  if (!where) return missing();
  const std::vector<Condition*> conjuncts = conjuncts_of(*where);
  std::vector<bool> taken(conjuncts.size());
  storage::ItemEncoder encoder;
  encoder.begin_item();
  for (const auto* attributes : {&keys.partition, &keys.sort}) {
    for (const storage::KeyAttribute& attribute : *attributes) {
      bool found = false;
      for (size_t i = 0; i < conjuncts.size() && !found; ++i) {
        const auto bound = bound_of(*conjuncts[i]);
        if (!bound || bound->op != KeyOperator::kEqual || *bound->attribute != attribute.name) {
          continue;
        }
        encoder.name(attribute.name);
        encoder.value(bound->value->view());
        found = taken[i] = true;
      }
      if (!found) return missing();
    }
  }
  EncodedItem key = encoder.finish_item();
  take_out(where, taken);
  return key;
}

}  // namespace dynolith::api::partiql
