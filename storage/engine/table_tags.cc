#include "storage/engine/table_tags.h"

#include <algorithm>

#include "storage/limits.h"

namespace dynolith::storage {

Result<void> add_tags(std::vector<Tag>& tags, std::span<const Tag> changes) {
  for (const Tag& change : changes) {
    const auto same = std::find_if(tags.begin(), tags.end(),
                                   [&](const Tag& tag) { return tag.key == change.key; });
    if (same == tags.end())
      tags.push_back(change);
    else
      same->value = change.value;
  }
  if (tags.size() > kTagsMax)
    return validation_error(
        "One or more parameter values were invalid: Too many tags: a table has at most " +
        std::to_string(kTagsMax));
  std::sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) { return a.key < b.key; });
  return {};
}

void remove_tags(std::vector<Tag>& tags, std::span<const std::string> keys) {
  std::erase_if(tags, [&](const Tag& tag) {
    return std::find(keys.begin(), keys.end(), tag.key) != keys.end();
  });
}

}  // namespace dynolith::storage
