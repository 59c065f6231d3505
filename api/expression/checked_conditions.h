// Conditions made of operands that have been held against what each operator takes. Every front end
// whose operators are the expressions' makes them here.
//
// Errors: kValidation, scope kRequest, without "Invalid ...Expression: ": operands that must be
// distinct and are not, then types. `name`: the function's, as it was written.
#pragma once

#include <string_view>
#include <vector>

#include "storage/expression/condition.h"
#include "storage/result.h"

namespace dynolith::api {

storage::Result<storage::Condition> checked_comparison(storage::Operand left,
                                                       storage::Comparator comparator,
                                                       storage::Operand right);
storage::Result<storage::Condition> checked_between(storage::Operand value, storage::Operand low,
                                                    storage::Operand high);
storage::Result<storage::Condition> checked_in(storage::Operand value,
                                               std::vector<storage::Operand> list);
storage::Result<storage::Condition> checked_attribute_type(std::string_view name,
                                                           storage::Operand value,
                                                           const storage::Operand& type);
storage::Result<storage::Condition> checked_begins_with(std::string_view name,
                                                        storage::Operand value,
                                                        storage::Operand prefix);
storage::Result<storage::Condition> checked_contains(std::string_view name,
                                                     storage::Operand container,
                                                     storage::Operand value);
// Needs: `of` is not itself a size.
storage::Result<storage::Operand> checked_size(std::string_view name, storage::Operand of);

// "=", "<>", ...
std::string_view comparator_text(storage::Comparator comparator);

}  // namespace dynolith::api
