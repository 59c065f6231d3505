// Where a read over a range of items goes on: opaque text, safe in a URL, good for the query it
// came from on any connection, in any process.
//
//   Cursor next(request.parameter("next"));
//   auto page = users.query("acme").limit(20).after(next).page();
//
// The text holds the last key that was read and a digest of what was asked (table, index, key
// conditions, direction, segment); filters and limits may change between pages. It is not secret:
// whoever holds it can read the key in it.
//
// Threads: values, no state.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "odm/connection/request.h"
#include "odm/result.h"

namespace dynolith::odm {

class Cursor {
 public:
  static constexpr size_t kBytesMax = 32 * 1024;

  // Any text; what is wrong with it is said by the read that uses it (kBadRequest).
  explicit Cursor(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  bool operator==(const Cursor&) const = default;

 private:
  std::string text_;
};

// What a cursor is bound to.
uint64_t range_digest(const RangeRequest& request);

Cursor make_cursor(const EncodedItem& last_key, uint64_t digest);
// The key to start behind. `key_names`: the attributes it must consist of, ascending. Errors:
// kBadRequest (no cursor, cut off or changed, one of another query).
Result<EncodedItem> read_cursor(const Cursor& cursor, uint64_t digest,
                                std::span<const std::string> key_names);

}  // namespace dynolith::odm
