#include "api/http/address_limit.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace dynolith::api {
namespace {

boost::asio::ip::address address(const char* text) { return boost::asio::ip::make_address(text); }

TEST(AddressLimit, GivesEachAddressItsPlacesAndNoMore) {
  AddressLimit limit(2);
  auto first = limit.take(address("192.0.2.1")), second = limit.take(address("192.0.2.1"));
  EXPECT_TRUE(first.has_room());
  EXPECT_TRUE(second.has_room());
  EXPECT_FALSE(limit.take(address("192.0.2.1")).has_room());
  EXPECT_FALSE(limit.take(address("::ffff:192.0.2.1")).has_room());  // The same, seen by IPv6.
  EXPECT_TRUE(limit.take(address("192.0.2.2")).has_room());
  EXPECT_TRUE(limit.take(address("2001:db8::1")).has_room());
}

TEST(AddressLimit, TakesPlacesBack) {
  AddressLimit limit(1);
  std::optional<AddressLimit::Place> place = limit.take(address("2001:db8::1"));
  EXPECT_TRUE(place->has_room());
  // Who found none gives none back.
  EXPECT_FALSE(limit.take(address("2001:db8::1")).has_room());
  EXPECT_FALSE(limit.take(address("2001:db8::1")).has_room());
  place.reset();
  place = limit.take(address("2001:db8::1"));
  EXPECT_TRUE(place->has_room());
  AddressLimit::Place moved = std::move(*place);
  place.reset();
  EXPECT_FALSE(limit.take(address("2001:db8::1")).has_room());
  moved = AddressLimit::Place();
  EXPECT_TRUE(limit.take(address("2001:db8::1")).has_room());
}

TEST(AddressLimit, DoesNotCountThisMachine) {
  AddressLimit limit(1), strict(1, true);
  for (const char* own : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    std::vector<AddressLimit::Place> places;
    for (int i = 0; i < 5; ++i) {
      places.push_back(limit.take(address(own)));
      EXPECT_TRUE(places.back().has_room()) << own;
    }
  }
  const auto place = strict.take(address("127.0.0.1"));
  EXPECT_TRUE(place.has_room());
  EXPECT_FALSE(strict.take(address("127.0.0.1")).has_room());
}

}  // namespace
}  // namespace dynolith::api
