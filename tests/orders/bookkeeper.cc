#include "tests/orders/bookkeeper.h"

#include "storage/result.h"  // TRY

namespace dynolith::orders {

using odm::Result;

namespace {

std::string day_of(Timestamp time) { return odm::to_iso_text(time).substr(0, 10); }

}  // namespace

Bookkeeper::Bookkeeper(odm::Table table, std::string name)
    : table_(std::move(table)), name_(std::move(name)) {}

Result<size_t> Bookkeeper::catch_up() {
  const auto consumers = table_.entity<Consumer>();
  size_t counted = 0;
  for (;;) {
    const std::optional<Consumer> found =
        TRY(consumers.get_with(odm::ReadOptions{.consistent = true}, name_));
    const Consumer before = found ? *found : Consumer{.name = name_};
    odm::ChangeStream<Order> changes(table_);
    changes.from(before.position);
    std::map<std::string, Tally> tallies;
    const odm::ChangePage page = TRY(changes.next([&](const odm::Change<Order>& change) {
      const bool is_new = change.kind == odm::ChangeKind::kInsert;
      const bool is_canceled = change.kind == odm::ChangeKind::kModify &&
                               change.after->status == Status::kCanceled &&
                               change.before->status != Status::kCanceled;
      if (!is_new && !is_canceled) return;
      Tally& tally = tallies[day_of(change.after->placed)];
      tally.orders += is_new ? 1 : -1;
      tally.cents += is_new ? change.after->total_cents : -change.after->total_cents;
      ++counted;
    }));
    if (changes.position() != before.position) TRY(write(before, changes.position(), tallies));
    // Its own writes are changes too: it is at the end when a page had nothing for it.
    if (page.at_end && tallies.empty()) return counted;
  }
}

Result<void> Bookkeeper::write(const Consumer& before, const std::string& position,
                               const std::map<std::string, Tally>& tallies) {
  const auto sales = table_.entity<Sales>();
  odm::Transaction all = table_.transact();
  for (const auto& [day, tally] : tallies)
    all.update(sales.upsert(day).add(&Sales::orders, tally.orders).add(&Sales::cents, tally.cents));
  Consumer after = before;
  after.position = position;
  if (before.version == 0)
    all.create(after);
  else
    all.save(before, after);
  TRY(all.exec());
  return {};
}

Result<Sales> Bookkeeper::sales_on(const std::string& day) const {
  return table_.entity<Sales>().must_get(day);
}

}  // namespace dynolith::orders
