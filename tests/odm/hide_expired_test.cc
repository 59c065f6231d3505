// Hiding what has expired from reads of indexes, which may not hold the time or the entity's tag.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "odm/collection.h"
#include "odm/connection/embedded_connection.h"
#include "odm/entity.h"
#include "odm/table_plan.h"

namespace dynolith::odm {
namespace {

struct Session {
  std::string user, id, device, city;
  std::optional<Timestamp> expires;
};
constexpr Index<&Session::device> kByDevice{"by_device"};
constexpr Index<&Session::city> kByCity{"by_city"};

}  // namespace

template <>
struct Model<Session> {
  using key = Key<&Session::user, &Session::id>;
  static void define(Definition<Session>& session) {
    session.entity("Session")
        .partition_key("pk", "USER#{user}")
        .sort_key("sk", "SESSION#{id}")
        .attribute("user", &Session::user)
        .attribute("id", &Session::id)
        .attribute("device", &Session::device)
        .attribute("city", &Session::city)
        .expires_at("until", &Session::expires)
        .index(kByDevice, keys_only())
        .index(kByCity, including("until", "user", "id"));
  }
};

namespace {

class HideExpired : public testing::Test {
 protected:
  HideExpired() {
    app_.emplace(connection_, "app");
    EXPECT_TRUE(ensure_table<Session>(*app_).ok());
    const int64_t now = connection_->clock().now_ms();
    const auto until = [now](int64_t seconds) { return timestamp_of_ms(now + seconds * 1000); };
    const auto put = app_->entity<Session>().put_many(
        {{"ann", "1", "phone", "Bern", until(-60)}, {"ann", "2", "phone", "Bern", until(3600)}});
    EXPECT_TRUE(put.ok());
  }

  template <class R>
  static std::string error(const R& result) {
    if (result.ok()) return "none";
    return std::string(to_text(result.error().code)) + ": " + result.error().message;
  }

  const ConnectionPtr connection_ = open_embedded({}).value();
  std::optional<Table> app_;
};

// Without the tag in the index.
TEST_F(HideExpired, IndexesThatHoldTheTime) {
  const auto sessions = app_->entity<Session>();
  EXPECT_EQ(sessions.query(kByCity, "Bern").all()->size(), 2u);
  const auto shown = sessions.query(kByCity, "Bern").hide_expired().all();
  ASSERT_EQ(shown->size(), 1u);
  EXPECT_EQ(shown->items[0].id, "2");
  EXPECT_EQ(sessions.query(kByCity, "Bern").hide_expired().count().value(), 1u);
  const Table hiding(connection_, "app", {.hide_expired = true});
  EXPECT_EQ(hiding.entity<Session>().query(kByCity, "Bern").all()->size(), 1u);
  EXPECT_EQ(hiding.entity<Session>().query(kByCity, "Bern").count().value(), 1u);
  EXPECT_EQ(hiding.entity<Session>().query("ann").all()->size(), 1u);
}

// Nobody can tell there: rather than to show what was to be hidden, such a read is refused.
TEST_F(HideExpired, IndexesThatDoNotHoldTheTime) {
  const auto sessions = app_->entity<Session>();
  EXPECT_EQ(sessions.query(kByDevice, "phone").all()->size(), 2u);
  const std::string refused =
      "bad_request: Session: index \"by_device\" does not hold \"until\": it cannot be read "
      "without what has expired; project the attribute, or do not hide expired items";
  EXPECT_EQ(error(sessions.query(kByDevice, "phone").hide_expired().all()), refused);
  EXPECT_EQ(error(sessions.query(kByDevice, "phone").hide_expired().count()), refused);
  const Table hiding(connection_, "app", {.hide_expired = true});
  EXPECT_EQ(error(hiding.entity<Session>().query(kByDevice, "phone").all()), refused);
  EXPECT_EQ(error(hiding.collection<Session>(kByDevice, "phone").all()), refused);
  EXPECT_EQ(error(app_->collection<Session>(kByDevice, "phone").hide_expired().all()), refused);
}

}  // namespace
}  // namespace dynolith::odm
