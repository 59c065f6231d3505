// Projections: which parts of an item a read returns.
#pragma once

#include <string>
#include <vector>

#include "storage/encoding/item_encoding.h"
#include "storage/value/document_path.h"

namespace dynolith::storage {

// Bound: no two paths overlap or conflict.
struct Projection {
  std::vector<DocumentPath> paths;
};

// The selected parts, nesting kept, selected list elements packed in index order, missing paths
// left out. An item of which nothing is selected becomes the empty item (which exists).
EncodedItem project(const ItemView& item, const Projection& projection);

// The distinct top-level attributes that a projection names, sorted.
std::vector<std::string> top_level_attributes(const Projection& projection);

}  // namespace dynolith::storage
