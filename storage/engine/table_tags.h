// A table's tags, sorted by key.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "storage/result.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {

// Adds `changes` to `tags`, in place of those of the same keys. Errors: kValidation (more than
// kTagsMax), and then `tags` is of no use.
Result<void> add_tags(std::vector<Tag>& tags, std::span<const Tag> changes);
void remove_tags(std::vector<Tag>& tags, std::span<const std::string> keys);

}  // namespace dynolith::storage
