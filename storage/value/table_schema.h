// What a table is: its keys, indexes and settings. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/value/attribute_type.h"

namespace dynolith::storage {

struct KeyAttribute {
  std::string name;
  AttributeType type = AttributeType::kString;  // kString, kNumber or kBinary.
  bool operator==(const KeyAttribute&) const = default;
};

// A table or local index has one partition attribute and at most one sort attribute; a global index
// 1-4 partition attributes and 0-4 sort attributes.
struct KeySchema {
  std::vector<KeyAttribute> partition;
  std::vector<KeyAttribute> sort;
  bool operator==(const KeySchema&) const = default;
};

enum class IndexKind : uint8_t { kLocal, kGlobal };
enum class ProjectionType : uint8_t { kAll, kKeysOnly, kInclude };
enum class BillingMode : uint8_t { kProvisioned, kPayPerRequest };
enum class TableClass : uint8_t { kStandard, kStandardInfrequentAccess };
enum class StreamViewType : uint8_t { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };
// A change of a table's stream.
struct StreamChange {
  std::optional<StreamViewType> view_type;  // nullopt: off.
};

enum class TableStatus : uint8_t { kCreating, kActive, kUpdating, kDeleting };

enum class IndexStatus : uint8_t {
  kActive,
  kCreating,  // Entries of the items are still being added; see engine/table.h.
  kDeleting,  // Nothing writes or reads it any more; its entries are going.
};

struct IndexProjection {
  ProjectionType type = ProjectionType::kAll;
  std::vector<std::string> non_key_attributes;  // kInclude only.
  bool operator==(const IndexProjection&) const = default;
};

struct Throughput {  // Units per second.
  int64_t read_units = 0;
  int64_t write_units = 0;
  bool operator==(const Throughput&) const = default;
};

// Caps and pre-warming, stored and shown; nullopt: not given.
struct ThroughputLimits {
  std::optional<int64_t> read_units;
  std::optional<int64_t> write_units;
  bool operator==(const ThroughputLimits&) const = default;
};

struct IndexDefinition {
  std::string name;
  IndexKind kind = IndexKind::kGlobal;
  KeySchema key;
  IndexProjection projection;
  std::optional<Throughput> throughput;              // Global, provisioned.
  std::optional<ThroughputLimits> on_demand_limits;  // Global, pay per request.
  std::optional<ThroughputLimits> warm_throughput;
};

struct Tag {
  std::string key, value;
};

struct ServerSideEncryption {  // Stored and shown only.
  std::string type;            // "KMS" or "AES256".
  std::string kms_key_arn;
};

// What CreateTable is asked for. Attribute definitions are those of the keys, in the given order.
struct TableDefinition {
  std::string name;
  std::vector<KeyAttribute> attribute_definitions;
  KeySchema key;
  std::vector<IndexDefinition> indexes;  // Local ones first, each kind in the given order.
  BillingMode billing_mode = BillingMode::kProvisioned;
  Throughput throughput;
  std::optional<ThroughputLimits> on_demand_limits;
  std::optional<ThroughputLimits> warm_throughput;
  std::optional<TableClass> table_class;
  std::optional<ServerSideEncryption> encryption;
  std::optional<StreamViewType> stream_view_type;  // Present: a stream is on.
  bool deletion_protection = false;
  std::vector<Tag> tags;
};

}  // namespace dynolith::storage
