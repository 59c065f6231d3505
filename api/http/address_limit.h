// How many connections each remote address has, so that one machine cannot take them all.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <map>
#include <mutex>

namespace dynolith::api {

// Threads: any. It is asked once a connection, not once a request.
class AddressLimit {
 public:
  // Connections of this machine to itself are not counted, unless `counts_loopback`.
  explicit AddressLimit(size_t connections_max, bool counts_loopback = false)
      : connections_max_(connections_max), counts_loopback_(counts_loopback) {}

  // A connection's place among those of its address; given back when it is destroyed.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept;
    Place& operator=(Place&& other) noexcept;
    ~Place();

    bool has_room() const { return has_room_; }  // False: the address has as many as it may.

   private:
    friend class AddressLimit;
    AddressLimit* limit_ = nullptr;  // Null: not counted. Outlives the place.
    boost::asio::ip::address address_;
    bool has_room_ = true;
  };

  Place take(const boost::asio::ip::address& address);

 private:
  void give_back(const boost::asio::ip::address& address);

  const size_t connections_max_;
  const bool counts_loopback_;
  std::mutex mutex_;
  std::map<boost::asio::ip::address, size_t> connections_;
};

}  // namespace dynolith::api
