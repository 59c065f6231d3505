// Resource policies of tables: kept and given back, not enforced. A policy lies in its table's key
// space and goes with the table; see storage/FORMAT.md, "Resource policies". PERSISTED.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/clock.h"
#include "storage/engine/catalog.h"
#include "storage/engine/write_gate.h"
#include "storage/kv/store.h"
#include "storage/result.h"

namespace dynolith::storage {

// Beside the ids that indexes of a table are given, which count from 1.
inline constexpr IndexId kPolicySpace = 0xfffe;

struct ResourcePolicy {
  std::string revision;  // Digits; a later one is the greater number. Empty: there is no policy.
  std::string text;
};

// Threads: any, all calls.
class ResourcePolicies {
 public:
  // The arguments outlive it.
  ResourcePolicies(kv::Store& store, Catalog& catalog, WriteGate& gate, Clock& clock)
      : store_(store), catalog_(catalog), gate_(gate), clock_(clock) {}

  // Errors, of all: kResourceNotFound, kIo and kin.
  Result<ResourcePolicy> get(std::string_view name, std::string_view scope);
  // Returns the policy's revision; the same text again keeps it. Errors: kPolicyNotFound, if
  // another revision than `expected` is there; "NO_POLICY" expects none.
  Result<std::string> put(std::string_view name, std::string_view text,
                          std::optional<std::string_view> expected, std::string_view scope);
  // Returns the revision that was removed, empty if there was none. Errors: as put().
  Result<std::string> remove(std::string_view name, std::optional<std::string_view> expected,
                             std::string_view scope);

 private:
  // Replaces the policy by `text`; nullptr: removes it.
  Result<std::string> change(std::string_view name, const std::string_view* text,
                             std::optional<std::string_view> expected, std::string_view scope);

  kv::Store& store_;
  Catalog& catalog_;
  WriteGate& gate_;
  Clock& clock_;
};

}  // namespace dynolith::storage
