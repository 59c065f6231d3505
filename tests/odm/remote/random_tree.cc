#include "tests/odm/remote/random_tree.h"

#include <algorithm>

#include "tests/support/random_item.h"

namespace dynolith::test {

namespace {

using namespace storage;

size_t below(std::mt19937_64& random, size_t bound) { return random() % bound; }

// Of few names, so that they repeat; some are words of the language.
std::string random_name(std::mt19937_64& random) {
  constexpr std::string_view kNames[] = {"a", "b", "and", "size", "SET", "x.y", "a[0]", "#n0", "é"};
  return std::string(kNames[below(random, std::size(kNames))]);
}

DocumentPath random_path(std::mt19937_64& random) {
  DocumentPath path{{random_name(random)}};
  while (below(random, 3) == 0) {
    if (below(random, 2) == 0) {
      path.steps.emplace_back(random_name(random));
    } else {
      path.steps.emplace_back(static_cast<uint32_t>(below(random, 12)));
    }
  }
  return path;
}

EncodedValue number(std::mt19937_64& random) {
  return encode_value(AttributeValue(static_cast<int64_t>(below(random, 5))));
}
EncodedValue text(std::mt19937_64& random) {
  return encode_value(AttributeValue(std::string(1 + below(random, 2), 's')));
}
EncodedValue any_value(std::mt19937_64& random) {
  return encode_value(random_value(random, 3, 30));
}

// Some other than `other`, with which it is compared.
Operand random_path_operand(std::mt19937_64& random, const DocumentPath* other) {
  DocumentPath path = random_path(random);
  while (other != nullptr && path == *other) path = random_path(random);
  if (below(random, 4) == 0) return SizeOf{std::move(path)};
  return path;
}

const DocumentPath* path_in(const Operand& operand) { return std::get_if<DocumentPath>(&operand); }

Condition random_comparison(std::mt19937_64& random) {
  Operand left = random_path_operand(random, nullptr);
  const auto comparator = static_cast<Comparator>(below(random, 6));
  const bool any_type = comparator == Comparator::kEqual || comparator == Comparator::kNotEqual;
  Operand right = number(random);
  if (any_type) right = any_value(random);
  if (below(random, 4) == 0) right = random_path_operand(random, path_in(left));
  if (below(random, 4) == 0) std::swap(left, right);
  return {Comparison{std::move(left), comparator, std::move(right)}};
}

Condition random_in(std::mt19937_64& random) {
  In in{random_path_operand(random, nullptr), {}};
  const size_t count = below(random, 40) == 0 ? 100 : 1 + below(random, 4);
  for (size_t i = 0; i < count; ++i) in.list.emplace_back(number(random));
  return {std::move(in)};
}

Condition random_between(std::mt19937_64& random) {
  EncodedValue low = number(random), high = number(random);
  if (low.view().payload() > high.view().payload()) std::swap(low, high);
  return {Between{random_path_operand(random, nullptr), std::move(low), std::move(high)}};
}

Condition random_leaf(std::mt19937_64& random) {
  switch (below(random, 9)) {
    case 0:
      return {AttributeExists{random_path(random)}};
    case 1:
      return {AttributeNotExists{random_path(random)}};
    case 2:
      return {
          AttributeTypeIs{random_path(random), static_cast<AttributeType>(1 + below(random, 10))}};
    case 3:
      return {BeginsWith{random_path(random), text(random)}};
    case 4:
      return {Contains{random_path(random), any_value(random)}};
    case 5:
      return random_in(random);
    case 6:
      return random_between(random);
    default:
      return random_comparison(random);
  }
}

UpdateOperand random_update_operand(std::mt19937_64& random, bool of_list, int depth) {
  const auto list = [&] { return encode_value(AttributeValue(List{AttributeValue(1)})); };
  const auto nested = [&] {
    return std::make_unique<UpdateOperand>(random_update_operand(random, of_list, depth - 1));
  };
  switch (below(random, depth > 0 ? 4 : 2)) {
    case 0:
      return {random_path(random)};
    case 1:
      return {of_list ? list() : number(random)};
    default:
      return {IfNotExists{random_path(random), nested()}};
  }
}

SetAction random_set(std::mt19937_64& random, DocumentPath path) {
  SetAction action{std::move(path), {}, Arithmetic::kNone, std::nullopt};
  const size_t kind = below(random, 4);
  if (kind == 0) {
    action.left.node =
        ListAppend{std::make_unique<UpdateOperand>(random_update_operand(random, true, 2)),
                   std::make_unique<UpdateOperand>(random_update_operand(random, true, 2))};
    return action;
  }
  action.left = random_update_operand(random, false, 2);
  if (kind == 1) return action;
  action.arithmetic = kind == 2 ? Arithmetic::kAdd : Arithmetic::kSubtract;
  action.right = random_update_operand(random, false, 2);
  return action;
}

EncodedValue random_number_or_set(std::mt19937_64& random, bool set) {
  if (!set) return number(random);
  return encode_value(AttributeValue(StringSet{{random_text(random, 4) + "x"}}));
}

}  // namespace

Condition random_condition(std::mt19937_64& random, int depth) {
  const size_t kind = depth == 0 ? 3 : below(random, 4);
  if (kind == 3) return random_leaf(random);
  if (kind == 2) return {Not{std::make_unique<Condition>(random_condition(random, depth - 1))}};
  std::vector<Condition> parts;
  const size_t count = 2 + below(random, 2);
  for (size_t i = 0; i < count; ++i) parts.push_back(random_condition(random, depth - 1));
  if (kind == 0) return {And{std::move(parts)}};
  return {Or{std::move(parts)}};
}

Update random_update(std::mt19937_64& random) {
  Update update;
  const size_t count = 1 + below(random, 6);
  for (size_t i = 0; i < count; ++i) {
    // Targets must not overlap.
    DocumentPath path{{"target" + std::to_string(i)}};
    if (below(random, 2) == 0) path.steps.emplace_back(random_name(random));
    if (below(random, 3) == 0) path.steps.emplace_back(static_cast<uint32_t>(i));
    switch (below(random, 5)) {
      case 0:
        update.actions.emplace_back(RemoveAction{std::move(path)});
        break;
      case 1:
        update.actions.emplace_back(
            AddAction{std::move(path), random_number_or_set(random, below(random, 2) == 0)});
        break;
      case 2:
        update.actions.emplace_back(
            DeleteAction{std::move(path), random_number_or_set(random, true)});
        break;
      default:
        update.actions.emplace_back(random_set(random, std::move(path)));
        break;
    }
  }
  // The alternatives stand in the order of the sections.
  std::stable_sort(
      update.actions.begin(), update.actions.end(),
      [](const UpdateAction& a, const UpdateAction& b) { return a.index() < b.index(); });
  return update;
}

Projection random_projection(std::mt19937_64& random) {
  Projection projection;
  const size_t count = 1 + below(random, 5);
  for (size_t i = 0; i < count; ++i) {
    DocumentPath path{{"top" + std::to_string(i)}};
    while (below(random, 2) == 0) path.steps.emplace_back(random_name(random));
    projection.paths.push_back(std::move(path));
  }
  return projection;
}

std::vector<KeyClause> random_key_clauses(std::mt19937_64& random) {
  std::vector<KeyClause> clauses;
  const size_t count = 1 + below(random, 3);
  for (size_t i = 0; i < count; ++i) {
    KeyClause clause{"key" + std::to_string(i), static_cast<KeyOperator>(below(random, 7)),
                     number(random), std::nullopt};
    if (clause.op == KeyOperator::kBeginsWith) clause.value = text(random);
    if (clause.op == KeyOperator::kBetween) {
      clause.value = encode_value(AttributeValue(1));
      clause.second = encode_value(AttributeValue(int64_t{7}));
    }
    clauses.push_back(std::move(clause));
  }
  return clauses;
}

}  // namespace dynolith::test
