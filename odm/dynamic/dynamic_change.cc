#include "odm/dynamic/dynamic_change.h"

namespace dynolith::odm {
namespace {

std::vector<const Schema*> models_of(const std::vector<DynamicSchema>& schemas) {
  std::vector<const Schema*> models;
  models.reserve(schemas.size());
  for (const DynamicSchema& schema : schemas) models.push_back(&schema.schema());
  return models;
}

DynamicChange read_as(const std::vector<DynamicSchema>& schemas, size_t position,
                      const ChangeRecord& record) {
  const Schema& schema = schemas[position].schema();
  DynamicChange change;
  change.schema = position;
  change.model = schema.model;
  read_change(schema, record, change, [&change](Image image) -> void* {
    std::optional<Map>& target = image == Image::kBefore  ? change.before
                                 : image == Image::kAfter ? change.after
                                                          : change.key;
    return &target.emplace();
  });
  if (change.problem) change.before = change.after = change.key = std::nullopt;
  return change;
}

}  // namespace

std::optional<DynamicChange> decode_change(const std::vector<DynamicSchema>& schemas,
                                           const ChangeRecord& record) {
  const std::optional<size_t> position = model_of_change(models_of(schemas), record);
  if (!position) return std::nullopt;
  return read_as(schemas, *position, record);
}

DynamicChangeStream::DynamicChangeStream(const Table& table, std::vector<DynamicSchema> schemas,
                                         ChangeStreamOptions options)
    : schemas_(std::move(schemas)), core_(table.core(), models_of(schemas_), options) {}

Result<ChangePage> DynamicChangeStream::next_of(
    FunctionRef<Result<void>(const DynamicChange& change)> visitor) {
  return core_.next([&](size_t position, const ChangeRecord& record) {
    const DynamicChange change = read_as(schemas_, position, record);
    ChangeStreamCore::Outcome outcome;
    outcome.problem = change.problem;
    if (!change.problem || core_.options().on_bad == OnBadChange::kDeliver)
      outcome.visited = visitor(change);
    return outcome;
  });
}

}  // namespace dynolith::odm
