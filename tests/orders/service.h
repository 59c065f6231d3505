// What a shop does with its orders. Knows models, not where the items are: it runs on any
// connection.
//
// Threads: any, every call.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tests/orders/model.h"

namespace dynolith::orders {

struct Wanted {
  std::string sku;
  int64_t quantity = 1;
};

struct OrderPage {
  std::vector<Order> orders;
  std::optional<odm::Cursor> next;
};

class Service {
 public:
  explicit Service(odm::Table table);

  // Creates the table, or adds what it lacks.
  odm::Result<void> set_up();

  // Errors: kUniqueViolation (the email is taken), kInvalid.
  odm::Result<Customer> register_customer(Customer customer);
  // Errors: kVersionConflict if somebody else changed the customer meanwhile.
  odm::Result<Customer> change_customer(const Customer& before, Customer after);
  odm::Result<Product> add_product(Product product);
  odm::Result<Product> restock(const std::string& sku, int64_t quantity);

  // Reserves the stock, writes order and lines: all or nothing. The same `id` places one order,
  // however often it is sent. Errors: kTransactionCanceled, whose operations say which product ran
  // out; kNotFound (no such product); kInvalid.
  odm::Result<Order> place(const std::string& customer, const std::string& id,
                           std::span<const Wanted> wanted);
  // Only what is placed can be paid, only what is paid shipped. Errors: kConditionFailed.
  odm::Result<Order> pay(const Order& order);
  odm::Result<Order> ship(const Order& order, const std::string& tracking);
  // Gives the stock back. Errors: kTransactionCanceled.
  odm::Result<void> cancel(const Order& order);

  odm::Result<OrderPage> orders_of(const std::string& customer, uint32_t limit,
                                   std::optional<odm::Cursor> after = {}) const;
  odm::Result<std::vector<Order>> with_status(Status status) const;
  odm::Result<std::vector<Line>> lines_of(const std::string& order) const;
  odm::Result<Product> product(const std::string& sku) const;

  const odm::Table& table() const { return table_; }

 private:
  odm::Result<std::vector<Product>> products_of(std::span<const Wanted> wanted) const;

  odm::Table table_;
  odm::Entity<Customer> customers_;
  odm::Entity<Product> products_;
  odm::Entity<Order> orders_;
  odm::Entity<Line> lines_;
};

}  // namespace dynolith::orders
