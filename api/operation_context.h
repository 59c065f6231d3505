// What every operation is given beside its request.
#pragma once

#include <string_view>

#include "api/wording.h"
#include "storage/database.h"

namespace dynolith::api {

class Admission;

// Lives as long as the call.
struct OperationContext {
  storage::Database& database;
  std::string_view scope;   // Namespace of tables; empty unless --isolate.
  std::string_view region;  // That the request was signed for.
  std::string_view host;    // As the client addressed us, "localhost:8000".
  Wording wording = Wording::kAws2026;
  Wording value_wording = Wording::kAws2026;  // Of attribute values and placeholders.
  Admission* admission = nullptr;             // Null: nothing is throttled.
};

}  // namespace dynolith::api
