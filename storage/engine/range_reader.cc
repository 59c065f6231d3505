#include "storage/engine/range_reader.h"

#include <algorithm>
#include <array>

#include "storage/encoding/item_encoding.h"
#include "storage/engine/item_keys.h"
#include "storage/engine/start_key.h"

namespace dynolith::storage {
namespace {

// Of base items fetched at once behind the entries of a local index. More would read further past
// the end of a page in vain.
constexpr size_t kFetchedAtOnce = 16;

constexpr double kEventualReadUnits = 0.5;

Result<KeyRange> covered_range(const RangeRead& read) {
  const IndexId index = read.index == nullptr ? 0 : read.index->id;
  if (read.key_condition != nullptr) return key_range(*read.key_condition, read.table->id, index);
  if (!read.segment) return prefix_range(key_space_prefix(read.table->id, index));
  const auto [segment, total] = *read.segment;
  if (segment >= total)
    return validation_error(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: " +
        std::to_string(segment) + " is not less than TotalSegments: " + std::to_string(total));
  return segment_range(read.table->id, index, segment, total);
}

// What is left of `range` after the item at `position`.
void skip_to(const std::string& position, bool forward, KeyRange& range) {
  if (forward)
    range.begin = std::max(range.begin, position + '\0');
  else
    range.end = std::min(range.end, position);
}

// Counts what was read, and hands on what is to be returned.
class PageCollector {
 public:
  PageCollector(const RangeRead& read, FunctionRef<void(const ItemView&)> sink)
      : read_(read), sink_(sink) {}

  // `entry` was read from the table or index, `item` is what it stands for (mostly the same).
  // False: the page is full, and ends with this entry.
  bool add(const ItemView& entry, const ItemView& item) {
    ++page.scanned_count;
    page.evaluated_bytes += entry.item_bytes();
    read_bytes_ += item.item_bytes();
    if (read_.filter == nullptr || evaluate(*read_.filter, item)) give(item);
    if (!is_full()) return true;
    page.last_evaluated_key = with_only(entry, position_attributes(*read_.table, read_.index));
    return false;
  }

  RangePage page;

 private:
  bool is_full() const {
    return (read_.limit && page.scanned_count >= *read_.limit) ||
           read_bytes_ >= read_.page_bytes_max;
  }

  void give(const ItemView& item) {
    ++page.count;
    if (read_.count_only) return;
    if (read_.projection == nullptr)
      sink_(item);
    else
      sink_(project(item, *read_.projection).view());
  }

  const RangeRead& read_;
  FunctionRef<void(const ItemView&)> sink_;
  // Of the items: with fetch_base_items, entries may be tiny and the items behind them large.
  uint64_t read_bytes_ = 0;
};

// Gathers the entries of a local index and reads the items behind them, some at a time, from the
// snapshot that the entries are from.
class BaseItemFetcher {
 public:
  BaseItemFetcher(kv::Store& store, const kv::Snapshot& snapshot, const Table& table,
                  PageCollector& page)
      : store_(store), snapshot_(snapshot), table_(table), page_(page) {}

  // False: the page is full, or reading failed.
  bool add(kv::Bytes entry) {
    entries_[waiting_] = entry;
    keys_[waiting_] =
        encode_table_key(table_.id, table_.key(), ItemView::trusted(entries_[waiting_])).bytes;
    return ++waiting_ < at_once_ || fetch();
  }

  bool fetch() {
    std::array<kv::Bytes, kFetchedAtOnce> keys;
    std::array<kv::Pinned, kFetchedAtOnce> items;
    std::array<kv::Status, kFetchedAtOnce> each{};
    const size_t count = std::exchange(waiting_, 0);
    if (count == 0) return true;
    std::copy_n(keys_.begin(), count, keys.begin());
    status_ = store_.multi_get({.snapshot = &snapshot_}, std::span(keys).first(count),
                               std::span(items).first(count), std::span(each).first(count));
    for (size_t i = 0; i < count && status_ == kv::Status::kOk; ++i) {
      // An entry without its item would be a broken index.
      status_ = each[i] == kv::Status::kNotFound ? kv::Status::kCorrupt : each[i];
      if (status_ != kv::Status::kOk) break;
      const ItemView item = ItemView::trusted(items[i].get());
      const auto blocks =
          std::max<size_t>(1, (item.item_bytes() + kReadUnitBytes - 1) / kReadUnitBytes);
      page_.page.base_read_units += kEventualReadUnits * static_cast<double>(blocks);
      if (!page_.add(ItemView::trusted(entries_[i]), item)) return false;
    }
    return status_ == kv::Status::kOk;
  }

  kv::Status status() const { return status_; }
  // Not to read past a Limit in vain.
  void expect_at_most(uint32_t entries) {
    at_once_ = std::clamp<size_t>(entries, 1, kFetchedAtOnce);
  }

 private:
  kv::Store& store_;
  const kv::Snapshot& snapshot_;
  const Table& table_;
  PageCollector& page_;
  std::array<std::string, kFetchedAtOnce> entries_;
  std::array<std::string, kFetchedAtOnce> keys_;
  size_t waiting_ = 0;
  size_t at_once_ = kFetchedAtOnce;
  kv::Status status_ = kv::Status::kOk;
};

kv::Status scan_with_base_items(kv::Store& store, const RangeRead& read,
                                const kv::ScanOptions& scan, PageCollector& page) {
  const auto snapshot = store.snapshot();
  BaseItemFetcher fetcher(store, *snapshot, *read.table, page);
  if (read.limit) fetcher.expect_at_most(*read.limit);
  bool more = true;
  const auto status =
      store.scan({.snapshot = snapshot.get()}, scan, [&](kv::Bytes, kv::Bytes entry) {
        more = fetcher.add(entry);
        return more;
      });
  if (status != kv::Status::kOk) return status;
  if (more) fetcher.fetch();
  return fetcher.status();
}

}  // namespace

Result<void> check_readable(const Table& table, const Index& index) {
  IndexStatus status = index.status;
  if (table.is_outdated()) [[unlikely]] {
    const TablePtr newest = table.state->newest();
    const Index* now = newest != nullptr ? newest->find_index(index.definition.name) : &index;
    status = now != nullptr && now->id == index.id ? now->status : IndexStatus::kDeleting;
  }
  if (status == IndexStatus::kCreating)
    return validation_error("Cannot read from backfilling global secondary index: " +
                            index.definition.name);
  if (status == IndexStatus::kDeleting)
    return validation_error("The table does not have the specified index: " +
                            index.definition.name);
  return {};
}

Result<RangePage> RangeReader::read(const RangeRead& read,
                                    FunctionRef<void(const ItemView& item)> sink) {
  if (read.table->is_dropped())
    return make_error(ErrorCode::kResourceNotFound, "Requested resource not found");
  if (read.index != nullptr) TRY(check_readable(*read.table, *read.index));
  KeyRange range = TRY(covered_range(read));
  if (read.exclusive_start_key.exists()) {
    const std::string position = TRY(start_position(read, range));
    skip_to(position, read.forward, range);
  }
  PageCollector page(read, sink);
  if (range.begin >= range.end) return std::move(page.page);
  const kv::ScanOptions scan{.begin = range.begin, .end = range.end, .reverse = !read.forward};
  const bool fetches = read.fetch_base_items && read.index != nullptr;
  const auto status = fetches ? scan_with_base_items(store_, read, scan, page)
                              : store_.scan({}, scan, [&](kv::Bytes, kv::Bytes value) {
                                  const ItemView item = ItemView::trusted(value);
                                  return page.add(item, item);
                                });
  if (status != kv::Status::kOk) return kv::to_error(status);
  return std::move(page.page);
}

}  // namespace dynolith::storage
