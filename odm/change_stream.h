// The changes of a table, read one after the other as changes of objects.
//
//   ChangeStream<User, Order> changes(app);
//   changes.from(saved_position);                    // or from_oldest(), from_newest()
//   while (following) {
//     auto page = changes.next([&](const auto& change) { handle(change); });
//     if (!page) return show(page.error());
//     save(changes.position());
//     if (page->at_end) wait_a_while();
//   }
//
// Visitors take const Change<T>& of every T (change.h) and give nothing, or a Result<void>: an
// error stops next(), which answers it; the next call begins with that change again. Every change
// is handed out exactly once by one ChangeStream, and at least once by programs that go on at a
// position they kept. Items of older schema versions are upgraded.
//
// Threads: one for each stream object; nothing is done between calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "odm/change.h"
#include "odm/table.h"

namespace dynolith::odm {

// What becomes of a record that does not fit its model.
enum class OnBadChange : uint8_t {
  kFail,     // next() answers the error; skip() goes past the record.
  kDeliver,  // The visitor gets it, with Change::problem.
  kSkip,     // It is counted.
};

struct ChangeStreamOptions {
  OnBadChange on_bad = OnBadChange::kFail;
  uint32_t page_records = 1000;
};

// What one next() did.
struct ChangePage {
  size_t delivered = 0;
  size_t unknown = 0;      // Records of no model of this stream, and of the mapper's own items.
  size_t bad = 0;          // That did not fit their models; delivered ones count as both.
  bool at_end = false;     // There was no more when it was read.
  bool is_closed = false;  // The stream was turned off and all of it is read.
};

class ChangeStreamCore {
 public:
  ChangeStreamCore(TableCorePtr table, std::vector<const Schema*> models,
                   ChangeStreamOptions options);

  void set_position(std::string position);
  const std::string& position() const { return position_; }
  bool skip();
  ChangesRequest request() const { return {table_->name, position_, options_.page_records}; }

  // `deliver` gets the record and the number of its model, and answers what the visitor does, or
  // the problem with the record.
  struct Outcome {
    Result<void> visited;
    std::optional<Error> problem;
  };
  using Deliver = storage::FunctionRef<Outcome(size_t model, const ChangeRecord& record)>;
  Result<ChangePage> next(Deliver deliver);
  ChangeStreamOptions options() const { return options_; }

 private:
  Result<void> read_page();
  Result<void> hand_out(const ChangeRecord& record, Deliver deliver, ChangePage& page);

  TableCorePtr table_;
  std::vector<const Schema*> models_;
  ChangeStreamOptions options_;
  std::string position_;              // Of the first record that is in nobody's hands.
  std::string next_position_;         // Behind the records of `pending_`.
  std::vector<OwnedChange> pending_;  // Of the page, what is not handed out yet: the next one last.
  bool at_end_ = false, is_closed_ = false;
};

template <class... Ts>
class ChangeStream {
 public:
  // From the oldest change there is, unless told otherwise. No network.
  explicit ChangeStream(const Table& table, ChangeStreamOptions options = {})
      : core_(table.core(), {&schema_of<Ts>()...}, options) {}

  ChangeStream& from_oldest() { return from({}); }
  // What is written from the first next() on.
  ChangeStream& from_newest() { return from(ChangesRequest::kNewest); }
  // Where another stream object was.
  ChangeStream& from(std::string_view position) {
    core_.set_position(std::string(position));
    return *this;
  }
  // To keep and to go on at: all changes before it were handed out. "" and "newest": before the
  // first next().
  const std::string& position() const { return core_.position(); }

  // Reads one page and hands out its changes in order. Errors: those of reading (kTrimmed: changes
  // were lost, see from_oldest(); kBadRequest: the table has no stream), the visitor's,
  // kTypeMismatch with OnBadChange::kFail. After an error the next call goes on at the change it
  // was about.
  template <class Visitor>
  Result<ChangePage> next(Visitor&& visitor) {
    static_assert((std::is_invocable_v<Visitor&, const Change<Ts>&> && ...),
                  "next(): the visitor does not take a const Change<T>& of every model");
    const OnBadChange on_bad = core_.options().on_bad;
    return core_.next([&](size_t model, const ChangeRecord& record) {
      ChangeStreamCore::Outcome outcome;
      internal::visit_change<Ts...>(model, record, [&](const auto& change) {
        outcome.problem = change.problem;
        if (change.problem && on_bad != OnBadChange::kDeliver) return;
        if constexpr (std::is_void_v<decltype(visitor(change))>)
          visitor(change);
        else
          outcome.visited = visitor(change);
      });
      return outcome;
    });
  }
  // Goes past the change that stopped next(). False: there is none.
  bool skip() { return core_.skip(); }
  // What next() sends, once it has handed out what it read before.
  ChangesRequest request() const { return core_.request(); }

 private:
  ChangeStreamCore core_;
};

}  // namespace dynolith::odm
