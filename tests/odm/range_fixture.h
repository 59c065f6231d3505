// Models and a table in memory for tests of reads over ranges of items.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "odm/connection/embedded_connection.h"
#include "odm/connection/recording_connection.h"
#include "odm/entity.h"
#include "odm/table.h"
#include "odm/table_definition.h"

namespace dynolith::odm::test {

struct Customer {
  std::string org, id, email;
  std::optional<std::string> city;
  int age = 0;
  std::optional<Timestamp> expires;
};
inline constexpr Index<&Customer::email> kByCustomerEmail{"by_email"};
inline constexpr Index<&Customer::city, &Customer::age> kByCity{"by_city"};

struct Order {
  std::string org, date;
  int number = 0;
  std::string status, region;
  int total = 0;
};
// Two partition attributes, two sort attributes.
inline constexpr Index<&Order::region, &Order::status, &Order::date, &Order::total> kByRegion{
    "by_region"};
inline constexpr Index<&Order::org, &Order::total> kByTotal{"by_total"};
inline constexpr Index<&Order::status, &Order::total> kTotals{"totals"};

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <>
struct Model<test::Customer> {
  using key = Key<&test::Customer::org, &test::Customer::id>;
  static void define(Definition<test::Customer>& customer) {
    using test::Customer;
    customer.entity("Customer")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "CUSTOMER#{id}")
        .attribute("org", &Customer::org)
        .attribute("id", &Customer::id)
        .attribute("email", &Customer::email, required())
        .attribute("city", &Customer::city)
        .attribute("age", &Customer::age, saved_as("a"))
        .expires_at("ttl", &Customer::expires)
        .index(test::kByCustomerEmail, partition_key("gsi1pk", "EMAIL#{email:lower}"))
        .index(test::kByCity, partition_key("gsi2pk", "CITY#{city}"),
               sort_key("gsi2sk", "{age:03}"));
  }
};
template <>
struct Model<test::Order> {
  using key = Key<&test::Order::org, &test::Order::date, &test::Order::number>;
  static void define(Definition<test::Order>& order) {
    using test::Order;
    order.entity("Order")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "ORDER#{date}#{number:08}")
        .attribute("org", &Order::org)
        .attribute("date", &Order::date)
        .attribute("number", &Order::number)
        .attribute("status", &Order::status, required())
        .attribute("region", &Order::region, required())
        .attribute("total", &Order::total)
        .index(test::kByRegion, partition_members(2))
        .index(test::kByTotal, local())
        .index(test::kTotals, keys_only());
  }
};

namespace test {

class RangeTest : public testing::Test {
 protected:
  RangeTest() {
    connection_ = recording(open_embedded({}).value());
    const std::array models{&schema_of<Customer>(), &schema_of<Order>()};
    const auto design = design_table("app", models);
    EXPECT_TRUE(design.ok()) << design.error().to_text();
    EXPECT_TRUE(connection_->create_table({design->definition}).ok());
    connection_->clear();
  }

  Table app(TableOptions options = {}) const { return Table(connection_, "app", options); }
  Entity<Customer> customers() const { return app().entity<Customer>(); }
  Entity<Order> orders() const { return app().entity<Order>(); }

  void add_customer(std::string id, int age = 30, std::optional<std::string> city = {}) const {
    const auto put = customers().put({.org = "acme",
                                      .id = id,
                                      .email = id + "@X.org",
                                      .city = std::move(city),
                                      .age = age,
                                      .expires = {}});
    ASSERT_TRUE(put.ok()) << put.error().to_text();
  }
  void add_order(std::string date, int number, std::string status = "open", int total = 0) const {
    const auto put = orders().put({.org = "acme",
                                   .date = std::move(date),
                                   .number = number,
                                   .status = std::move(status),
                                   .region = "eu",
                                   .total = total});
    ASSERT_TRUE(put.ok()) << put.error().to_text();
  }
  // Any item at all, as other programs write them.
  void store(const Map& item) const {
    const PutRequest request{.table = "app", .item = storage::encode_item(item)};
    ASSERT_TRUE(connection_->put(request).ok());
  }
  // The range requests that were sent.
  std::vector<RangeRequest> sent() const {
    std::vector<RangeRequest> ranges;
    for (const Request& request : connection_->requests())
      if (const auto* range = request.get_if<RangeRequest>()) ranges.push_back(*range);
    return ranges;
  }

  std::shared_ptr<RecordingConnection> connection_;
};

template <class T>
std::vector<std::string> ids(const Result<Page<T>>& page) {
  EXPECT_TRUE(page.ok()) << page.error().to_text();
  std::vector<std::string> all;
  if (page.ok())
    for (const T& item : *page) all.push_back(item.id);
  return all;
}
inline std::vector<int> numbers(const Result<Page<Order>>& page) {
  EXPECT_TRUE(page.ok()) << page.error().to_text();
  std::vector<int> all;
  if (page.ok())
    for (const Order& order : *page) all.push_back(order.number);
  return all;
}

}  // namespace test
}  // namespace dynolith::odm
