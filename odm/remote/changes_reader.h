// Reads the changes of tables over the streams service. A table's streams are read one after the
// other, oldest first, as if they were one: each begins when it is turned on and ends when it is
// turned off.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>

#include "odm/remote/changes_session.h"

namespace dynolith::odm {

class ChangesReader {
 public:
  // Connection::read_changes.
  Result<ChangesReply> read(RemoteCalls& calls, const ChangesRequest& request, ChangeSink sink);

 private:
  // A reader mostly comes back with the position that it was given last: then iterators and shards
  // are known already.
  struct Kept {
    std::string table, position;
    ChangesSession session;
  };
  std::optional<ChangesSession> take(const ChangesRequest& request);
  void keep(Kept kept);

  Result<ChangesSession> open(RemoteCalls& calls, const ChangesRequest& request);

  std::mutex mutex_;
  std::list<Kept> kept_;  // The one kept last in front.
};

}  // namespace dynolith::odm
