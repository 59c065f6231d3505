// An order system in one table: customers, products with their stock, orders and their lines.
//
//   pk                    sk                          what
//   CUSTOMER#<id>         PROFILE                     a customer
//   CUSTOMER#<id>         ORDER#<placed>#<id>         an order, by time
//   ORDER#<id>            LINE#<number>               its lines
//   PRODUCT#<sku>         STOCK                       a product
//   SALES#<day>           TOTAL                       what the consumer of changes counts
//   CONSUMER#<name>       POSITION                    how far it has come
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "odm/odm.h"

namespace dynolith::orders {

using odm::Timestamp;

enum class Status { kPlaced, kPaid, kShipped, kCanceled };

struct Address {
  std::string street{}, city{}, country{};
};

struct Customer {
  std::string id{}, email{}, name{};
  std::optional<Address> address{};
  std::optional<std::string> note{};
  Timestamp created{}, updated{};
  int64_t version = 0;
};

struct Product {
  std::string sku{}, title{};
  int64_t price_cents = 0;
  int64_t stock = 0;
  int64_t reserved = 0;  // Since the beginning.
  Timestamp updated{};
};

struct Line {
  std::string order{};
  int number = 0;
  std::string sku{};
  int64_t quantity = 0;
  int64_t price_cents = 0;
};

struct Order {
  std::string customer{}, id{};
  Timestamp placed{};
  Status status = Status::kPlaced;
  int64_t total_cents = 0;
  int64_t line_count = 0;
  std::optional<std::string> tracking{};
  int64_t version = 0;
};

struct Sales {
  std::string day{};  // "2026-11-21"
  int64_t orders = 0;
  int64_t cents = 0;
};

struct Consumer {
  std::string name{};
  std::string position{};
  int64_t version = 0;
};

inline constexpr odm::Index<&Order::status, &Order::placed> kByStatus{"by_status"};

}  // namespace dynolith::orders

namespace dynolith::odm {

template <>
struct Model<orders::Address> {
  static void define(Definition<orders::Address>& address) {
    address.attribute("street", &orders::Address::street, required())
        .attribute("city", &orders::Address::city, required(), trimmed())
        .attribute("country", &orders::Address::country, length(2, 2));
  }
};

template <>
struct Model<orders::Customer> {
  using key = Key<&orders::Customer::id>;
  static void define(Definition<orders::Customer>& customer) {
    customer.entity("Customer")
        .partition_key("pk", "CUSTOMER#{id}")
        .sort_key("sk", "PROFILE")
        .attribute("id", &orders::Customer::id, ulid(), read_only())
        .attribute("email", &orders::Customer::email, required(), lower(), matches("^[^@]+@[^@]+$"))
        .attribute("name", &orders::Customer::name, required(), length(1, 100))
        .attribute("address", &orders::Customer::address)
        .attribute("note", &orders::Customer::note, hidden())
        .created_at("created", &orders::Customer::created)
        .updated_at("updated", &orders::Customer::updated)
        .version("version", &orders::Customer::version)
        .unique(&orders::Customer::email);
  }
};

template <>
struct Model<orders::Product> {
  using key = Key<&orders::Product::sku>;
  static void define(Definition<orders::Product>& product) {
    product.entity("Product")
        .partition_key("pk", "PRODUCT#{sku}")
        .sort_key("sk", "STOCK")
        .attribute("sku", &orders::Product::sku, required(), matches("^[A-Z0-9-]+$"))
        .attribute("title", &orders::Product::title, required())
        .attribute("price", &orders::Product::price_cents, at_least(0))
        .attribute("stock", &orders::Product::stock, at_least(0))
        .attribute("reserved", &orders::Product::reserved, at_least(0))
        .updated_at("updated", &orders::Product::updated);
  }
};

template <>
struct Model<orders::Line> {
  using key = Key<&orders::Line::order, &orders::Line::number>;
  static void define(Definition<orders::Line>& line) {
    line.entity("Line")
        .partition_key("pk", "ORDER#{order}")
        .sort_key("sk", "LINE#{number:04}")
        .attribute("order", &orders::Line::order, required())
        .attribute("number", &orders::Line::number, range(1, 9999))
        .attribute("sku", &orders::Line::sku, required())
        .attribute("quantity", &orders::Line::quantity, at_least(1))
        .attribute("price", &orders::Line::price_cents, at_least(0));
  }
};

template <>
struct Model<orders::Order> {
  using key = Key<&orders::Order::customer, &orders::Order::placed, &orders::Order::id>;
  static void define(Definition<orders::Order>& order) {
    order.entity("Order")
        .partition_key("pk", "CUSTOMER#{customer}")
        .sort_key("sk", "ORDER#{placed}#{id}")
        .attribute("customer", &orders::Order::customer, required())
        .attribute("id", &orders::Order::id, required())
        .attribute("placed", &orders::Order::placed, iso(), required())
        .attribute("status", &orders::Order::status)
        .attribute("total", &orders::Order::total_cents, at_least(0))
        .attribute("lines", &orders::Order::line_count, at_least(1))
        .attribute("tracking", &orders::Order::tracking, length(1, 64))
        .version("version", &orders::Order::version)
        .index(orders::kByStatus, partition_key("status_pk", "STATUS#{status}"),
               sort_key("status_sk", "{placed}"))
        .check(
            [](const orders::Order& o) {
              return o.status != orders::Status::kShipped || o.tracking.has_value();
            },
            "what is shipped has a tracking number");
  }
};

template <>
struct Model<orders::Sales> {
  using key = Key<&orders::Sales::day>;
  static void define(Definition<orders::Sales>& sales) {
    sales.entity("Sales")
        .partition_key("pk", "SALES#{day}")
        .sort_key("sk", "TOTAL")
        .attribute("day", &orders::Sales::day, required())
        .attribute("orders", &orders::Sales::orders)
        .attribute("cents", &orders::Sales::cents);
  }
};

template <>
struct Model<orders::Consumer> {
  using key = Key<&orders::Consumer::name>;
  static void define(Definition<orders::Consumer>& consumer) {
    consumer.entity("Consumer")
        .partition_key("pk", "CONSUMER#{name}")
        .sort_key("sk", "POSITION")
        .attribute("name", &orders::Consumer::name, required())
        .attribute("position", &orders::Consumer::position)
        .version("version", &orders::Consumer::version);
  }
};

}  // namespace dynolith::odm
