#include "storage/function.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

namespace dynolith::storage {
namespace {

int doubled(int n) { return 2 * n; }

TEST(Function, CallsWhatItWasMadeOf) {
  int calls = 0;
  const Function<int(int)> lambda = [&calls](int n) { return ++calls + n; };
  EXPECT_EQ(lambda(10), 11);
  EXPECT_EQ(lambda(10), 12);
  EXPECT_EQ(Function<int(int)>(doubled)(4), 8);
  EXPECT_EQ(Function<long(int)>(std::function<int(int)>(doubled))(4), 8);
  const Function<void(std::unique_ptr<int>)> takes = [&calls](std::unique_ptr<int> n) {
    calls = *n;
  };
  takes(std::make_unique<int>(40));
  EXPECT_EQ(calls, 40);
  const Function<void(int)> drops_the_result = [&calls](int n) { return calls += n; };
  drops_the_result(2);
  EXPECT_EQ(calls, 42);
}

TEST(Function, IsEmptyIfMadeOfNothing) {
  EXPECT_FALSE(Function<int(int)>());
  EXPECT_FALSE(Function<int(int)>(nullptr));
  EXPECT_FALSE(Function<int(int)>(std::function<int(int)>()));
  EXPECT_FALSE(Function<int(int)>(static_cast<int (*)(int)>(nullptr)));
  EXPECT_TRUE(Function<int(int)>(doubled));
}

TEST(Function, KeepsItsCallableAsLongAsACopyLives) {
  auto kept = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = kept;
  Function<int()> last;
  {
    Function<int()> first = [kept = std::move(kept)] { return *kept; };
    Function<int()> copy = first;
    last = copy;
    copy = nullptr;
    first = std::move(last);
    EXPECT_FALSE(last);
    last = first;
  }
  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(last(), 1);
  Function<int()>& same = last;
  last = same;
  EXPECT_EQ(last(), 1);
  last = {};
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace dynolith::storage
