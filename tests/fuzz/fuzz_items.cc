// Arbitrary bytes as a stored item: refused, or read as an item whose every part can be visited and
// that encodes to the same bytes again.
#include <cstdlib>

#include "storage/encoding/item_encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto view = dynolith::storage::ItemView::validated(bytes);
  if (!view) return 0;
  if (dynolith::storage::encode_item(dynolith::storage::to_item(*view)).bytes != bytes)
    std::abort();
  return 0;
}
