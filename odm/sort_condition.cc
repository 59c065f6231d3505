#include "odm/sort_condition.h"

#include <algorithm>

#include "odm/key_bounds.h"
#include "odm/query.h"

namespace dynolith::odm {
namespace {

using storage::KeyClause;
using storage::KeyOperator;

const EncodedValue* find_given(std::span<const MemberValue> given, size_t attribute) {
  for (const MemberValue& value : given)
    if (value.attribute == attribute) return &value.value;
  return nullptr;
}

EncodedValue text_value(std::string_view text) {
  thread_local storage::ItemEncoder encoder;
  encoder.begin_value();
  encoder.string(text);
  return encoder.finish_value();
}

KeyClause equality(const KeyPart& part, EncodedValue value) {
  return {part.attribute, KeyOperator::kEqual, std::move(value), {}};
}

// Whether the separator can begin inside of its own occurrence: then "a" + "##" + "#b" and "a#" +
// "##" + "b" are one text, and what begins with a member's text may be another member's.
bool overlaps_itself(std::string_view separator) {
  for (size_t n = 1; n < separator.size(); ++n)
    if (separator.ends_with(separator.substr(0, n))) return true;
  return false;
}

class KeyPlanner {
 public:
  KeyPlanner(const Schema& schema, const RangeKeys& keys, std::span<const MemberValue> given,
             const SortCondition* condition)
      : schema_(schema), keys_(keys), given_(given), condition_(condition) {}

  Result<KeyPlan> plan() {
    TRY(plan_partition());
    TRY(check_order());
    for (const KeyPart* part : keys_.sort) {
      const bool whole = part->pattern ? TRY(plan_composed(*part)) : TRY(plan_member(*part));
      if (!whole) return std::move(plan_);
    }
    if (condition_ != nullptr) return bad_key("the key is given whole: nothing is left for sort()");
    return std::move(plan_);
  }

 private:
  Error bad_key(std::string why) const {
    return make_error(ErrorCode::kBadKey, schema_.model + ": " + std::move(why));
  }
  const std::string& name_of(size_t attribute) const { return schema_.attributes[attribute].name; }

  Result<void> plan_partition() {
    std::vector<size_t> missing;
    const auto need = [&](size_t attribute) {
      if (find_given(given_, attribute) == nullptr &&
          std::find(missing.begin(), missing.end(), attribute) == missing.end())
        missing.push_back(attribute);
    };
    for (const KeyPart* part : keys_.partition) {
      if (!part->pattern)
        need(part->member);
      else
        for (const auto& member : part->pattern->members) need(member.attribute);
    }
    if (!missing.empty()) return missing_members(missing);
    for (const KeyPart* part : keys_.partition) {
      const auto lookup = [&](size_t attribute) -> std::optional<EncodedValue> {
        return *find_given(given_, attribute);
      };
      std::optional<EncodedValue> value = TRY(key_value(schema_, *part, lookup));
      if (!value) return bad_key("a member of the partition key of " + keys_.name + " is absent");
      plan_.clauses.push_back(equality(*part, std::move(*value)));
    }
    return {};
  }

  Error missing_members(const std::vector<size_t>& missing) const {
    std::string names;
    for (const size_t attribute : missing)
      names += (names.empty() ? "\"" : ", \"") + name_of(attribute) + "\"";
    Error error = bad_key("a query of " + keys_.name + " needs " + names);
    for (const size_t attribute : missing)
      error.problems.push_back({name_of(attribute), "is needed for the partition key"});
    return error;
  }

  // Every given member must stand in the partition key or before the first one that is not given.
  Result<void> check_order() const {
    const std::optional<size_t> next = next_member(keys_, given_);
    for (const MemberValue& value : given_) {
      if (is_used(value.attribute, next)) continue;
      std::string why = "\"" + name_of(value.attribute) + "\" ";
      if (next && is_in_sort(value.attribute))
        why += "stands behind \"" + name_of(*next) + "\", which is not given, in the sort key of ";
      else
        why += "is no member of the key of ";
      return bad_key(why + keys_.name);
    }
    return {};
  }
  static bool names(const KeyPart& part, size_t attribute) {
    if (!part.pattern) return part.member == attribute;
    return std::any_of(part.pattern->members.begin(), part.pattern->members.end(),
                       [&](const auto& member) { return member.attribute == attribute; });
  }
  bool is_in_sort(size_t attribute) const {
    return std::any_of(keys_.sort.begin(), keys_.sort.end(),
                       [&](const KeyPart* part) { return names(*part, attribute); });
  }
  bool is_used(size_t attribute, std::optional<size_t> next) const {
    for (const KeyPart* part : keys_.partition)
      if (names(*part, attribute)) return true;
    for (const KeyPart* part : keys_.sort) {
      if (!part->pattern) {
        if (next == part->member) return false;
        if (part->member == attribute) return true;
        continue;
      }
      for (const auto& member : part->pattern->members) {
        if (next == member.attribute) return false;
        if (member.attribute == attribute) return true;
      }
    }
    return false;
  }

  // --- A sort attribute that is a member itself. True: it is given.
  Result<bool> plan_member(const KeyPart& part) {
    if (const EncodedValue* value = find_given(given_, part.member)) {
      plan_.clauses.push_back(equality(part, *value));
      return true;
    }
    if (condition_ == nullptr) return false;
    TRY(check_operands(part.member, part.type));
    if (condition_->op == KeyOperator::kBeginsWith) {
      if (part.type == AttributeType::kNumber)
        return bad_key("begins_with() needs text: \"" + name_of(part.member) + "\" is a number");
      if (condition_->value.view().text().empty()) return false;
    }
    plan_.clauses.push_back(
        {part.attribute, condition_->op, condition_->value, condition_->second});
    return false;
  }

  Result<void> check_operands(size_t attribute, AttributeType type) const {
    if (condition_->value.view().type() != type ||
        (condition_->second && condition_->second->view().type() != type))
      return bad_key("\"" + name_of(attribute) + "\" is compared with a value of another type");
    if (!condition_->second) return {};
    const bool is_ascending =
        type == AttributeType::kNumber
            ? condition_->value.view().number() <= condition_->second->view().number()
            : condition_->value.view().text() <= condition_->second->view().text();
    if (is_ascending) return {};
    return make_error(ErrorCode::kBadRequest, schema_.model + ": between() on \"" +
                                                  name_of(attribute) +
                                                  "\" has its lower bound above its upper one");
  }

  // --- A composed sort attribute. True: all of its members are given.
  Result<bool> plan_composed(const KeyPart& part) {
    const KeyPattern& pattern = *part.pattern;
    std::string text = pattern.leading;
    plan_.has_literal = plan_.has_literal || !pattern.leading.empty();
    size_t i = 0;
    for (; i < pattern.members.size(); ++i) {
      const KeyPattern::Member& member = pattern.members[i];
      const EncodedValue* value = find_given(given_, member.attribute);
      if (value == nullptr) break;
      const size_t begin = text.size();
      TRY(append_member_text(member, value->view(), text));
      if (overlaps_itself(member.following))
        add_test(part, member, begin, KeyOperator::kEqual, text.substr(begin), {});
      text.append(member.following);
    }
    if (i == pattern.members.size()) {
      plan_.clauses.push_back(equality(part, text_value(text)));
      return true;
    }
    TRY(plan_next(part, i, std::move(text)));
    return false;
  }

  Result<void> plan_next(const KeyPart& part, size_t i, std::string prefix) {
    const KeyPattern::Member& member = part.pattern->members[i];
    const bool is_last = i + 1 == part.pattern->members.size();
    if (condition_ == nullptr) {
      add_bounds(part, prefix, {});
      return {};
    }
    TRY(check_operands(member.attribute, schema_.attributes[member.attribute].codec->type()));
    if (condition_->op == KeyOperator::kEqual) return plan_equal(part, member, is_last, prefix);
    if (member.width > 0) {
      if (condition_->op == KeyOperator::kBeginsWith)
        return bad_key("begins_with() does not fit \"" + member.name + "\", which is padded");
      const auto bounds =
          digit_bounds(member.width, condition_->op, condition_->value, condition_->second);
      if (!bounds) return bad_key("\"" + member.name + "\" is compared with what is no number");
      plan_.is_empty = plan_.is_empty || bounds->is_empty;
      if (!plan_.is_empty)
        add_bounds(part, prefix,
                   composed_bounds({prefix, member.following, is_last}, bounds->bounds));
      return {};
    }
    return plan_text(part, member, is_last, prefix);
  }

  Result<void> plan_equal(const KeyPart& part, const KeyPattern::Member& member, bool is_last,
                          std::string text) {
    const size_t begin = text.size();
    TRY(append_member_text(member, condition_->value.view(), text));
    const std::string own = text.substr(begin);
    text.append(member.following);
    if (is_last) {
      plan_.clauses.push_back(equality(part, text_value(text)));
      return {};
    }
    if (overlaps_itself(member.following))
      add_test(part, member, begin, KeyOperator::kEqual, own, {});
    plan_.clauses.push_back({part.attribute, KeyOperator::kBeginsWith, text_value(text), {}});
    return {};
  }

  Result<void> plan_text(const KeyPart& part, const KeyPattern::Member& member, bool is_last,
                         const std::string& prefix) {
    const std::string low = TRY(operand_text(member, condition_->value));
    const std::string high =
        condition_->second ? TRY(operand_text(member, *condition_->second)) : std::string();
    const TextRange range =
        text_range({prefix, member.following, is_last}, condition_->op, low, high);
    plan_.is_empty = plan_.is_empty || range.is_empty;
    if (plan_.is_empty) return {};
    if (range.needs_test) add_test(part, member, prefix.size(), condition_->op, low, high);
    if (range.begins_with) {
      plan_.clauses.push_back(
          {part.attribute, KeyOperator::kBeginsWith, text_value(*range.begins_with), {}});
      return {};
    }
    add_bounds(part, prefix, range.bounds);
    return {};
  }

  static Result<std::string> operand_text(KeyPattern::Member member, const EncodedValue& operand) {
    std::string text;
    if (operand.view().type() == AttributeType::kString && operand.view().text().empty())
      return text;
    member.following.clear();  // Bounds may hold the separator.
    TRY(append_member_text(member, operand.view(), text));
    return text;
  }

  void add_test(const KeyPart& part, const KeyPattern::Member& member, size_t begin, KeyOperator op,
                std::string low, std::string high) {
    plan_.tests.push_back({part.attribute, schema_.attributes[member.attribute].stored_name, member,
                           begin, op, std::move(low), std::move(high)});
  }

  // Never beyond the texts that begin with `prefix`.
  void add_bounds(const KeyPart& part, const std::string& prefix, const TextBounds& bounds) {
    if (!bounds.low && !bounds.high) {
      if (!prefix.empty())
        plan_.clauses.push_back({part.attribute, KeyOperator::kBeginsWith, text_value(prefix), {}});
      return;
    }
    if (prefix.empty() && !bounds.high) {
      plan_.clauses.push_back(
          {part.attribute, KeyOperator::kGreaterOrEqual, text_value(*bounds.low), {}});
    } else if (prefix.empty() && !bounds.low) {
      plan_.clauses.push_back(
          {part.attribute, KeyOperator::kLessOrEqual, text_value(*bounds.high), {}});
    } else {
      const std::string low = bounds.low.value_or(prefix);
      const std::string high = bounds.high ? *bounds.high : greatest_text(prefix);
      if (low > high)
        plan_.is_empty = true;
      else
        plan_.clauses.push_back(
            {part.attribute, KeyOperator::kBetween, text_value(low), text_value(high)});
    }
  }

  const Schema& schema_;
  const RangeKeys& keys_;
  std::span<const MemberValue> given_;
  const SortCondition* condition_;
  KeyPlan plan_;
};

// What stands between `begin` and the separator behind it.
std::string_view cut_member(const MemberTest& test, std::string_view key) {
  if (test.begin > key.size()) return {};
  const std::string_view rest = key.substr(test.begin);
  if (test.member.following.empty()) return rest;
  return rest.substr(0, rest.find(test.member.following));
}

bool compare(KeyOperator op, std::string_view text, std::string_view low, std::string_view high) {
  switch (op) {
    case KeyOperator::kEqual:
      return text == low;
    case KeyOperator::kLess:
      return text < low;
    case KeyOperator::kLessOrEqual:
      return text <= low;
    case KeyOperator::kGreater:
      return text > low;
    case KeyOperator::kGreaterOrEqual:
      return text >= low;
    case KeyOperator::kBetween:
      return low <= text && text <= high;
    case KeyOperator::kBeginsWith:
      return text.starts_with(low);
  }
  return true;
}

}  // namespace

bool MemberTest::holds(const ItemView& item) const {
  if (const auto own = item.find(stored_name)) {
    KeyPattern::Member plain = member;
    plain.following.clear();
    std::string text;
    // What is no text is not this test's business: reading the item says so.
    if (!append_member_text(plain, *own, text)) return true;
    return compare(op, text, low, high);
  }
  const auto key = item.find(key_attribute);
  if (!key || key->type() != AttributeType::kString) return true;
  return compare(op, cut_member(*this, key->text()), low, high);
}

bool RangeKeys::has(std::string_view attribute) const {
  const auto is_it = [&](const KeyPart* part) { return part->attribute == attribute; };
  return std::any_of(partition.begin(), partition.end(), is_it) ||
         std::any_of(sort.begin(), sort.end(), is_it);
}

RangeKeys range_keys(const Schema& schema, const IndexSchema* index) {
  RangeKeys keys;
  if (index == nullptr) {
    keys.name = "the table";
    if (schema.partition) keys.partition.push_back(&*schema.partition);
    if (schema.sort) keys.sort.push_back(&*schema.sort);
    return keys;
  }
  keys.name = "index \"" + index->name + "\"";
  for (const KeyPart& part : index->partition) keys.partition.push_back(&part);
  for (const KeyPart& part : index->sort) keys.sort.push_back(&part);
  return keys;
}

Result<KeyPlan> plan_keys(const Schema& schema, const RangeKeys& keys,
                          std::span<const MemberValue> given, const SortCondition* condition) {
  return KeyPlanner(schema, keys, given, condition).plan();
}

std::optional<size_t> next_member(const RangeKeys& keys, std::span<const MemberValue> given) {
  for (const KeyPart* part : keys.sort) {
    if (!part->pattern) {
      if (find_given(given, part->member) == nullptr) return part->member;
      continue;
    }
    for (const KeyPattern::Member& member : part->pattern->members)
      if (find_given(given, member.attribute) == nullptr) return member.attribute;
  }
  return std::nullopt;
}

namespace internal {

Result<EncodedValue> sort_operand(const Attribute& attribute, const ValueCodec& codec, void* value,
                                  bool is_of_attribute) {
  if (is_of_attribute && attribute.on_set) attribute.on_set(value);
  const PathFrame frame{nullptr, attribute.name, 0};
  Problems problems;
  if (codec.is_absent(value)) {
    problems.add(&frame, "is compared with what is absent");
  } else {
    EncodedValue encoded = encode_alone(codec, value, problems, &frame);
    if (problems.empty()) return encoded;
  }
  Error error = make_error(ErrorCode::kBadKey, "sort(): the operand does not fit");
  error.problems = std::move(problems.list());
  return error;
}

}  // namespace internal
}  // namespace dynolith::odm
