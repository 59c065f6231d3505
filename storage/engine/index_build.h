// How far an index that is being built covers its table. The table is walked in key order, a part
// at a time; the index holds exactly the entries of the items before the frontier. A write keeps
// the index up if its item lies before the frontier, and leaves it alone if it lies behind: the
// walk will find the item as the write left it. So nothing that a write did is ever undone, and the
// index's tally is exact at every moment.
//
// Only the part that is being added needs care. The walk claims it, waits until the writes that
// began before the claim are gone (WriteGate), adds the entries, and moves the frontier. A write to
// a claimed part waits outside the gate until then, some milliseconds.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

namespace dynolith::storage {

// Threads: any, all calls; claim(), cover() and release() one at a time.
class IndexBuild {
 public:
  // `frontier`: the key of the first item that is not covered. `begun`: in a former process.
  explicit IndexBuild(std::string frontier, bool begun = false)
      : frontier_(std::move(frontier)), claimed_end_(frontier_), begun_(begun) {}

  // Whether a write of the item keeps the index up. The answer stays the same while the caller
  // holds a pass of the gate that it took before is_claimed() was false.
  bool covers(std::string_view item_key) const;
  bool is_claimed(std::string_view item_key) const;
  // Needs: the caller holds no pass.
  void wait_until_free(std::string_view item_key);

  std::string frontier() const;
  bool has_begun() const;
  // Claims the items from the frontier up to `end`, exclusive.
  void claim(std::string end);
  void cover();    // The claimed part is done.
  void release();  // The claimed part is not done after all.

 private:
  bool claims(std::string_view item_key) const {
    return item_key >= frontier_ && item_key < claimed_end_;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string frontier_;
  std::string claimed_end_;  // frontier_, if nothing is claimed.
  bool begun_;
};

}  // namespace dynolith::storage
