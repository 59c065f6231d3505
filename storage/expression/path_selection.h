// The parts of an item that stand at some paths.
#pragma once

#include <span>

#include "storage/encoding/item_encoding.h"
#include "storage/value/document_path.h"

namespace dynolith::storage {

// What is at `paths`, nesting kept, list elements packed in index order, missing paths left out.
// Needs: no two paths overlap or conflict.
EncodedItem select_paths(const ItemView& item, std::span<const DocumentPath* const> paths);

}  // namespace dynolith::storage
