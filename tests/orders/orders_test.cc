// The order system on the embedded connection and over HTTP: the same program, unchanged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "odm/connection/embedded_connection.h"
#include "odm/remote/remote_connection.h"
#include "tests/orders/bookkeeper.h"
#include "tests/orders/service.h"
#include "tests/support/served_database.h"

namespace dynolith::orders {
namespace {

using odm::ErrorCode;
using testing::ElementsAre;

struct Setting {
  std::string name;
  odm::ConnectionPtr (*connect)();
};

odm::ConnectionPtr embedded() { return odm::open_embedded({}).value(); }

odm::ConnectionPtr remote() {
  struct Served {
    test::ServedDatabase server;
    odm::ConnectionPtr connection;
  };
  auto served = std::make_shared<Served>();
  odm::RemoteOptions options;
  options.region = "us-east-1";
  options.endpoint = served->server.endpoint();
  options.credentials = {"key", "secret"};
  served->connection = odm::connect(options).value();
  odm::Connection* const connection = served->connection.get();
  return {std::move(served), connection};
}

class Orders : public testing::TestWithParam<Setting> {
 protected:
  Orders() : table_(GetParam().connect(), "shop"), service_(table_) { service_.set_up().value(); }

  Customer ann() {
    return service_
        .register_customer({.email = "Ann@Example.org",
                            .name = "Ann",
                            .address = Address{"Main Street 1", " Bern ", "CH"}})
        .value();
  }
  void stock(const std::string& sku, int64_t stock, int64_t price_cents = 100) {
    service_.add_product({.sku = sku, .title = sku, .price_cents = price_cents, .stock = stock})
        .value();
  }
  int64_t stock_of(const std::string& sku) { return service_.product(sku).value().stock; }

  odm::Table table_;
  Service service_;
};

TEST_P(Orders, ACustomerIsRegisteredOnce) {
  const Customer customer = ann();
  EXPECT_EQ(customer.email, "ann@example.org");
  EXPECT_EQ(customer.address->city, "Bern");
  EXPECT_EQ(customer.version, 1);
  EXPECT_EQ(customer.id.size(), 26u);
  EXPECT_EQ(service_.register_customer({.email = "ann@example.org", .name = "A"}).error().code,
            ErrorCode::kUniqueViolation);
  const auto wrong =
      service_.register_customer({.email = "ann", .address = Address{"x", "", "CHE"}});
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(wrong.error().problems.size(), 5u) << wrong.error().to_text();
}

TEST_P(Orders, TwoWhoChangeACustomerDoNotOverwriteEachOther) {
  const Customer before = ann();
  Customer mine = before, yours = before;
  mine.name = "Anna";
  yours.note = "calls at night";
  EXPECT_EQ(service_.change_customer(before, mine).value().version, 2);
  EXPECT_EQ(service_.change_customer(before, yours).error().code, ErrorCode::kVersionConflict);
}

TEST_P(Orders, AnOrderTakesItsStockOrNothing) {
  const Customer customer = ann();
  stock("TEA", 10, 350);
  stock("CUP", 1, 900);
  const std::vector<Wanted> wanted{{"TEA", 4}, {"CUP", 1}};
  const Order order = service_.place(customer.id, "o1", wanted).value();
  EXPECT_EQ(order.total_cents, 4 * 350 + 900);
  EXPECT_EQ(order.version, 1);
  EXPECT_EQ(stock_of("TEA"), 6);
  EXPECT_EQ(service_.lines_of("o1").value().size(), 2u);

  const auto second = service_.place(customer.id, "o2", wanted);
  ASSERT_EQ(second.error().code, ErrorCode::kTransactionCanceled);
  const odm::OperationFailure& cup = second.error().operations[2];
  EXPECT_EQ(cup.code, ErrorCode::kConditionFailed);
  EXPECT_THAT(cup.clauses, ElementsAre(odm::FailedClause{"stock >= 1", "0"}));
  EXPECT_EQ(second.error().operations[0].reason, "None");
  EXPECT_EQ(stock_of("TEA"), 6);
  EXPECT_TRUE(service_.lines_of("o2").value().empty());
}

TEST_P(Orders, AnOrderOfNobodyOrOfNothingIsRefused) {
  stock("TEA", 10);
  const std::vector<Wanted> tea{{"TEA", 1}}, air{{"AIR", 1}};
  const auto nobody = service_.place("nobody", "o1", tea);
  ASSERT_EQ(nobody.error().code, ErrorCode::kTransactionCanceled);
  EXPECT_EQ(stock_of("TEA"), 10);
  EXPECT_EQ(service_.place(ann().id, "o1", air).error().code, ErrorCode::kNotFound);
}

TEST_P(Orders, AnOrderGoesThroughItsStates) {
  const Customer customer = ann();
  stock("TEA", 10);
  const Order order = service_.place(customer.id, "o1", std::vector<Wanted>{{"TEA", 3}}).value();
  const auto early = service_.ship(order, "T1");
  ASSERT_EQ(early.error().code, ErrorCode::kConditionFailed);
  EXPECT_THAT(early.error().clauses,
              ElementsAre(odm::FailedClause{"status = \"kPaid\"", "\"kPlaced\""}));
  EXPECT_EQ(service_.pay(order).value().status, Status::kPaid);
  EXPECT_EQ(service_.with_status(Status::kPaid).value().size(), 1u);
  EXPECT_TRUE(service_.with_status(Status::kPlaced).value().empty());
  const Order shipped = service_.ship(order, "T1").value();
  EXPECT_EQ(shipped.tracking, "T1");
  EXPECT_EQ(shipped.version, 3);
  EXPECT_EQ(service_.cancel(order).error().code, ErrorCode::kTransactionCanceled);
  EXPECT_EQ(stock_of("TEA"), 7);
}

TEST_P(Orders, ACanceledOrderGivesItsStockBack) {
  const Customer customer = ann();
  stock("TEA", 10);
  const Order order = service_.place(customer.id, "o1", std::vector<Wanted>{{"TEA", 3}}).value();
  ASSERT_TRUE(service_.cancel(order).ok());
  EXPECT_EQ(stock_of("TEA"), 10);
  EXPECT_EQ(service_.product("TEA").value().reserved, 0);
  EXPECT_FALSE(service_.cancel(order).ok());
  EXPECT_EQ(stock_of("TEA"), 10);
}

TEST_P(Orders, OrdersComeInPagesNewestFirst) {
  const Customer customer = ann();
  stock("TEA", 100);
  for (int i = 0; i < 7; ++i)
    service_.place(customer.id, "o" + std::to_string(i), std::vector<Wanted>{{"TEA", 1}}).value();
  std::vector<Order> all;
  std::optional<odm::Cursor> next;
  int pages = 0;
  do {
    OrderPage page = service_.orders_of(customer.id, 3, next).value();
    all.insert(all.end(), page.orders.begin(), page.orders.end());
    next = page.next;
    ++pages;
  } while (next && pages < 10);
  ASSERT_EQ(all.size(), 7u);
  for (size_t i = 1; i < all.size(); ++i) EXPECT_GE(all[i - 1].placed, all[i].placed);
}

TEST_P(Orders, TheBookkeeperCountsEveryOrderOnce) {
  const Customer customer = ann();
  stock("TEA", 100, 250);
  const Order first = service_.place(customer.id, "o1", std::vector<Wanted>{{"TEA", 2}}).value();
  service_.place(customer.id, "o2", std::vector<Wanted>{{"TEA", 1}}).value();
  const std::string day = odm::to_iso_text(first.placed).substr(0, 10);
  EXPECT_EQ(Bookkeeper(table_, "books").catch_up().value(), 2u);
  EXPECT_EQ(Bookkeeper(table_, "books").sales_on(day).value().cents, 750);
  ASSERT_TRUE(service_.cancel(first).ok());
  // Another object of its name goes on where the first one was.
  EXPECT_EQ(Bookkeeper(table_, "books").catch_up().value(), 1u);
  EXPECT_EQ(Bookkeeper(table_, "books").catch_up().value(), 0u);
  const Sales sales = Bookkeeper(table_, "books").sales_on(day).value();
  EXPECT_EQ(sales.orders, 1);
  EXPECT_EQ(sales.cents, 250);
}

// Many customers want what there is too little of, while a bookkeeper counts along.
TEST_P(Orders, NothingIsSoldTwice) {
  constexpr int kThreads = 4, kOrders = 12, kStock = 25, kAgainMax = 10'000;
  const Customer customer = ann();
  stock("TEA", kStock);
  stock("CUP", 1000);
  std::atomic<int> placed{0}, sold_out{0}, finished{0};
  std::mutex mutex;
  std::vector<std::string> unexpected;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      int again = 0;
      for (int i = 0; i < kOrders; ++i) {
        const std::string id = "o" + std::to_string(t) + "-" + std::to_string(i);
        const auto order =
            service_.place(customer.id, id, std::vector<Wanted>{{"TEA", 1}, {"CUP", 2}});
        if (order) {
          ++placed;
        } else if (order.error().code == ErrorCode::kTransactionCanceled &&
                   order.error().operations[0].code == ErrorCode::kConditionFailed) {
          ++sold_out;
        } else if (++again < kAgainMax && (order.error().is_retryable() ||
                                           order.error().code == ErrorCode::kTransactionCanceled)) {
          --i;  // Others were faster.
        } else {
          const std::lock_guard lock(mutex);
          unexpected.push_back(order.error().to_text());
        }
      }
      ++finished;
    });
  Bookkeeper bookkeeper(table_, "books");
  while (finished < kThreads) (void)bookkeeper.catch_up();
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(bookkeeper.catch_up().ok());

  EXPECT_THAT(unexpected, testing::IsEmpty());
  EXPECT_EQ(placed, kStock);
  EXPECT_EQ(sold_out, kThreads * kOrders - kStock);
  EXPECT_EQ(stock_of("TEA"), 0);
  EXPECT_EQ(stock_of("CUP"), 1000 - 2 * kStock);
  const std::vector<Order> orders = service_.with_status(Status::kPlaced).value();
  ASSERT_EQ(orders.size(), static_cast<size_t>(kStock));
  std::map<std::string, Sales> by_day;
  for (const Order& order : orders) {
    EXPECT_EQ(service_.lines_of(order.id).value().size(), 2u);
    Sales& sales = by_day[odm::to_iso_text(order.placed).substr(0, 10)];
    ++sales.orders;
    sales.cents += order.total_cents;
  }
  for (const auto& [day, sales] : by_day) {
    EXPECT_EQ(bookkeeper.sales_on(day).value().orders, sales.orders);
    EXPECT_EQ(bookkeeper.sales_on(day).value().cents, sales.cents);
  }
}

INSTANTIATE_TEST_SUITE_P(On, Orders,
                         testing::Values(Setting{"embedded", embedded}, Setting{"remote", remote}),
                         [](const auto& setting) { return setting.param.name; });

}  // namespace
}  // namespace dynolith::orders
