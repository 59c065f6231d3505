#include "tests/orders/service.h"

#include <algorithm>

#include "storage/result.h"  // TRY

namespace dynolith::orders {

using odm::f;
using odm::make_error;
using odm::Result;

Service::Service(odm::Table table)
    : table_(std::move(table)),
      customers_(table_.entity<Customer>()),
      products_(table_.entity<Product>()),
      orders_(table_.entity<Order>()),
      lines_(table_.entity<Line>()) {}

Result<void> Service::set_up() {
  odm::TableSettings settings;
  settings.stream = odm::stream_of(storage::StreamViewType::kNewAndOldImages);
  return odm::ensure_table<Customer, Product, Line, Order, Sales, Consumer>(table_, settings);
}

Result<Customer> Service::register_customer(Customer customer) {
  return customers_.create(std::move(customer));
}

Result<Customer> Service::change_customer(const Customer& before, Customer after) {
  return customers_.save(before, std::move(after));
}

Result<Product> Service::add_product(Product product) {
  return products_.create(std::move(product));
}

Result<Product> Service::restock(const std::string& sku, int64_t quantity) {
  return products_.update(sku).add(&Product::stock, quantity).exec();
}

Result<std::vector<Product>> Service::products_of(std::span<const Wanted> wanted) const {
  std::vector<std::tuple<std::string>> keys;
  for (const Wanted& one : wanted) keys.emplace_back(one.sku);
  const auto found = TRY(products_.get_many(keys));
  std::vector<Product> products;
  for (size_t i = 0; i < found.size(); ++i) {
    if (!found[i])
      return make_error(odm::ErrorCode::kNotFound, "no product is called " + wanted[i].sku);
    products.push_back(*found[i]);
  }
  return products;
}

Result<Order> Service::place(const std::string& customer, const std::string& id,
                             std::span<const Wanted> wanted) {
  const std::vector<Product> products = TRY(products_of(wanted));
  Order order{.customer = customer, .id = id};
  order.placed = odm::timestamp_of_ms(table_.connection().clock().now_ms());
  order.line_count = static_cast<int64_t>(wanted.size());

  odm::Transaction all = table_.transact();
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto [sku, quantity] = wanted[i];
    order.total_cents += quantity * products[i].price_cents;
    all.update(products_.update(sku)
                   .subtract(&Product::stock, quantity)
                   .add(&Product::reserved, quantity)
                   .when(f(&Product::stock) >= quantity));
    all.create(Line{.order = id,
                    .number = static_cast<int>(i) + 1,
                    .sku = sku,
                    .quantity = quantity,
                    .price_cents = products[i].price_cents});
  }
  all.check<Customer>(customer, odm::exists(&Customer::id));
  all.create(order);
  const auto done = TRY(all.exec());
  return *done.get<Order>(done.size() - 1);
}

Result<Order> Service::pay(const Order& order) {
  return orders_.update(order.customer, order.placed, order.id)
      .set(&Order::status, Status::kPaid)
      .when(f(&Order::status) == Status::kPlaced)
      .exec();
}

Result<Order> Service::ship(const Order& order, const std::string& tracking) {
  return orders_.update(order.customer, order.placed, order.id)
      .set(&Order::status, Status::kShipped)
      .set(&Order::tracking, tracking)
      .when(f(&Order::status) == Status::kPaid)
      .exec();
}

Result<void> Service::cancel(const Order& order) {
  odm::Transaction all = table_.transact();
  all.update(orders_.update(order.customer, order.placed, order.id)
                 .set(&Order::status, Status::kCanceled)
                 .when(odm::in(f(&Order::status), {Status::kPlaced, Status::kPaid})));
  for (const Line& line : TRY(lines_of(order.id)))
    all.update(products_.update(line.sku)
                   .add(&Product::stock, line.quantity)
                   .subtract(&Product::reserved, line.quantity));
  TRY(all.exec());
  return {};
}

Result<OrderPage> Service::orders_of(const std::string& customer, uint32_t limit,
                                     std::optional<odm::Cursor> after) const {
  auto query = orders_.query(customer).reverse().limit(limit).consistent();
  if (after) query.after(*after);
  auto page = TRY(query.page());
  return OrderPage{std::move(page.items), std::move(page.next)};
}

Result<std::vector<Order>> Service::with_status(Status status) const {
  return TRY(orders_.query(kByStatus, status).all()).items;
}

Result<std::vector<Line>> Service::lines_of(const std::string& order) const {
  return TRY(lines_.query(order).consistent().all()).items;
}

Result<Product> Service::product(const std::string& sku) const { return products_.must_get(sku); }

}  // namespace dynolith::orders
