// The embedded connection's change streams. A table's streams are read one after the other, oldest
// first, as if they were one: each begins when it is turned on and ends when it is turned off.
//
// position := created_ms ":" next     the stream, by when it was created; the record to go on at
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "odm/connection/embedded_calls.h"

namespace dynolith::odm::embedded_calls {
namespace {

using storage::Stream;
using storage::StreamPtr;
using storage::StreamRecordView;
using storage::validation_error;

struct Position {
  int64_t created_ms = 0;
  uint64_t next = 1;

  std::string to_text() const { return std::to_string(created_ms) + ":" + std::to_string(next); }
};

template <class Number>
bool parse_whole(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

storage::Result<Position> parse_position(const std::string& text) {
  const size_t colon = text.find(':');
  Position position;
  if (colon != std::string::npos &&
      parse_whole(std::string_view(text).substr(0, colon), position.created_ms) &&
      parse_whole(std::string_view(text).substr(colon + 1), position.next) && position.next > 0)
    return position;
  return validation_error("Not a position of a stream: " + text.substr(0, 64));
}

storage::Error trimmed_error() {
  return storage::make_error(
      storage::ErrorCode::kTrimmedDataAccess,
      "The operation attempted to read past the oldest stream record in a shard.");
}

// Where a record stands among all of its table: the same width for all, so that text sorts as they
// do.
class Sequence {
 public:
  Sequence(const Stream& stream, uint64_t position) {
    const int length =
        std::snprintf(text_.data(), text_.size(), "%014lld%020llu",
                      static_cast<long long>(stream.created_ms),   // NOLINT(google-runtime-int)
                      static_cast<unsigned long long>(position));  // NOLINT(google-runtime-int)
    length_ = std::min(static_cast<size_t>(std::max(length, 0)), text_.size() - 1);
  }
  std::string_view text() const { return {text_.data(), length_}; }

 private:
  std::array<char, 48> text_{};
  size_t length_ = 0;
};

// Reads the streams of one table from a position on.
class Reader {
 public:
  Reader(Database& database, std::vector<StreamPtr> streams, uint32_t records_max, ChangeSink sink)
      : database_(database),
        streams_(std::move(streams)),
        records_left_(std::min(records_max, storage::kStreamRecordsMax)),
        sink_(sink) {}

  // Errors: kTrimmedDataAccess, kValidation (not a position of this table).
  storage::Result<void> begin_at(const std::string& text) {
    if (text.empty()) {
      begin_stream(0);
      return {};
    }
    if (text == ChangesRequest::kNewest) {
      begin_stream(streams_.size() - 1);
      position_.next = std::max(position_.next, TRY(database_.stream_end(stream())) + 1);
      return {};
    }
    position_ = TRY(parse_position(text));
    const auto found = std::find_if(streams_.begin(), streams_.end(), [&](const StreamPtr& stream) {
      return stream->created_ms == position_.created_ms;
    });
    if (found == streams_.end()) {
      // A stream that is gone was older than those that are left.
      if (position_.created_ms < streams_.front()->created_ms) return trimmed_error();
      return validation_error("Not a position of this table's streams: " + text.substr(0, 64));
    }
    at_ = static_cast<size_t>(found - streams_.begin());
    if (position_.next <= stream().trimmed) return trimmed_error();
    if (position_.next > TRY(database_.stream_end(stream())) + 1)
      return validation_error("Not a position of this table's streams: " + text.substr(0, 64));
    return {};
  }

  storage::Result<ChangesReply> read() {
    while (true) {
      const bool ended = TRY(read_some());
      // A stream that is being turned off may still get records, though the next one is there.
      const bool goes_on = ended && at_ + 1 < streams_.size() && !stream().is_on();
      if (goes_on) begin_stream(at_ + 1);
      if (goes_on && records_left_ > 0) continue;
      ChangesReply reply;
      reply.position = position_.to_text();
      reply.at_end = ended && !goes_on;
      reply.is_closed = reply.at_end && !stream().is_on();
      return reply;
    }
  }

 private:
  const Stream& stream() const { return *streams_[at_]; }

  void begin_stream(size_t at) {
    at_ = at;
    position_ = {stream().created_ms, stream().trimmed + 1};
  }

  // One page. Whether there was no more.
  storage::Result<bool> read_some() {
    uint64_t end = TRY(database_.stream_end(stream()));
    if (position_.next <= end) {
      const storage::StreamRead read{.first = position_.next, .records_max = records_left_};
      const auto page =
          database_.read_stream(stream(), read, [&](uint64_t at, const StreamRecordView& record) {
            const Sequence sequence(stream(), at);
            --records_left_;
            sink_({record, sequence.text()});
          });
      if (!page.ok()) {
        // Records go while they are being read, and in the end their stream.
        const bool is_gone = page.error().code == storage::ErrorCode::kTrimmedDataAccess ||
                             page.error().code == storage::ErrorCode::kResourceNotFound;
        return is_gone ? trimmed_error() : page.error();
      }
      position_.next = page->next;
      end = TRY(database_.stream_end(stream()));
    }
    return position_.next > end;
  }

  Database& database_;
  const std::vector<StreamPtr> streams_;  // Not empty; oldest first.
  uint32_t records_left_;
  ChangeSink sink_;
  size_t at_ = 0;
  Position position_;
};

}  // namespace

storage::Result<ChangesReply> read_changes(Database& database, const ChangesRequest& request,
                                           ChangeSink sink) {
  if (request.records_max == 0)
    return validation_error("The number of records to read must be greater than or equal to 1");
  auto streams = database.list_streams(request.table);
  if (streams.empty()) {
    TRY(find_table(database, request.table));
    return validation_error("The table has no stream: " + request.table);
  }
  std::sort(streams.begin(), streams.end(),
            [](const StreamPtr& a, const StreamPtr& b) { return a->created_ms < b->created_ms; });
  Reader reader(database, std::move(streams), request.records_max, sink);
  TRY(reader.begin_at(request.position));
  return reader.read();
}

}  // namespace dynolith::odm::embedded_calls
