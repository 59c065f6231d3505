// Arbitrary text as each of the expressions: bound or refused with a validation error, and what is
// bound can be evaluated and applied to an item.
#include <cstdlib>

#include "api/expression/expressions.h"

namespace {

using namespace dynolith;

api::Placeholders placeholders() {
  api::Placeholders all;
  all.add_name("#n", "n");
  all.add_value(":n", storage::encode_value(5));
  all.add_value(":s", storage::encode_value("text"));
  all.add_value(":l", storage::encode_value(storage::List{1, "two"}));
  all.add_value(":x", storage::encode_value(storage::StringSet{{"a", "b"}}));
  return all;
}

template <class T>
void expect_value_or_validation(const storage::Result<T>& result) {
  if (!result &&
      (result.error().code != storage::ErrorCode::kValidation || result.error().message.empty())) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const storage::EncodedItem item = storage::encode_item(
      {{"k", "key"}, {"n", 1}, {"m", storage::Map{{"a", storage::List{1, 2, 3}}}}, {"s", "t"}});
  static const storage::EncodedItem key = storage::encode_item({{"k", "key"}});

  auto names = placeholders();
  const auto condition = api::bind_condition(text, "ConditionExpression", names);
  expect_value_or_validation(condition);
  if (condition) storage::evaluate(*condition, item.view());

  const auto update = api::bind_update(text, names);
  expect_value_or_validation(update);
  if (update) {
    expect_value_or_validation(storage::apply_update(*update, item.view(), key.view()));
    expect_value_or_validation(storage::apply_update(*update, {}, key.view()));
    storage::touched_attributes(*update, item.view());
  }

  const auto projection = api::bind_projection(text, names);
  expect_value_or_validation(projection);
  if (projection) storage::project(item.view(), *projection);

  auto clauses = api::bind_key_clauses(text, names);
  expect_value_or_validation(clauses);
  const storage::KeySchema keys{{{"k", storage::AttributeType::kString}},
                                {{"n", storage::AttributeType::kNumber}}};
  if (clauses) expect_value_or_validation(storage::bind_key_condition(keys, *std::move(clauses)));
  return 0;
}
