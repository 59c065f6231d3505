#include "odm/scan.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace dynolith::odm::internal {
namespace {

Error bad_scan(const RangeCore& core, std::string why) {
  return make_error(ErrorCode::kBadRequest,
                    core.entity.schema().model + ": a parallel scan " + std::move(why));
}

Result<void> check(const RangeCore& core, uint32_t threads) {
  if (threads == 0 || threads > kScanThreadsMax)
    return bad_scan(core, "has 1 to " + std::to_string(kScanThreadsMax) + " threads");
  if (core.limit) return bad_scan(core, "has no limit: stop it from its function");
  if (core.after) return bad_scan(core, "has no cursor: its segments have one each");
  if (core.segment) return bad_scan(core, "makes its segments itself");
  return {};
}

// What the threads share.
class Segments {
 public:
  Segments(const RangeCore& core, uint32_t total, Calls calls, PageWork work)
      : core_(core), total_(total), calls_(calls), work_(work) {}

  void run(uint32_t segment) {
    try {
      RangeCore own = core_;
      own.segment = storage::ScanSegment{segment, total_};
      RangeReader reader(std::move(own));
      Result<RangeSummary> summary = read_pages(reader);
      const std::lock_guard lock(mutex_);
      if (summary)
        sum_.add(std::move(summary).value());
      else
        fail(std::move(summary).error());
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!thrown_) thrown_ = std::current_exception();
      stop_ = true;
    }
  }

  Result<RangeSummary> result() {
    if (thrown_) std::rethrow_exception(thrown_);
    if (error_) return std::move(*error_);
    sum_.next.reset();  // There are several: none of the whole.
    return std::move(sum_);
  }

 private:
  class Turn final : public PageTurn {
   public:
    explicit Turn(Segments& all) : all_(all), lock_(all.one_at_a_time_, std::defer_lock) {}

    void begin() override {
      if (all_.calls_ == Calls::kOneAtATime) lock_.lock();
    }
    bool is_stopped() const override { return all_.stop_; }
    void stop() override { all_.stop_ = true; }

   private:
    Segments& all_;
    std::unique_lock<std::mutex> lock_;
  };

  Result<RangeSummary> read_pages(RangeReader& reader) {
    RangeSummary total;
    while (!reader.is_at_end() && !stop_) {
      Turn turn(*this);
      total.add(TRY(work_(reader, turn)));
    }
    return total;
  }

  void fail(Error error) {
    if (!error_) error_ = std::move(error);
    stop_ = true;
  }

  const RangeCore& core_;
  const uint32_t total_;
  const Calls calls_;
  PageWork work_;
  std::atomic<bool> stop_{false};
  std::mutex one_at_a_time_;
  std::mutex mutex_;  // Of what follows.
  RangeSummary sum_;
  std::optional<Error> error_;
  std::exception_ptr thrown_;
};

}  // namespace

Result<RangeSummary> scan_segments(const RangeCore& core, uint32_t threads, Calls calls,
                                   PageWork work) {
  TRY(check(core, threads));
  Segments segments(core, threads, calls, work);
  std::vector<std::thread> others;
  others.reserve(threads);
  uint32_t started = 1;
  try {
    for (; started < threads; ++started)
      others.emplace_back([&segments, started] { segments.run(started); });
  } catch (const std::system_error&) {
    // No more threads are to be had: this one reads the segments that are left.
  }
  segments.run(0);
  for (uint32_t segment = started; segment < threads; ++segment) segments.run(segment);
  for (std::thread& other : others) other.join();
  return segments.result();
}

}  // namespace dynolith::odm::internal
