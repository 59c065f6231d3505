// Every connection: streams of changes.
#include "storage/engine/table_update.h"
#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

using namespace trees;
using storage::StreamEvent;
using storage::StreamViewType;
using test::item_from;
using test::text_of;
using Texts = std::vector<std::string>;

void switch_stream(Connection& connection, std::optional<StreamViewType> view_type) {
  storage::TableUpdate update{.name = "Users"};
  update.stream = storage::StreamChange{view_type};
  const auto updated = connection.update_table({update});
  ASSERT_TRUE(updated.ok()) << message_of(error_of(updated));
}

void turn_on(Connection& connection) {
  switch_stream(connection, StreamViewType::kNewAndOldImages);
}

std::string event_text(StreamEvent event) {
  if (event == StreamEvent::kInsert) return "insert";
  return event == StreamEvent::kModify ? "modify" : "remove";
}

std::string image_text(const ItemView& image) { return image.exists() ? text_of(image) : "absent"; }

// Reads on from `position`, at most so many records at a time, until there are no more.
Texts read_on(Connection& connection, std::string& position, uint32_t records_max = 1000,
              bool* is_closed = nullptr) {
  constexpr int kCallsMax = 1000;
  Texts changes;
  for (int calls = 0; calls < kCallsMax; ++calls) {
    size_t records = 0;
    const auto reply = connection.read_changes(
        {.table = "Users", .position = position, .records_max = records_max},
        [&](const ChangeRecord& change) {
          ++records;
          changes.push_back(event_text(change.record.event) + " " +
                            image_text(change.record.old_image) + " " +
                            image_text(change.record.new_image));
        });
    EXPECT_TRUE(reply.ok()) << message_of(error_of(reply));
    if (!reply.ok()) return changes;
    EXPECT_LE(records, records_max);
    position = reply->position;
    if (is_closed != nullptr) *is_closed = reply->is_closed;
    if (reply->at_end) return changes;
  }
  ADD_FAILURE() << "the stream does not end";
  return changes;
}

TEST_P(ConnectionConformance, ReadsEveryKindOfChange) {
  turn_on(connection());
  put("Users", "{id: 1, n: 1}");
  put("Users", "{id: 1, n: 2}");
  put("Users", "{id: 1, n: 2}");  // Changes nothing.
  ASSERT_TRUE(connection().remove({.table = "Users", .key = item_from("{id: 1}")}).ok());
  std::string position;
  EXPECT_EQ(read_on(connection(), position),
            (Texts{"insert absent {id: 1, n: 1}", "modify {id: 1, n: 1} {id: 1, n: 2}",
                   "remove {id: 1, n: 2} absent"}));
  EXPECT_EQ(read_on(connection(), position), Texts{});
}

TEST_P(ConnectionConformance, GoesOnAtAPosition) {
  turn_on(connection());
  Texts expected, positions;
  for (int i = 0; i < 7; ++i) {
    const std::string id = std::to_string(i);
    put("Users", "{id: " + id + "}");
    expected.push_back("insert absent {id: " + id + "}");
  }
  for (const uint32_t records_max : {1u, 3u, 7u, 100u}) {
    std::string position;
    EXPECT_EQ(read_on(connection(), position, records_max), expected);
    positions.push_back(position);
  }
  put("Users", "{id: 7}");
  for (std::string& position : positions)
    EXPECT_EQ(read_on(connection(), position), (Texts{"insert absent {id: 7}"}));
}

TEST_P(ConnectionConformance, BeginsAtTheNewestIfAsked) {
  turn_on(connection());
  put("Users", "{id: 1}");
  std::string position(ChangesRequest::kNewest);
  EXPECT_EQ(read_on(connection(), position), Texts{});
  put("Users", "{id: 2}");
  put("Users", "{id: 3}");
  EXPECT_EQ(read_on(connection(), position, 1),
            (Texts{"insert absent {id: 2}", "insert absent {id: 3}"}));
}

TEST_P(ConnectionConformance, GoesOnInTheNextStream) {
  turn_on(connection());
  put("Users", "{id: 1}");
  std::string position;
  EXPECT_EQ(read_on(connection(), position), (Texts{"insert absent {id: 1}"}));
  put("Users", "{id: 2}");
  switch_stream(connection(), std::nullopt);
  put("Users", "{id: 3}");  // Nobody hears of it.
  turn_on(connection());
  put("Users", "{id: 4}");
  std::string from_start;
  EXPECT_EQ(read_on(connection(), from_start, 1),
            (Texts{"insert absent {id: 1}", "insert absent {id: 2}", "insert absent {id: 4}"}));
  EXPECT_EQ(read_on(connection(), position),
            (Texts{"insert absent {id: 2}", "insert absent {id: 4}"}));
  put("Users", "{id: 5}");
  EXPECT_EQ(read_on(connection(), position), (Texts{"insert absent {id: 5}"}));
}

TEST_P(ConnectionConformance, SaysWhenAStreamIsClosed) {
  turn_on(connection());
  put("Users", "{id: 1}");
  std::string position;
  bool is_closed = true;
  EXPECT_EQ(read_on(connection(), position, 1000, &is_closed).size(), 1u);
  EXPECT_FALSE(is_closed);
  put("Users", "{id: 2}");
  switch_stream(connection(), std::nullopt);
  EXPECT_EQ(read_on(connection(), position, 1000, &is_closed).size(), 1u);
  EXPECT_TRUE(is_closed);
}

TEST_P(ConnectionConformance, OrdersTheRecordsOfAnItem) {
  turn_on(connection());
  for (int i = 0; i < 12; ++i) put("Users", "{id: 1, n: " + std::to_string(i) + "}");
  Texts sequences;
  const auto reply = connection().read_changes({.table = "Users"}, [&](const ChangeRecord& change) {
    EXPECT_EQ(text_of(change.record.key.find("id").value()), "1");
    EXPECT_GT(change.record.created_ms, 0);
    EXPECT_EQ(change.record.origin, storage::StreamOrigin::kClient);
    sequences.emplace_back(change.sequence);
  });
  ASSERT_TRUE(reply.ok()) << message_of(error_of(reply));
  ASSERT_EQ(sequences.size(), 12u);
  for (size_t i = 1; i < sequences.size(); ++i) EXPECT_LT(sequences[i - 1], sequences[i]);
}

TEST_P(ConnectionConformance, ShowsTheImagesThatTheStreamHas) {
  switch_stream(connection(), StreamViewType::kKeysOnly);
  put("Users", "{id: 1, n: 1}");
  Texts keys;
  const auto reply = connection().read_changes({.table = "Users"}, [&](const ChangeRecord& change) {
    keys.push_back(text_of(change.record.key));
    EXPECT_FALSE(change.record.new_image.exists());
    EXPECT_FALSE(change.record.old_image.exists());
  });
  ASSERT_TRUE(reply.ok()) << message_of(error_of(reply));
  EXPECT_EQ(keys, (Texts{"{id: 1}"}));
}

TEST_P(ConnectionConformance, RefusesPositionsThatAreNone) {
  const auto error = [&](ChangesRequest request, ErrorCode code) {
    const auto reply = connection().read_changes(request, [](const ChangeRecord&) {});
    return refused(error_of(reply), code);
  };
  EXPECT_NE(error({.table = "Users"}, ErrorCode::kBadRequest), "");  // It has no stream.
  error({.table = "Nothing"}, ErrorCode::kTableNotFound);
  turn_on(connection());
  put("Users", "{id: 1}");
  for (const char* position : {"x", ":", "1:", ":1", "1:x", "-1:0", "99999999999999999999:1"})
    error({.table = "Users", .position = position}, ErrorCode::kBadRequest);
  error({.table = "Users", .records_max = 0}, ErrorCode::kBadRequest);
}

}  // namespace
}  // namespace dynolith::odm
