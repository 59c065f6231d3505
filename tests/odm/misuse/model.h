// The models that the misuses in this folder misuse; it compiles.
#pragma once

#include <set>

#include "odm/odm.h"

namespace shop {

using namespace dynolith::odm;  // NOLINT: short examples.

enum class Role { kMember, kAdmin };
struct Address {
  std::string city{};
  int zip = 0;
};
struct User {
  std::string org{}, id{}, email{};
  int age = 0;
  bool active = false;
  Role role = Role::kMember;
  std::optional<Address> home{};
  std::optional<std::string> nickname{};
  std::vector<std::string> phones{};
  std::set<std::string> tags{};
  Timestamp created{};
};
struct Order {
  std::string org{}, id{};
  int cents = 0;
};
struct Unmapped {
  int x = 0;
};

inline constexpr Index<&User::email> kByEmail{"by_email"};

}  // namespace shop

template <>
struct dynolith::odm::Model<shop::Address> {
  static void define(Definition<shop::Address>& address) {
    address.attribute("city", &shop::Address::city).attribute("zip", &shop::Address::zip);
  }
};
template <>
struct dynolith::odm::Model<shop::User> {
  using key = Key<&shop::User::org, &shop::User::id>;
  static void define(Definition<shop::User>& user) {
    user.partition_key("pk", "ORG#{org}")
        .sort_key("sk", "USER#{id}")
        .attribute("org", &shop::User::org)
        .attribute("id", &shop::User::id)
        .attribute("email", &shop::User::email)
        .attribute("age", &shop::User::age)
        .attribute("active", &shop::User::active)
        .attribute("role", &shop::User::role)
        .attribute("home", &shop::User::home)
        .attribute("nickname", &shop::User::nickname)
        .attribute("phones", &shop::User::phones)
        .attribute("tags", &shop::User::tags)
        .index(shop::kByEmail);
  }
};
template <>
struct dynolith::odm::Model<shop::Order> {
  using key = Key<&shop::Order::org, &shop::Order::id>;
  static void define(Definition<shop::Order>& order) {
    order.partition_key("org", &shop::Order::org)
        .sort_key("id", &shop::Order::id)
        .attribute("cents", &shop::Order::cents);
  }
};

// A misuse stands in the body of a function of its own.
#define MISUSE(...)                                                 \
  void misuse([[maybe_unused]] shop::Table& table,                  \
              [[maybe_unused]] shop::Entity<shop::User>& users,     \
              [[maybe_unused]] shop::Entity<shop::Order>& orders) { \
    using namespace shop;                                           \
    __VA_ARGS__                                                     \
  }
#define DEFINE(...)                                                           \
  void misuse([[maybe_unused]] dynolith::odm::Definition<shop::User>& user) { \
    using namespace shop;                                                     \
    __VA_ARGS__                                                               \
  }
