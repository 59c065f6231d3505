#include "storage/engine/resource_policies.h"

#include <algorithm>
#include <charconv>

namespace dynolith::storage {
namespace {

constexpr std::string_view kNoPolicy = "NO_POLICY";

std::string policy_key(const Table& table) {
  return key_space_prefix(table.id, kPolicySpace) + "policy";
}

// revision 00 text
std::string encode(const ResourcePolicy& policy) { return policy.revision + '\0' + policy.text; }

ResourcePolicy decode(std::optional<kv::Bytes> stored) {
  if (!stored) return {};
  const size_t end = stored->find('\0');
  if (end == kv::Bytes::npos) return {};
  return {std::string(stored->substr(0, end)), std::string(stored->substr(end + 1))};
}

Error policy_error(std::string_view what) {
  return make_error(
      ErrorCode::kPolicyNotFound,
      std::string("Resource-based policy not found for the provided ResourceArn: ").append(what));
}

Result<void> check_expected(const Table& table, const ResourcePolicy& current,
                            std::optional<std::string_view> expected) {
  if (!expected) return {};
  const bool is_there = !current.revision.empty();
  if (*expected == kNoPolicy) {
    if (!is_there) return {};
    return policy_error("Requested policy update expecting none to be present for table " +
                        table.name() + ", but a policy exists with revision id " +
                        current.revision + ".");
  }
  if (!is_there) return policy_error("there is none for table " + table.name());
  if (*expected == current.revision) return {};
  return policy_error("Requested update for policy with revision id " + std::string(*expected) +
                      ", but the policy associated to target table " + table.name() +
                      " has revision id " + current.revision + ".");
}

std::string next_revision(const ResourcePolicy& current, int64_t now_ms) {
  int64_t last = 0;
  std::from_chars(current.revision.data(), current.revision.data() + current.revision.size(), last);
  return std::to_string(std::max(now_ms, last + 1));
}

}  // namespace

Result<ResourcePolicy> ResourcePolicies::get(std::string_view name, std::string_view scope) {
  const CatalogEntry entry = TRY(catalog_.describe(name, scope));
  kv::Pinned stored;
  const auto status = store_.get({}, policy_key(*entry.table), stored);
  if (status == kv::Status::kNotFound) return ResourcePolicy{};
  if (status != kv::Status::kOk) return kv::to_error(status);
  return decode(stored.get());
}

Result<std::string> ResourcePolicies::put(std::string_view name, std::string_view text,
                                          std::optional<std::string_view> expected,
                                          std::string_view scope) {
  return change(name, &text, expected, scope);
}

Result<std::string> ResourcePolicies::remove(std::string_view name,
                                             std::optional<std::string_view> expected,
                                             std::string_view scope) {
  return change(name, nullptr, expected, scope);
}

Result<std::string> ResourcePolicies::change(std::string_view name, const std::string_view* text,
                                             std::optional<std::string_view> expected,
                                             std::string_view scope) {
  const WriteGate::Pass pass = gate_.enter();  // Whoever drops the table waits for this.
  const CatalogEntry entry = TRY(catalog_.describe(name, scope));
  const Table& table = *entry.table;
  if (table.is_dropped())
    return make_error(ErrorCode::kResourceNotFound,
                      "Requested resource not found: Table: " + table.name() + " not found");
  const std::string key = policy_key(table);
  const kv::Bytes declared = key;
  const int64_t now_ms = clock_.now_ms();
  std::string revision;
  std::optional<Error> failure;
  const auto status =
      store_.transact({}, {&declared, 1}, [&](kv::Reads& reads, kv::Writes& writes) {
        const ResourcePolicy current = decode(reads.at(0));
        revision = current.revision;
        failure.reset();
        if (auto fits = check_expected(table, current, expected); !fits) {
          failure = std::move(fits).error();
          return kv::Verdict::kDecline;
        }
        if (text == nullptr) {
          writes.erase(key);
        } else if (revision.empty() || current.text != *text) {
          revision = next_revision(current, now_ms);
          writes.put(key, encode({revision, std::string(*text)}));
        }
        return kv::Verdict::kCommit;
      });
  if (failure && status == kv::Status::kDeclined) return *std::move(failure);
  if (status != kv::Status::kOk) return kv::to_error(status);
  return revision;
}

}  // namespace dynolith::storage
