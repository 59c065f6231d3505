#include "api/json/stream_names.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/json/arn.h"

namespace dynolith::api {
namespace {

using storage::Shard;
using storage::Stream;
using storage::StreamViewType;

constexpr uint64_t kPlacesPerRecord = 10;
constexpr uint64_t kPlacesBeforeFirst = 5;
constexpr uint64_t kStreamDigitsEnd = 10'000'000'000'000;  // 13 digits.
constexpr size_t kStreamDigits = 14;                       // With the leading 1.
constexpr size_t kSequenceDigits = 30;

// Every bit of the result depends on every bit of `value`, and no two values have one result.
uint64_t mixed(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

uint64_t stream_hash(const Stream& stream) {
  const uint64_t which = uint64_t{stream.table} << 32 | stream.number;
  return mixed(which ^ mixed(static_cast<uint64_t>(stream.created_ms)));
}

std::string shard_id(const Stream& stream, uint32_t number, int64_t created_ms) {
  return fmt::format("shardId-{:020}-{:08x}", std::max<int64_t>(created_ms, 0),
                     static_cast<uint32_t>(mixed(stream_hash(stream) + number)));
}

std::string stream_digits(const Stream& stream) {
  return fmt::format("1{:013}", static_cast<uint64_t>(stream.created_ms) % kStreamDigitsEnd);
}

bool is_made_of(std::string_view text, std::string_view ranges) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    for (size_t i = 0; i + 1 < ranges.size(); i += 2)
      if (c >= ranges[i] && c <= ranges[i + 1]) return true;
    return false;
  });
}

// What stands before the next `separator`, which goes too; nullopt if there is none.
std::optional<std::string_view> cut(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end + 1);
  return part;
}

}  // namespace

std::string_view view_type_text(StreamViewType type) {
  switch (type) {
    case StreamViewType::kKeysOnly:
      return "KEYS_ONLY";
    case StreamViewType::kNewImage:
      return "NEW_IMAGE";
    case StreamViewType::kOldImage:
      return "OLD_IMAGE";
    case StreamViewType::kNewAndOldImages:
      return "NEW_AND_OLD_IMAGES";
  }
  return "KEYS_ONLY";
}

std::string stream_label(int64_t created_ms) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}", fmt::gmtime(created_ms / 1000),
                     created_ms % 1000);
}

std::string stream_arn(std::string_view region, std::string_view table, int64_t created_ms) {
  return table_arn(region, table) + "/stream/" + stream_label(created_ms);
}

std::optional<StreamArn> parse_stream_arn(std::string_view arn) {
  const auto prefix = cut(arn, ':');
  const auto partition = cut(arn, ':');
  const auto service = cut(arn, ':');
  const auto region = cut(arn, ':');
  const auto account = cut(arn, ':');
  if (!account || *prefix != "arn" || !partition->starts_with("aws") || *service != "dynamodb")
    return std::nullopt;
  if (!is_made_of(*region, "az09--") || account->size() != 12 || !is_made_of(*account, "09"))
    return std::nullopt;
  const auto kind = cut(arn, '/');
  const auto table = cut(arn, '/');
  const auto stream = cut(arn, '/');
  if (!stream || *kind != "table" || *stream != "stream") return std::nullopt;
  if (!is_made_of(*table, "azAZ09__..--") || !is_made_of(arn, "09TT::..--")) return std::nullopt;
  return StreamArn{*table, arn};
}

std::string shard_id(const Stream& stream, const Shard& shard) {
  return shard_id(stream, shard.number, shard.created_ms);
}

std::string parent_shard_id(const Stream& stream, const Shard& shard) {
  return shard_id(stream, shard.number - 1, shard.parent_created_ms);
}

uint64_t place_of(uint64_t position) { return position * kPlacesPerRecord; }

uint64_t starting_place(const Shard& shard) { return place_of(shard.first) - kPlacesBeforeFirst; }

uint64_t ending_place(const Shard& shard) {
  return shard.last < shard.first ? starting_place(shard) : place_of(shard.last);
}

uint64_t position_at(uint64_t place) { return (place + kPlacesPerRecord - 1) / kPlacesPerRecord; }

uint64_t position_after(uint64_t place) { return place / kPlacesPerRecord + 1; }

std::string sequence_number(const Stream& stream, uint64_t place) {
  return stream_digits(stream) + fmt::format("{:016}", place);
}

std::optional<uint64_t> parse_sequence_number(const Stream& stream, std::string_view text) {
  if (text.size() != kSequenceDigits || !text.starts_with(stream_digits(stream)))
    return std::nullopt;
  const std::string_view digits = text.substr(kStreamDigits);
  uint64_t place = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), place);
  if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) return std::nullopt;
  return place;
}

std::string event_id(const Stream& stream, uint64_t position) {
  return fmt::format("{:016x}{:016x}", stream_hash(stream), mixed(position));
}

}  // namespace dynolith::api
