// Operations that run elsewhere while the caller goes on.
//
//   Executor executor(8);
//   std::future<Result<User>> created = async(executor, [=] { return users.create(ann); });
//   std::future<Result<Page<Order>>> page = async(executor, [=] { return
//   orders.query("acme").page(); });
//
// Every call of the mapper blocks and can be made from any thread; this gives it one. A program
// that has threads of its own needs none of it. Not part of odm.h.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace dynolith::odm {

// Threads that carry out what they are given, in its order. Threads: any, every call.
class Executor {
 public:
  // At least one thread. Where `waiting_max` wait already, post() waits too.
  explicit Executor(size_t threads, size_t waiting_max = 1000);
  // Carries out what is waiting, then ends. Not from one of its own threads.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // `work` must not throw.
  void post(std::function<void()> work);

 private:
  void run();

  const size_t waiting_max_;
  std::mutex mutex_;  // Guards what follows.
  std::condition_variable has_work_, has_room_;
  std::deque<std::function<void()>> waiting_;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

// What `operation` gives, or throws, later. The arguments that it captures must live until then:
// capture them by value (entities and tables are cheap to copy).
template <class Operation>
auto async(Executor& executor, Operation operation) {
  using Outcome = std::invoke_result_t<Operation&>;
  auto task = std::make_shared<std::packaged_task<Outcome()>>(std::move(operation));
  std::future<Outcome> later = task->get_future();
  executor.post([task] { (*task)(); });
  return later;
}

}  // namespace dynolith::odm
