// TableName: a name, or the ARN of a table in any region.
#pragma once

#include <string_view>

#include "api/request/constraints.h"
#include "api/wording.h"
#include "storage/result.h"

namespace dynolith::api {

struct TableReference {
  std::string_view name;   // Bare.
  std::string_view given;  // As sent; replies echo it.
};

// Adds what is wrong with the name of a data-plane request. An ARN is left to table_reference().
void check_table_name(Constraints& constraints, const Slot& slot, Wording wording);

// The rules for a name's text, in the form that echoes it; an ARN is left to table_reference().
void check_name_text(Constraints& constraints, std::string_view text, std::string_view path,
                     Wording wording);

// The same before anything else is looked at, as the service does since June 2026; in the older
// wording nothing, as the name is then reported together with the rest.
Result<void> check_table_name_alone(const Slot& slot, Wording wording);

// The name and length rules alone, for names that are keys of RequestItems.
bool is_table_name(std::string_view given, Wording wording);

// Needs: it has passed check_table_name() or is_table_name(). Errors: kValidation, "Invalid
// TableArn: Invalid ResourceArn provided as input <arn>".
Result<TableReference> table_reference(std::string_view given);

}  // namespace dynolith::api
