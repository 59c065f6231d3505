#include "odm/change_stream.h"

#include <algorithm>

namespace dynolith::odm {

ChangeStreamCore::ChangeStreamCore(TableCorePtr table, std::vector<const Schema*> models,
                                   ChangeStreamOptions options)
    : table_(std::move(table)), models_(std::move(models)), options_(options) {
  options_.page_records = std::clamp<uint32_t>(options_.page_records, 1, 1000);
}

void ChangeStreamCore::set_position(std::string position) {
  position_ = std::move(position);
  pending_.clear();
  at_end_ = is_closed_ = false;
}

bool ChangeStreamCore::skip() {
  if (pending_.empty()) return false;
  pending_.pop_back();
  if (pending_.empty()) position_ = next_position_;
  return true;
}

Result<void> ChangeStreamCore::hand_out(const ChangeRecord& record, Deliver deliver,
                                        ChangePage& page) {
  const std::optional<size_t> model = model_of_change(models_, record);
  if (!model) {
    ++page.unknown;
    return {};
  }
  Outcome outcome = deliver(*model, record);
  if (outcome.problem) {
    if (options_.on_bad == OnBadChange::kFail) {
      outcome.problem->message += ", at " + std::string(record.sequence) + " of the stream";
      return *std::move(outcome.problem);
    }
    ++page.bad;
    if (options_.on_bad == OnBadChange::kSkip) return {};
  }
  if (outcome.visited.ok()) ++page.delivered;
  return std::move(outcome.visited);
}

Result<ChangePage> ChangeStreamCore::next(Deliver deliver) {
  for (const Schema* model : models_)
    if (model->error) return *model->error;
  if (pending_.empty()) TRY(read_page());
  ChangePage page;
  while (!pending_.empty()) {
    TRY(hand_out(pending_.back().view(), deliver, page));
    pending_.pop_back();
  }
  position_ = next_position_;
  page.at_end = at_end_;
  page.is_closed = is_closed_;
  return page;
}

// Whole pages are read before anything is handed out: visitors may use the connection, and an error
// in the middle of a page makes nothing be handed out twice.
Result<void> ChangeStreamCore::read_page() {
  std::vector<OwnedChange> records;
  const auto reply = table_->connection->read_changes(
      request(), [&](const ChangeRecord& record) { records.push_back(OwnedChange::of(record)); });
  if (!reply.ok()) return reply.error();
  std::reverse(records.begin(), records.end());
  pending_ = std::move(records);
  next_position_ = reply->position;
  at_end_ = reply->at_end;
  is_closed_ = reply->is_closed;
  return {};
}

}  // namespace dynolith::odm
