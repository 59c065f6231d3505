// How fast requests are read and replies written: items of a few shapes, and a 1 MB page of them.
#include <benchmark/benchmark.h>

#include <string>

#include "api/json/attribute_value.h"
#include "api/json/input_shapes.h"
#include "api/json/shape.h"
#include "api/json/writer.h"

namespace dynolith::api {
namespace {

// A typical item: eight attributes, about 300 bytes.
std::string small_item() {
  return R"({"pk":{"S":"customer#0001234567"},"sk":{"S":"order#2026-11-21T10:44:37.209Z"},)"
         R"("status":{"S":"delivered"},"total":{"N":"1299.95"},"count":{"N":"3"},)"
         R"("gift":{"BOOL":false},"tags":{"SS":["priority","returning","web"]},)"
         R"("address":{"M":{"street":{"S":"1 Long Street with a name"},"city":{"S":"Springfield"},)"
         R"("zip":{"S":"01234-5678"},"lines":{"L":[{"N":"1"},{"N":"2"},{"NULL":true}]}}}})";
}

std::string text_item(size_t bytes) {
  return R"({"pk":{"S":"a"},"body":{"S":")" + std::string(bytes, 'x') + R"("}})";
}

std::string number_item() {
  std::string item = R"({"pk":{"S":"a"})";
  for (int i = 0; i < 40; ++i) {
    item += ",\"n" + std::to_string(i) + R"(":{"N":")" + std::to_string(i * 7919) + ".25\"}";
  }
  return item + "}";
}

std::string binary_item(size_t bytes) {
  return R"({"pk":{"S":"a"},"blob":{"B":")" + std::string(bytes / 4 * 4, 'A') + R"("}})";
}

std::string put_request(const std::string& item) {
  return R"({"TableName":"orders","Item":)" + item + R"(,"ReturnConsumedCapacity":"TOTAL"})";
}

storage::EncodedItem encoded(const std::string& item) {
  JsonParser parser;
  const auto body = parser.parse(put_request(item));
  const auto members = read_request<PutItemInput>(*body);
  return decode_item((*members)[PutItemInput::kItem].object(), Wording::kAws2026).item;
}

void count_bytes(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(bytes) * static_cast<int64_t>(state.iterations()));
}

// From the body to the bytes that are stored.
void read_put_item(benchmark::State& state, const std::string& item) {
  const std::string body = put_request(item);
  JsonParser parser;
  for (auto _ : state) {
    const auto object = parser.parse(body);
    const auto members = read_request<PutItemInput>(*object);
    auto decoded = decode_item((*members)[PutItemInput::kItem].object(), Wording::kAws2026);
    benchmark::DoNotOptimize(decoded.item.bytes.data());
  }
  count_bytes(state, body.size());
}

// A page of a megabyte (as items count) from its bytes to the reply.
void write_page(benchmark::State& state, const std::string& item) {
  const storage::EncodedItem stored = encoded(item);
  const size_t count = (1 << 20) / stored.view().item_bytes() + 1;
  std::string reply;
  for (auto _ : state) {
    reply.clear();
    JsonWriter json(reply);
    json.begin_object().name("Items").begin_array();
    for (size_t i = 0; i < count; ++i) json.item(storage::ItemView::trusted(stored.bytes));
    json.end_array().end_object();
    benchmark::DoNotOptimize(reply.data());
  }
  count_bytes(state, reply.size());
}

BENCHMARK_CAPTURE(read_put_item, small, small_item());
BENCHMARK_CAPTURE(read_put_item, text_10k, text_item(10'000));
BENCHMARK_CAPTURE(read_put_item, numbers, number_item());
BENCHMARK_CAPTURE(read_put_item, binary_10k, binary_item(10'000));
BENCHMARK_CAPTURE(write_page, small, small_item());
BENCHMARK_CAPTURE(write_page, text_100, text_item(100));
BENCHMARK_CAPTURE(write_page, text_10k, text_item(10'000));
BENCHMARK_CAPTURE(write_page, numbers, number_item());
BENCHMARK_CAPTURE(write_page, binary_10k, binary_item(10'000));

}  // namespace
}  // namespace dynolith::api
