// Every limit of the service that the engine enforces, by name.
// Source: AWS documentation, "Quotas in Amazon DynamoDB"; sizes are bytes unless the name says
// else.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dynolith::storage {

inline constexpr size_t kItemBytesMax = 400 * 1024;
inline constexpr size_t kPartitionKeyBytesMax = 2048;
inline constexpr size_t kSortKeyBytesMax = 1024;
inline constexpr size_t kKeyAttributeNameBytesMax = 255;
inline constexpr size_t kAttributeNameBytesMax = 65535;
inline constexpr int kNestingLevelsMax = 32;

inline constexpr int kNumberDigitsMax = 38;
inline constexpr int kNumberExponentMax = 125;   // Magnitude up to 9.99...E+125.
inline constexpr int kNumberExponentMin = -130;  // Magnitude from 1E-130.

inline constexpr size_t kPageBytesMax = 1024 * 1024;
inline constexpr uint32_t kScanSegmentsMax = 1'000'000;

inline constexpr size_t kReadUnitBytes = 4096;
inline constexpr size_t kWriteUnitBytes = 1024;

inline constexpr size_t kLocalIndexesMax = 5;
inline constexpr size_t kGlobalIndexesMax = 20;
inline constexpr size_t kIndexKeyAttributesMax = 4;  // Of each role, in a global index.
inline constexpr size_t kProjectedAttributesMax = 100;
inline constexpr size_t kTablesMax = 10'000;
inline constexpr size_t kTagsMax = 50;
inline constexpr size_t kPolicyBytesMax = 20 * 1024;

// A partition key's items and local index entries, in tables with local indexes.
inline constexpr int64_t kItemCollectionBytesMax = 10LL * 1024 * 1024 * 1024;

inline constexpr size_t kBatchGetKeysMax = 100;
inline constexpr size_t kBatchWriteItemsMax = 25;
inline constexpr size_t kBatchBytesMax = 16 * 1024 * 1024;
inline constexpr size_t kTransactionActionsMax = 100;
inline constexpr size_t kTransactionBytesMax = 4 * 1024 * 1024;
inline constexpr size_t kRequestTokenBytesMax = 36;
inline constexpr int64_t kTokenLifeMs = 10 * 60 * 1000;

inline constexpr int64_t kStreamRetentionMs = 24 * 3600 * 1000;
inline constexpr int64_t kShardAgeMs = 4 * 3600 * 1000;  // At which it is closed.
inline constexpr uint32_t kStreamRecordsMax = 1000;      // Of one page.

inline constexpr size_t kExpressionBytesMax = 4096;
inline constexpr size_t kExpressionOperatorsMax = 300;
inline constexpr size_t kInOperandsMax = 100;
inline constexpr size_t kDocumentPathDepthMax = 32;
inline constexpr size_t kPlaceholderNameBytesMax = 255;
inline constexpr size_t kPlaceholderBytesTotalMax = 2 * 1024 * 1024;

}  // namespace dynolith::storage
