// A table in memory for every example of the guide.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/connection/embedded_connection.h"
#include "tests/odm/guide/user.h"

class Guide : public testing::Test {
 protected:
  Guide() { odm::ensure_table<User>(app).value(); }

  User ann() {
    return users
        .create(
            {.org = "acme", .email = "ann@example.org", .age = 41, .home = Address{"Bern", 3000}})
        .value();
  }

  odm::Table app{odm::open_embedded({}).value(), "app"};
  odm::Entity<User> users = app.entity<User>();
};
