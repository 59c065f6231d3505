// Records of a table's stream as changes of dynamic items: what change.h and change_stream.h are
// for structs.
//
//   DynamicChangeStream changes(app, {events, counters});  // Schemas.
//   changes.from(saved_position);
//   auto page = changes.next([&](const DynamicChange& change) { handle(change); });
//   save(changes.position());
//
// Threads: one for each stream object; decoding: any, no state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "odm/change_stream.h"
#include "odm/dynamic/dynamic_schema.h"

namespace dynolith::odm {

struct DynamicChange : ChangeInfo {
  size_t schema = 0;                 // Which of those that were given.
  std::string model;                 // Its name.
  std::optional<Map> before, after;  // As far as the stream's view type keeps them.
  std::optional<Map> key;            // Without images: only the members of the key.
};

// One record as a change of an item of one of the schemas; nothing if it is of none. Needs no
// connection.
std::optional<DynamicChange> decode_change(const std::vector<DynamicSchema>& schemas,
                                           const ChangeRecord& record);

class DynamicChangeStream {
 public:
  // From the oldest change there is, unless told otherwise. No network.
  DynamicChangeStream(const Table& table, std::vector<DynamicSchema> schemas,
                      ChangeStreamOptions options = {});

  DynamicChangeStream& from_oldest() { return from({}); }
  // What is written from the first next() on.
  DynamicChangeStream& from_newest() { return from(ChangesRequest::kNewest); }
  // Where another stream object was.
  DynamicChangeStream& from(std::string_view position) {
    core_.set_position(std::string(position));
    return *this;
  }
  // As ChangeStream's: where to go on.
  const std::string& position() const { return core_.position(); }

  // Reads one page and hands out its changes in order to `visitor`, which gives nothing or a
  // Result<void>. Errors: ChangeStream's.
  template <class Visitor>
  Result<ChangePage> next(Visitor&& visitor) {
    return next_of([&visitor](const DynamicChange& change) -> Result<void> {
      if constexpr (std::is_void_v<decltype(visitor(change))>)
        return visitor(change), Result<void>();
      else
        return visitor(change);
    });
  }
  // Goes past the change that stopped next(). False: there is none.
  bool skip() { return core_.skip(); }

 private:
  Result<ChangePage> next_of(FunctionRef<Result<void>(const DynamicChange& change)> visitor);

  std::vector<DynamicSchema> schemas_;  // Kept for core_.
  ChangeStreamCore core_;
};

}  // namespace dynolith::odm
