// How streams, their shards and the places in them are called on the wire.
//
//   ARN              <table's ARN>/stream/2026-11-21T10:44:37.209
//   shard id         shardId-<20 digits: created, in ms>-<8 hex digits>; sorts by age
//   sequence number  1<13 digits: the stream's creation, in ms><16 digits: place>; consumers
//   compare
//                    them as integers, and the model wants 21 to 40 digits
//
// A record at position n has place 10 n. A shard starts 5 before the place of its first record, so
// that it can be named before there is a record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/engine/stream.h"

namespace dynolith::api {

std::string_view view_type_text(storage::StreamViewType type);

std::string stream_label(int64_t created_ms);
std::string stream_arn(std::string_view region, std::string_view table, int64_t created_ms);

// The parts of arn:aws:dynamodb:<region>:<account>:table/<table>/stream/<label>.
struct StreamArn {
  std::string_view table, label;
};
std::optional<StreamArn> parse_stream_arn(std::string_view arn);

std::string shard_id(const storage::Stream& stream, const storage::Shard& shard);
// Needs: it has one.
std::string parent_shard_id(const storage::Stream& stream, const storage::Shard& shard);

uint64_t place_of(uint64_t position);
uint64_t starting_place(const storage::Shard& shard);
uint64_t ending_place(const storage::Shard& shard);  // Needs: it is closed.
// The first position at or after a place, and the first one after it.
uint64_t position_at(uint64_t place);
uint64_t position_after(uint64_t place);
std::string sequence_number(const storage::Stream& stream, uint64_t place);
// The place; nullopt if it is not a sequence number of this stream.
std::optional<uint64_t> parse_sequence_number(const storage::Stream& stream, std::string_view text);

// 32 hexadecimal digits, different for every record.
std::string event_id(const storage::Stream& stream, uint64_t position);

}  // namespace dynolith::api
