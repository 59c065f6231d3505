#include "odm/remote/changes_position.h"

#include <algorithm>
#include <charconv>

namespace dynolith::odm {

namespace {

constexpr std::string_view kVersion = "1";
constexpr size_t kPositionBytesMax = 4 * 1024 * 1024;
constexpr size_t kShardsMax = 20'000;

using Place = ShardPosition::Place;

// What can stand between blanks.
bool is_word(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::string_view take_word(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<ShardPosition> parse_shard(std::string_view text) {
  const size_t mark = text.find_first_of(":!@");
  if (!is_word(text) || mark == 0 || mark == std::string_view::npos) return std::nullopt;
  ShardPosition shard{std::string(text.substr(0, mark))};
  std::string_view rest = text.substr(mark + 1);
  if (text[mark] == '!') {
    shard.place = Place::kFinished;
    return rest.empty() ? std::optional(shard) : std::nullopt;
  }
  if (text[mark] == ':') {
    if (rest.empty()) return shard;
    if (!is_digits(rest)) return std::nullopt;
    shard.place = Place::kAfter;
    shard.sequence = rest;
    return shard;
  }
  shard.place = Place::kSince;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), shard.since_ms);
  rest.remove_prefix(static_cast<size_t>(end - rest.data()));
  if (error != std::errc{} || (!rest.empty() && rest[0] != ':')) return std::nullopt;
  if (!rest.empty()) shard.iterator = rest.substr(1);
  return shard;
}

void append_shard(std::string& text, const ShardPosition& shard) {
  text.append(" ").append(shard.id);
  switch (shard.place) {
    case Place::kOldest:
      text += ':';
      return;
    case Place::kAfter:
      text.append(":").append(shard.sequence);
      return;
    case Place::kFinished:
      text += '!';
      return;
    case Place::kSince:
      text.append("@").append(std::to_string(shard.since_ms));
      if (!shard.skips_older && is_word(shard.iterator)) text.append(":").append(shard.iterator);
      return;
  }
}

}  // namespace

std::string ChangesPosition::to_text() const {
  std::string text(kVersion);
  text.append(" ").append(stream_arn);
  for (const ShardPosition& shard : shards) append_shard(text, shard);
  return text;
}

std::optional<ChangesPosition> ChangesPosition::parse(std::string_view text) {
  if (text.size() > kPositionBytesMax || take_word(text) != kVersion) return std::nullopt;
  ChangesPosition position;
  position.stream_arn = take_word(text);
  if (!is_word(position.stream_arn)) return std::nullopt;
  while (!text.empty() && position.shards.size() < kShardsMax) {
    auto shard = parse_shard(take_word(text));
    if (!shard) return std::nullopt;
    position.shards.push_back(*std::move(shard));
  }
  if (!text.empty()) return std::nullopt;
  return position;
}

}  // namespace dynolith::odm
