#include "api/http/address_limit.h"

#include <utility>

namespace dynolith::api {
namespace {

namespace ip = boost::asio::ip;

// A client that reaches "::" by IPv4 is the same one as by 0.0.0.0.
ip::address plain(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

}  // namespace

AddressLimit::Place::Place(Place&& other) noexcept
    : limit_(std::exchange(other.limit_, nullptr)),
      address_(std::move(other.address_)),
      has_room_(other.has_room_) {}

AddressLimit::Place& AddressLimit::Place::operator=(Place&& other) noexcept {
  std::swap(limit_, other.limit_);
  std::swap(address_, other.address_);
  std::swap(has_room_, other.has_room_);
  return *this;
}

AddressLimit::Place::~Place() {
  if (limit_ != nullptr) limit_->give_back(address_);
}

AddressLimit::Place AddressLimit::take(const ip::address& address) {
  Place place;
  place.address_ = plain(address);
  if (place.address_.is_loopback() && !counts_loopback_) return place;
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(place.address_);
  const size_t taken = found != connections_.end() ? found->second : 0;
  place.has_room_ = taken < connections_max_;
  if (!place.has_room_) return place;
  connections_[place.address_] = taken + 1;
  place.limit_ = this;
  return place;
}

void AddressLimit::give_back(const ip::address& address) {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(address);
  if (--found->second == 0) connections_.erase(found);
}

}  // namespace dynolith::api
