// What the encodings cost: an item of ten attributes and about 300 bytes, its attributes, its key.
#include <benchmark/benchmark.h>

#include <random>

#include "storage/encoding/item_encoding.h"
#include "storage/encoding/key_encoding.h"
#include "storage/encoding/number_encoding.h"

namespace dynolith::storage {
namespace {

const Item& sample_tree() {
  static const Item item{
      {"artist", "The Acme Band"},
      {"songTitle", "Happy Day, a rather long title of a song"},
      {"album", "Songs About Life and Other Things That Happen"},
      {"year", 2021},
      {"price", *Number::parse("19.99")},
      {"inStock", true},
      {"tags", List{"rock", "pop", "live"}},
      {"id", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"},
      {"createdAt", *Number::parse("1717000000123")},
      {"description", std::string(80, 'd')},
  };
  return item;
}

const EncodedItem& sample_item() {
  static const EncodedItem item = encode_item(sample_tree());
  return item;
}

// In the order in which a program would write them, which is not that of the names.
void write_sample(ItemEncoder& encoder) {
  static const std::string description(80, 'd');
  encoder.begin_item();
  encoder.name("artist");
  encoder.string("The Acme Band");
  encoder.name("songTitle");
  encoder.string("Happy Day, a rather long title of a song");
  encoder.name("album");
  encoder.string("Songs About Life and Other Things That Happen");
  encoder.name("year");
  encoder.number(Number(2021));
  encoder.name("price");
  encoder.encoded_number(std::string_view("\x03\x83\x14\x64\x00", 5));
  encoder.name("inStock");
  encoder.boolean(true);
  encoder.name("tags");
  encoder.begin_list();
  encoder.string("rock");
  encoder.string("pop");
  encoder.string("live");
  encoder.end();
  encoder.name("id");
  encoder.string("3f2504e0-4f89-11d3-9a0c-0305e82c3301");
  encoder.name("createdAt");
  encoder.number(Number(1717000000123));
  encoder.name("description");
  encoder.string(description);
}

void EncodeItem(benchmark::State& state) {
  ItemEncoder encoder;
  for (auto _ : state) {
    write_sample(encoder);
    benchmark::DoNotOptimize(encoder.finish_item());
  }
  state.counters["bytes"] = static_cast<double>(sample_item().bytes.size());
}
BENCHMARK(EncodeItem);

void EncodeItemFromTree(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(encode_item(sample_tree()));
}
BENCHMARK(EncodeItemFromTree);

void DecodeItemToTree(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(to_item(sample_item().view()));
}
BENCHMARK(DecodeItemToTree);

void ValidateItem(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ItemView::validated(sample_item().bytes));
}
BENCHMARK(ValidateItem);

void FindAttribute(benchmark::State& state) {
  const ItemView view = sample_item().view();
  constexpr std::string_view kNames[] = {"artist", "songTitle", "year", "description", "absent"};
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(view.find(kNames[i++ % std::size(kNames)]));
}
BENCHMARK(FindAttribute);

void ChangeOneAttribute(benchmark::State& state) {
  const EncodedValue value = encode_value(2022);
  const std::vector<AttributeChange> changes{{"year", value.view()}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(with_changes(sample_item().view(), changes));
  }
}
BENCHMARK(ChangeOneAttribute);

void KeepThreeAttributes(benchmark::State& state) {
  const std::vector<std::string> names{"artist", "songTitle", "year"};
  for (auto _ : state) benchmark::DoNotOptimize(with_only(sample_item().view(), names));
}
BENCHMARK(KeepThreeAttributes);

void EncodeLargeMap(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("attribute" + std::to_string(random() % 100'000));
  ItemEncoder encoder;
  for (auto _ : state) {
    encoder.begin_item();
    for (const std::string& name : names) {
      encoder.name(name);
      encoder.string("value");
    }
    benchmark::DoNotOptimize(encoder.finish_item());
  }
}
BENCHMARK(EncodeLargeMap);

constexpr std::string_view kNumberTexts[] = {"7", "2021", "1717000000123", "19.99",
                                             "12345678901234567890123456789012345678"};

void ParseNumber(benchmark::State& state) {
  const std::string_view text = kNumberTexts[static_cast<size_t>(state.range(0))];
  for (auto _ : state) benchmark::DoNotOptimize(Number::parse(text));
  state.SetLabel(std::string(text));
}
BENCHMARK(ParseNumber)->DenseRange(0, std::size(kNumberTexts) - 1);

void PrintNumber(benchmark::State& state) {
  std::string encoded;
  append_number(encoded, *Number::parse(kNumberTexts[static_cast<size_t>(state.range(0))]));
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_number_text(out, encoded);
    benchmark::DoNotOptimize(out);
  }
  state.SetLabel(out);
}
BENCHMARK(PrintNumber)->DenseRange(0, std::size(kNumberTexts) - 1);

void AddNumbers(benchmark::State& state) {
  const Number price = *Number::parse("19.99");
  const Number one(1);
  for (auto _ : state) benchmark::DoNotOptimize(price.add(one));
}
BENCHMARK(AddNumbers);

void EncodeTableKey(benchmark::State& state) {
  const KeySchema schema{{{"artist", AttributeType::kString}}, {{"year", AttributeType::kNumber}}};
  const ItemView view = sample_item().view();
  for (auto _ : state) benchmark::DoNotOptimize(encode_table_key(7, schema, view));
}
BENCHMARK(EncodeTableKey);

void EncodeIndexKey(benchmark::State& state) {
  const KeySchema schema{{{"artist", AttributeType::kString}}, {{"year", AttributeType::kNumber}}};
  const KeySchema index{{{"album", AttributeType::kString}}, {{"price", AttributeType::kNumber}}};
  const ItemView view = sample_item().view();
  for (auto _ : state) benchmark::DoNotOptimize(encode_index_key(7, 1, index, schema, view));
}
BENCHMARK(EncodeIndexKey);

}  // namespace
}  // namespace dynolith::storage
