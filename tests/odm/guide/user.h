// The model that the guide explains; its parts are quoted in odm/README.md.
#pragma once

// [include]
#include <set>

#include "odm/odm.h"

namespace odm = dynolith::odm;
using odm::contains, odm::exists, odm::f;
// [/include]

// [struct]
enum class Role { kMember, kAdmin };

struct Address {
  std::string city{};
  int zip = 0;
};

struct User {
  std::string org{}, id{}, email{};
  int age = 0;
  Role role = Role::kMember;
  std::optional<Address> home{};
  std::set<std::string> tags{};
  std::vector<std::string> phones{};
  int64_t visits = 0;
  odm::Timestamp created{}, updated{};
  int64_t version = 0;
};
// [/struct]

// [index]
inline constexpr odm::Index<&User::email> kByEmail{"by_email"};
// [/index]

// [model]
template <>
struct dynolith::odm::Model<Address> {
  static void define(Definition<Address>& address) {
    address.attribute("city", &Address::city, required())
        .attribute("zip", &Address::zip, range(1, 99999));
  }
};

template <>
struct dynolith::odm::Model<User> {
  using key = Key<&User::org, &User::id>;  // What get(), update() and remove() take.
  static void define(Definition<User>& user) {
    user.entity("User")
        .partition_key("pk", "ORG#{org}")
        .sort_key("sk", "USER#{id}")
        .attribute("org", &User::org, required())
        .attribute("id", &User::id, uuid())
        .attribute("email", &User::email, required(), lower(), matches("@"))
        .attribute("age", &User::age, range(0, 150))
        .attribute("role", &User::role)
        .attribute("home", &User::home)
        .attribute("tags", &User::tags)
        .attribute("phones", &User::phones)
        .attribute("visits", &User::visits)
        .created_at("createdAt", &User::created)
        .updated_at("updatedAt", &User::updated)
        .version("version", &User::version)
        .index(kByEmail, odm::partition_key("gsi1pk", "EMAIL#{email}"))
        .check([](const User& u) { return u.role != ::Role::kAdmin || u.age >= 18; },
               "admins must be adults");
  }
};
// [/model]
