// Items of every type and shape survive JSON -> bytes -> JSON, and bytes -> JSON -> bytes.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/json/shape.h"
#include "api/json/writer.h"
#include "storage/encoding/item_encoding.h"
#include "tests/api/json/parsed.h"
#include "tests/support/random_item.h"

namespace dynolith::api {
namespace {

void expect_round_trip(const storage::Item& item) {
  const storage::EncodedItem encoded = storage::encode_item(item);
  std::string text = "{\"Item\":";
  append_item(text, encoded.view());
  text += "}";
  const test::Parsed request(text);
  const auto members = read_request<PutItemInput>(*request);
  ASSERT_TRUE(members.ok()) << members.error().message << " " << text;
  const DecodedItem decoded =
      decode_item((*members)[PutItemInput::kItem].object(), Wording::kAws2026);
  ASSERT_FALSE(decoded.error.has_value()) << decoded.error->message << " " << text;
  EXPECT_EQ(decoded.item, encoded) << text;
}

TEST(ItemJson, RandomItemsComeBackAsTheSameBytes) {
  std::mt19937_64 random(20261121);
  for (int i = 0; i < 2000; ++i) {
    expect_round_trip(
        test::random_item(random, {.depth = 1 + i % 6, .bytes = static_cast<size_t>(i % 900)}));
  }
}

TEST(ItemJson, TheDeepestAndTheLargestComeBackToo) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20; ++i)
    expect_round_trip(test::random_item(random, {.depth = 32, .bytes = 2000}));
  for (int i = 0; i < 3; ++i)
    expect_round_trip(test::random_item(random, {.depth = 5, .bytes = 390'000}));
}

}  // namespace
}  // namespace dynolith::api
