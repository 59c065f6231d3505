// What every connection must do, whatever is behind it: one suite for all of them. A test program
// instantiates it with its own ways to make a connection:
//
//   INSTANTIATE_TEST_SUITE_P(Embedded, ConnectionConformance,
//                            testing::Values(ConnectionFactory{"embedded", [] { ... }}),
//                            connection_name);
//
// The tests assume nothing of the connection but what its interface says. The database behind it is
// a new one each time, without tables, that nobody else uses.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "odm/connection/connection.h"

namespace dynolith::odm {

struct ConnectionFactory {
  std::string name;
  std::function<ConnectionPtr()> make;
};

inline std::string connection_name(const testing::TestParamInfo<ConnectionFactory>& info) {
  return info.param.name;
}

class ConnectionConformance : public testing::TestWithParam<ConnectionFactory> {
 protected:
  // With the tables "Songs" (artist, title; indexes below) and "Users" (id, a number).
  //
  //   byYear   local, artist, year:N, keys only        byGenre  global, genre, year:N, all
  //   byLabel  global, label, keys only                byPlace  global, country, city; year, title
  void SetUp() override;

  Connection& connection() { return *connection_; }
  const ConnectionPtr& shared_connection() const { return connection_; }

  // Items and keys are in the notation of tests/support/value_text.h. Failures fail the test.
  void put(const std::string& table, std::string_view item);
  std::string get(const std::string& table, std::string_view key, ProjectionPtr projection = {});
  // Also fails the test if there is another error, or none.
  std::string refused(const Error* error, ErrorCode code);

  struct Page {
    std::vector<std::string> titles;  // Of the returned items; all of an item that has none.
    RangeReply reply;
  };
  Page read_page(const RangeRequest& request);
  // Every page, each going on where the last one ended.
  std::vector<std::string> read_all(RangeRequest request);

  // Five songs of two artists.
  void put_songs();

 private:
  ConnectionPtr connection_;
};

// The error of a result, null if it has none.
template <class T>
const Error* error_of(const Result<T>& result) {
  return result.ok() ? nullptr : &result.error();
}

std::string message_of(const Error* error);

}  // namespace dynolith::odm
