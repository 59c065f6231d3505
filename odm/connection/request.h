// What the mapper asks of a connection: requests as data, in the engine's own terms. Items, keys
// and operands are encoded (storage/encoding), conditions, updates and projections are bound trees
// (storage/expression). The embedded connection hands them to the engine as they are; the remote
// one renders them as the service's JSON.
//
// Copies are cheap where they matter: trees are shared and immutable. Who looks into one includes
// its header of storage/expression.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "storage/encoding/item_encoding.h"
#include "storage/expression/key_condition.h"
#include "storage/expression/operators.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {
struct TableUpdate;  // storage/engine/table_update.h
}

namespace dynolith::odm {

using storage::EncodedItem;
using storage::EncodedValue;

using ConditionPtr = std::shared_ptr<const storage::Condition>;  // Null: none.
using UpdatePtr = std::shared_ptr<const storage::Update>;
using ProjectionPtr = std::shared_ptr<const storage::Projection>;  // Null: the whole item.

struct GetRequest {
  std::string table;
  EncodedItem key;
  bool consistent = false;
  ProjectionPtr projection = {};
};

struct PutRequest {
  std::string table;
  EncodedItem item;
  ConditionPtr condition = {};
  bool return_old = false;
  bool return_old_on_failure = false;  // Error::item when the condition fails.
  bool is_repeatable = false;          // The item satisfies the condition: it may be put twice.
};

struct UpdateRequest {
  enum class Return : uint8_t { kNone, kAllOld, kAllNew };
  std::string table;
  EncodedItem key;
  UpdatePtr update;
  ConditionPtr condition = {};
  Return returns = Return::kNone;
  bool return_old_on_failure = false;
};

struct DeleteRequest {
  std::string table;
  EncodedItem key;
  ConditionPtr condition = {};
  bool return_old = false;
  bool return_old_on_failure = false;
};

// Of transactions only.
struct CheckRequest {
  std::string table;
  EncodedItem key;
  ConditionPtr condition;
  bool return_old_on_failure = false;
};

// A Query if there are key clauses, else a Scan. One page.
struct RangeRequest {
  std::string table;
  std::string index = {};  // Empty: the table itself.
  std::vector<storage::KeyClause> key_clauses = {};
  std::optional<storage::ScanSegment> segment = {};
  bool forward = true;
  std::optional<uint32_t> limit = {};  // Of evaluated items.
  EncodedItem exclusive_start_key = {};
  ConditionPtr filter = {};
  ProjectionPtr projection = {};
  bool consistent = false;
  bool count_only = false;
};

// At most kBatchGetKeysMax keys.
struct BatchGetRequest {
  std::vector<GetRequest> gets;  // Those of one table share projection and consistency.
};

// At most kBatchWriteItemsMax; without conditions.
struct BatchWriteRequest {
  std::vector<std::variant<PutRequest, DeleteRequest>> writes;
};

using TransactAction = std::variant<PutRequest, UpdateRequest, DeleteRequest, CheckRequest>;

struct TransactWriteRequest {
  std::vector<TransactAction> actions;
  std::string token = {};  // Empty: none. The remote connection makes one, so that it can retry.
};

struct TransactGetRequest {
  std::vector<GetRequest> gets;  // Never consistent = false: it always is.
};

struct DescribeTableRequest {
  std::string table;
};
struct CreateTableRequest {
  storage::TableDefinition definition;
};
struct UpdateTableRequest {
  UpdateTableRequest(storage::TableUpdate change);     // NOLINT(google-explicit-constructor)
  std::shared_ptr<const storage::TableUpdate> update;  // Never null.
};
struct DeleteTableRequest {
  std::string table;
};
struct TimeToLiveRequest {
  std::string table;
  std::string attribute;
  bool enabled = true;
};

// Records of a table's stream from a position on. A position is text of the connection's own; empty
// means the oldest record there is, kNewest the end.
struct ChangesRequest {
  static constexpr std::string_view kNewest = "newest";
  std::string table;
  std::string position = {};
  uint32_t records_max = 1000;
};

struct AnyRequest;  // any_request.h: a variant of them all.

// Any of these requests, for dry runs and recordings.
class Request {
 public:
  // NOLINTBEGIN(google-explicit-constructor): each is a request.
  Request(GetRequest request);
  Request(PutRequest request);
  Request(UpdateRequest request);
  Request(DeleteRequest request);
  Request(RangeRequest request);
  Request(BatchGetRequest request);
  Request(BatchWriteRequest request);
  Request(TransactWriteRequest request);
  Request(TransactGetRequest request);
  Request(DescribeTableRequest request);
  Request(CreateTableRequest request);
  Request(UpdateTableRequest request);
  Request(DeleteTableRequest request);
  Request(TimeToLiveRequest request);
  Request(ChangesRequest request);
  // NOLINTEND(google-explicit-constructor)
  ~Request();
  Request(const Request& other);
  Request(Request&& other) noexcept;
  Request& operator=(const Request& other);
  Request& operator=(Request&& other) noexcept;

  // The request if it is one of type R, else null: request.get_if<PutRequest>().
  template <class R>
  requires std::is_constructible_v<Request, R>
  const R* get_if() const;

  const AnyRequest& any() const { return *any_; }

 private:
  std::unique_ptr<AnyRequest> any_;  // Null once moved from.
};

// What a request is on the wire of DynamoDB.
struct WireRequest {
  std::string operation;  // "PutItem".
  std::string body;       // JSON.
  bool operator==(const WireRequest&) const = default;
};

// The same text whatever the connection. ChangesRequest, which becomes several calls, shows as its
// GetRecords.
WireRequest to_wire(const Request& request);

}  // namespace dynolith::odm
