// One change to one item, and what came of it. Every write of the product is an ItemWrite handed to
// Database::apply.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/encoding/item_encoding.h"
#include "storage/encoding/key_encoding.h"
#include "storage/engine/table.h"
#include "storage/expression/condition.h"
#include "storage/expression/update.h"

namespace dynolith::storage {

struct Put {
  EncodedItem item;
};
struct UpdateWrite {
  const Update* update = nullptr;  // Outlives the call.
};
struct Delete {};
struct ConditionCheck {};  // Changes nothing and only has its condition.

enum class WriteOrigin : uint8_t {
  kClient,
  kTimeToLive,  // The item expired; stream records say so.
};

struct ItemWrite {
  TablePtr table = {};
  EncodedKey key = {};        // From key_of_item or key_of_key_parameter.
  EncodedItem key_item = {};  // Just the key attributes; needed for UpdateWrite.
  std::variant<Put, UpdateWrite, Delete, ConditionCheck> action = {};
  const Condition* condition = nullptr;  // Null: none. Outlives the call.
  bool return_old = false;               // Fill WriteOutcome::old_item.
  bool return_new = false;               // Fill WriteOutcome::new_item.
  bool return_old_on_failure = false;    // Fill Error::detail->item when the condition fails.
  WriteOrigin origin = WriteOrigin::kClient;
};

// What a write cost one index: units, as in the AWS guide, "Write capacity unit consumption".
struct IndexCharge {
  const Index* index = nullptr;  // Of WriteOutcome::table.
  double write_units = 0;
};

struct WriteOutcome {
  TablePtr table;        // As the write found it: it may be newer than the ItemWrite's.
  EncodedItem old_item;  // Absent if there was none, or it was not asked for.
  EncodedItem new_item;
  double table_write_units = 0;
  std::vector<IndexCharge> index_charges;  // Only indexes whose entries changed.
  uint32_t old_item_bytes = 0, new_item_bytes = 0;
};

struct TransactionOptions {
  // Carries a request out once: within ten minutes of a success, also in a later process, the same
  // token does nothing and succeeds. Empty: none; at most kRequestTokenBytesMax.
  std::string_view token = {};
  std::string_view scope = {};  // Tokens of different scopes have nothing to do with each other.
  // What tells this request from others under the same token: a digest of at most 255 bytes.
  std::string_view request = {};
};

struct TransactionOutcome {
  std::vector<WriteOutcome> writes = {};  // One for each write; none if `replayed`.
  bool replayed = false;                  // The token has been here before; nothing was done.
  // If `replayed`: the size of each write's item as the transaction left it.
  std::vector<uint32_t> item_bytes = {};
};

}  // namespace dynolith::storage
