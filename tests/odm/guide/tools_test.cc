// Connections, dry runs, recordings, hooks, views, schemas of run time.
#include "odm/async.h"
#include "odm/connection/recording_connection.h"
#include "odm/dynamic/dynamic_schema.h"
#include "odm/remote/remote_connection.h"
#include "tests/odm/guide/fixture.h"

namespace {

TEST(Connections, Kinds) {
  // [connections]
  auto in_process = odm::open_embedded({.directory = {}});  // Empty: in memory.
  auto server = odm::connect({.region = "us-east-1",
                              .endpoint = "http://localhost:8000",
                              .credentials = {"key", "secret"}});
  auto aws = odm::connect({.region = "eu-central-1"});  // Credentials from where the SDKs look.
  // [/connections]
  EXPECT_TRUE(in_process.ok());
  EXPECT_TRUE(server.ok());
  EXPECT_TRUE(aws.ok());
}

TEST_F(Guide, DryRun) {
  // [dry-run]
  auto request = users.update("acme", "1").set(&User::age, 42).request().value();
  odm::WireRequest wire = odm::to_wire(request);
  // wire.operation == "UpdateItem", wire.body the JSON that a server would get.
  // [/dry-run]
  EXPECT_EQ(wire.operation, "UpdateItem");
  EXPECT_THAT(wire.body, testing::HasSubstr("UpdateExpression"));

  std::vector<std::tuple<std::string, std::string>> keys;
  for (int i = 0; i < 30; ++i) keys.emplace_back("acme", std::to_string(i));
  // [dry-run-batch]
  std::vector<odm::Request> batches = users.dry_run().remove_many(keys).value();
  // For 30 keys two BatchWriteItem requests, of 25 and of 5.
  // [/dry-run-batch]
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(odm::to_wire(batches[1]).operation, "BatchWriteItem");
}

TEST(Testing, Recording) {
  // [recording]
  auto connection = odm::recording();  // Nothing behind it: time stands still, ids count up.
  odm::Table app(connection, "app");
  auto users = app.entity<User>();

  odm::Error throttled;
  throttled.code = odm::ErrorCode::kThrottled;
  connection->fail_next(throttled);
  auto got = users.get("acme", "1");
  // got.error().code == ErrorCode::kThrottled
  users.create({.org = "acme", .email = "ann@example.org"}).value();
  // connection->wire()[1] is the PutItem that was sent.
  // [/recording]
  EXPECT_EQ(got.error().code, odm::ErrorCode::kThrottled);
  EXPECT_EQ(connection->wire().at(1).operation, "PutItem");
}

TEST_F(Guide, Async) {
  const std::string id = ann().id;
  // [async]
  odm::Executor executor(4);
  auto later = odm::async(executor, [=, users = users] { return users.get("acme", id); });
  std::optional<User> user = later.get().value();
  // [/async]
  EXPECT_TRUE(user);
}

TEST_F(Guide, Views) {
  const User user = ann();
  // [json]
  std::string json = odm::to_json(user).value();
  User read = odm::from_json<User>(json).value();
  // [/json]
  EXPECT_EQ(read.email, user.email);
  EXPECT_THAT(json, testing::HasSubstr("\"home\":{"));
}

TEST(Dynamic, Schema) {
  odm::Table app(odm::open_embedded({}).value(), "events");
  // [dynamic]
  odm::DynamicSchema event =
      odm::DynamicDefinition("Event")
          .partition_key<std::string>("id", odm::uuid())
          .attribute<std::string>("kind", odm::required(), odm::matches("^[a-z]+$"))
          .attribute<int>("level", odm::range(0, 9), odm::default_value(1))
          .build()
          .value();
  std::string as_json = odm::to_json(event.schema());
  odm::DynamicSchema same = odm::DynamicSchema::parse(as_json).value();
  // [/dynamic]
  EXPECT_EQ(odm::to_json(same.schema()), as_json);
}

}  // namespace
