// Every type of codecs.h, there and back through storage's bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <deque>
#include <limits>
#include <list>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "odm/model.h"
#include "odm/object.h"

namespace dynolith::odm {
namespace {

enum class Color { kRed, kGreen };
enum class Level : uint8_t { kNone = 0, kTop = 63 };
enum Signed : int { kMinusTwo = -2, kZero = 0, kHundred = 100 };
enum class Switch : bool { kOff, kOn };

// Stored as its cents.
struct Money {
  int64_t cents = 0;
  bool operator==(const Money&) const = default;
};
struct Node {
  int value = 0;
  std::unique_ptr<Node> next;
  std::vector<Node> children;
};
struct Point {
  int x = 0, y = 0;
  bool operator==(const Point&) const = default;
};

}  // namespace

template <>
struct EnumRange<Signed> {
  static constexpr int kFirst = -2, kLast = 100;
};
template <>
struct Codec<Money> {
  static constexpr AttributeType kType = AttributeType::kNumber;
  static bool encode(const Money& money, EncodeContext& context) {
    if (money.cents < 0) return context.fail("is negative");
    return Codec<int64_t>::encode(money.cents, context);
  }
  static bool decode(const ValueView& value, Money& money, DecodeContext& context) {
    return Codec<int64_t>::decode(value, money.cents, context);
  }
};
template <>
struct Model<Node> {
  static void define(Definition<Node>& node) {
    node.attribute("value", &Node::value)
        .attribute("next", &Node::next)
        .attribute("children", &Node::children);
  }
};
template <>
struct Model<Point> {
  static void define(Definition<Point>& point) {
    point.attribute("x", &Point::x).attribute("y", &Point::y, range(0, 9));
  }
};

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The stored form; nothing and a problem if there is none.
template <class M>
std::optional<Value> stored(const M& value, Problems& problems) {
  const PathFrame frame{nullptr, "m", 0};
  const EncodedValue encoded = encode_alone(codec_of<M>(), &value, problems, &frame);
  if (encoded.bytes.empty()) return std::nullopt;
  return storage::to_attribute_value(encoded.view());
}

template <class M>
Value stored(const M& value) {
  Problems problems;
  const std::optional<Value> tree = stored(value, problems);
  EXPECT_THAT(problems.list(), IsEmpty());
  return tree.value_or(Value("nothing was stored"));
}

template <class M>
std::vector<Problem> write_problems(const M& value) {
  Problems problems;
  EXPECT_EQ(stored(value, problems), std::nullopt);
  return problems.list();
}

template <class M>
std::vector<Problem> read_into(const Value& tree, M& out) {
  const EncodedValue encoded = storage::encode_value(tree);
  Problems problems;
  const PathFrame frame{nullptr, "m", 0};
  DecodeContext context{problems, &frame};
  const bool good = codec_of<M>().decode(encoded.view(), &out, context);
  EXPECT_EQ(good, problems.empty());
  return problems.list();
}

template <class M>
std::vector<Problem> read_problems(const Value& tree) {
  M out{};
  return read_into(tree, out);
}

Value number(std::string_view text) { return Value(Number::parse(text).value()); }

template <class M>
void expect_there_and_back(const M& value, const Value& form) {
  EXPECT_EQ(stored(value), form);
  M back{};
  EXPECT_THAT(read_into(form, back), IsEmpty());
  EXPECT_EQ(back, value);
}

template <class I>
void expect_integer_limits() {
  using Limits = std::numeric_limits<I>;
  for (const I value : {Limits::min(), I{0}, I{1}, Limits::max()})
    expect_there_and_back(value, number(std::to_string(value)));
  const Number below = Number::parse(std::to_string(Limits::min()))->subtract(Number(1)).value();
  const Number above = Number::parse(std::to_string(Limits::max()))->add(Number(1)).value();
  for (const Number& outside : {below, above}) {
    const std::vector<Problem> problems = read_problems<I>(Value(outside));
    ASSERT_EQ(problems.size(), 1u) << outside.to_text();
    EXPECT_EQ(problems[0].path, "m");
    EXPECT_THAT(problems[0].message, testing::StartsWith(outside.to_text() + " "));
  }
  EXPECT_EQ(read_problems<I>(number("1.5")).size(), 1u);
  EXPECT_THAT(read_problems<I>(Value("1")), ElementsAre(Problem{"m", "is S, not a number"}));
}

TEST(Codec, IntegersKeepBothLimitsAndRefuseWhatLiesBeyond) {
  expect_integer_limits<int8_t>();
  expect_integer_limits<uint8_t>();
  expect_integer_limits<int16_t>();
  expect_integer_limits<uint16_t>();
  expect_integer_limits<int32_t>();
  expect_integer_limits<uint32_t>();
  expect_integer_limits<int64_t>();
  expect_integer_limits<uint64_t>();
  expect_integer_limits<long long>();
  expect_integer_limits<unsigned long long>();
}

TEST(Codec, DoublesReadBackAsTheyWere) {
  const std::pair<double, const char*> cases[] = {
      {0.1, "0.1"},
      {1e-7, "0.0000001"},
      {-2.5, "-2.5"},
      {9007199254740993.0, "9007199254740992"},  // 2^53 + 1 is no double.
      {1e15 + 0.5, "1000000000000000.5"},
      {9e15, "9000000000000000"},
      {1e22, "10000000000000000000000"},
      {-0.0, "0"},
      {std::nextafter(1.0, 2.0), "1.0000000000000002"},
  };
  for (const auto& [value, text] : cases) {
    SCOPED_TRACE(text);
    expect_there_and_back(value, number(text));
  }
  for (const double value : {1e125, -1e125, 1e-130, 1.7976931348623157e100})
    expect_there_and_back(value, stored(value));
  const Problem beyond{"m", "cannot be stored: its magnitude is out of range"};
  for (const double value : {DBL_MIN, DBL_MAX, -DBL_MAX, 1e-200})
    EXPECT_THAT(write_problems(value), ElementsAre(beyond));
  const Problem infinite{"m", "is not a finite number"};
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL})
    EXPECT_THAT(write_problems(value), ElementsAre(infinite));
}

TEST(Codec, FloatsAreStoredAsTheyAreWritten) {
  expect_there_and_back(0.1f, number("0.1"));
  expect_there_and_back(-1.5e-7f, number("-0.00000015"));
  expect_there_and_back(16777216.0f, Value(16777216));
  for (const float value : {FLT_MAX, -FLT_MAX, FLT_MIN, 3.1415927f})
    expect_there_and_back(value, stored(value));
  EXPECT_EQ(write_problems(std::nanf("")).size(), 1u);
  EXPECT_EQ(read_problems<float>(number("1e39")).size(), 1u);
  float tiny = 1;
  EXPECT_THAT(read_into(number("1e-100"), tiny), IsEmpty());
  EXPECT_EQ(tiny, 0.0f);
}

TEST(Codec, NumbersAreExact) {
  for (const char* text : {"12345678901234567890123456789012345678",
                           "-0.12345678901234567890123456789012345678", "1e125", "1e-130", "0"})
    expect_there_and_back(Number::parse(text).value(), number(text));
}

TEST(Codec, TextAndBytes) {
  for (const std::string& text :
       std::vector<std::string>{"", "plain", "Zürich", "日本", "\U0001F600", "a\nb\t\"c\""})
    expect_there_and_back(text, Value(text));
  expect_there_and_back(std::string("a\0b", 3), Value(std::string("a\0b", 3)));
  for (const std::string& text : std::vector<std::string>{"\xff", "a\xc3", "\xed\xa0\x80"})
    EXPECT_THAT(write_problems(text), ElementsAre(Problem{"m", "is not UTF-8"}));
  EXPECT_THAT(read_problems<std::string>(Value(5)),
              ElementsAre(Problem{"m", "is N, not a string"}));

  for (const std::string& bytes : {std::string(), std::string("\xff\x00\x01", 3)}) {
    expect_there_and_back(Binary{bytes}, Value(Binary{bytes}));
    std::vector<std::byte> raw;
    for (const char c : bytes) raw.push_back(static_cast<std::byte>(c));
    expect_there_and_back(raw, Value(Binary{bytes}));
  }
  EXPECT_THAT(read_problems<Binary>(Value("x")), ElementsAre(Problem{"m", "is S, not binary"}));
  EXPECT_THAT(read_problems<std::vector<std::byte>>(Value("x")),
              ElementsAre(Problem{"m", "is S, not binary"}));
  expect_there_and_back(true, Value(true));
  expect_there_and_back(false, Value(false));
  EXPECT_THAT(read_problems<bool>(Value(1)), ElementsAre(Problem{"m", "is N, not a boolean"}));
}

TEST(Codec, EnumeratorsAreStoredByName) {
  expect_there_and_back(Color::kGreen, Value("kGreen"));
  expect_there_and_back(Level::kTop, Value("kTop"));
  expect_there_and_back(kMinusTwo, Value("kMinusTwo"));
  expect_there_and_back(kHundred, Value("kHundred"));
  expect_there_and_back(Switch::kOn, Value("kOn"));
  const Problem nameless{"m", "is not an enumerator of its type"};
  EXPECT_THAT(write_problems(static_cast<Color>(7)), ElementsAre(nameless));
  EXPECT_THAT(write_problems(static_cast<Color>(-1)), ElementsAre(nameless));
  EXPECT_THAT(write_problems(static_cast<Level>(200)), ElementsAre(nameless));
  EXPECT_THAT(write_problems(static_cast<Signed>(101)), ElementsAre(nameless));
  EXPECT_THAT(read_problems<Color>(Value("kBlue")),
              ElementsAre(Problem{"m", "\"kBlue\" is no enumerator"}));
  EXPECT_EQ(read_problems<Color>(Value("")).size(), 1u);
  EXPECT_THAT(read_problems<Color>(Value(1)), ElementsAre(Problem{"m", "is N, not a string"}));
}

template <class Holder>
void expect_holder() {
  Holder none{}, back{};
  EXPECT_TRUE(codec_of<Holder>().is_absent(&none));
  EXPECT_THAT(read_into(Value(7), back), IsEmpty());
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, 7);
  EXPECT_FALSE(codec_of<Holder>().is_absent(&back));
  EXPECT_EQ(stored(back), Value(7));
  EXPECT_THAT(read_into(Value(Null{}), back), IsEmpty());
  EXPECT_FALSE(back);
  EXPECT_THAT(read_problems<Holder>(Value("7")), ElementsAre(Problem{"m", "is S, not a number"}));
}

TEST(Codec, WhatMayBeAbsentIsReadFromNull) {
  expect_holder<std::optional<int>>();
  expect_holder<std::unique_ptr<int>>();
  expect_holder<std::shared_ptr<int>>();
  const std::optional<std::set<int>> empty_set{std::in_place};
  EXPECT_TRUE(codec_of<std::optional<std::set<int>>>().is_absent(&empty_set));
}

TEST(Codec, ListsOfEveryKind) {
  const Value ints(List{1, 2, 3});
  expect_there_and_back(std::vector<int>{1, 2, 3}, ints);
  expect_there_and_back(std::array<int, 3>{1, 2, 3}, ints);
  expect_there_and_back(std::vector<int>{}, Value(List{}));
  expect_there_and_back(std::deque<int>{1, 2, 3}, ints);
  expect_there_and_back(std::list<int>{1, 2, 3}, ints);
  expect_there_and_back(std::vector<bool>{true, false}, Value(List{true, false}));
  expect_there_and_back(std::vector<std::optional<int>>{1, std::nullopt, 3},
                        Value(List{1, Null{}, 3}));
  expect_there_and_back(std::vector<std::vector<std::string>>{{"a"}, {}},
                        Value(List{List{"a"}, List{}}));
  EXPECT_THAT((read_problems<std::array<int, 2>>(ints)),
              ElementsAre(Problem{"m", "has 3 elements, not 2"}));
  EXPECT_THAT((read_problems<std::array<int, 2>>(Value("x"))),
              ElementsAre(Problem{"m", "is S, not a list"}));
  EXPECT_THAT(
      read_problems<std::vector<int>>(Value(List{1, "b", 3, Null{}})),
      ElementsAre(Problem{"m[1]", "is S, not a number"}, Problem{"m[3]", "is NULL, not a number"}));
  EXPECT_THAT(write_problems(std::vector<std::string>{"a", "\xff"}),
              ElementsAre(Problem{"m[1]", "is not UTF-8"}));
  // What was there before is replaced.
  std::vector<int> full{9, 9, 9, 9};
  EXPECT_THAT(read_into(ints, full), IsEmpty());
  EXPECT_THAT(full, ElementsAre(1, 2, 3));
}

// A list of itself, as many JSON libraries' values are.
struct Tree {
  using value_type = Tree;
  void push_back(Tree) {}
  void clear() {}
};

TEST(Codec, WhatOnlyLooksLikeAContainerIsNone) {
  EXPECT_FALSE(Codable<Tree>);
  EXPECT_FALSE(Codable<std::wstring>);
  EXPECT_FALSE(Codable<std::string_view>);
  EXPECT_FALSE((Codable<std::map<int, int>>));
  EXPECT_FALSE((Codable<std::multimap<std::string, int>>));
  EXPECT_FALSE(Codable<std::multiset<int>>);
}

TEST(Codec, MapsOfEveryKind) {
  const Value form(Map{{"a", 1}, {"b c", 2}});
  expect_there_and_back(std::map<std::string, int>{{"b c", 2}, {"a", 1}}, form);
  expect_there_and_back(std::unordered_map<std::string, int>{{"b c", 2}, {"a", 1}}, form);
  expect_there_and_back(std::map<std::string, std::optional<int>>{{"a", std::nullopt}},
                        Value(Map{{"a", Null{}}}));
  EXPECT_THAT((read_problems<std::map<std::string, int>>(Value(Map{{"a", "x"}}))),
              ElementsAre(Problem{"m.a", "is S, not a number"}));
  EXPECT_THAT((read_problems<std::map<std::string, int>>(Value(List{}))),
              ElementsAre(Problem{"m", "is L, not a map"}));
  const std::map<std::string, int> long_name{{std::string(70'000, 'n'), 1}};
  const std::map<std::string, int> bad_name{{"\xff", 1}};
  EXPECT_THAT(write_problems(std::map<std::string, int>{{"", 1}}),
              ElementsAre(testing::Field(&Problem::message, "a name is empty")));
  EXPECT_THAT(write_problems(long_name),
              ElementsAre(testing::Field(&Problem::message, "the name is too long")));
  EXPECT_THAT(write_problems(bad_name),
              ElementsAre(testing::Field(&Problem::message, "the name is not UTF-8")));
}

TEST(Codec, SetsOfEveryKind) {
  expect_there_and_back(std::set<std::string>{"b", "a"}, Value(StringSet{{"a", "b"}}));
  expect_there_and_back(std::unordered_set<int>{3, 1}, Value(NumberSet{{Number(1), Number(3)}}));
  expect_there_and_back(std::set<double>{0.5, -1},
                        Value(NumberSet{{Number(-1), *Number::parse(".5")}}));
  expect_there_and_back(std::set<Binary>{{"x"}}, Value(BinarySet{{"x"}}));
  expect_there_and_back(std::set<Color>{Color::kRed}, Value(StringSet{{"kRed"}}));
  const std::set<int> none;
  EXPECT_TRUE(codec_of<std::set<int>>().is_absent(&none));
  EXPECT_THAT(read_problems<std::set<int>>(Value(StringSet{{"a"}})),
              ElementsAre(Problem{"m", "is SS, not a set of its type"}));
  EXPECT_THAT(read_problems<std::set<std::string>>(Value(List{"a"})),
              ElementsAre(Problem{"m", "is L, not a set of its type"}));
  EXPECT_EQ(read_problems<std::set<uint8_t>>(Value(NumberSet{{Number(256)}})).size(), 1u);
  EXPECT_THAT(write_problems(std::set<double>{1, HUGE_VAL}),
              ElementsAre(Problem{"m", "is not a finite number"}));
  EXPECT_THAT(write_problems(std::set<std::string>{"\xff"}),
              ElementsAre(Problem{"m", "is not UTF-8"}));
}

TEST(Codec, DocumentsNestAndRecur) {
  expect_there_and_back(Point{1, 2}, Value(Map{{"x", 1}, {"y", 2}}));
  Node root;
  root.value = 1;
  root.next = std::make_unique<Node>();
  root.next->value = 2;
  root.children.resize(2);
  root.children[1].value = 4;
  const auto leaf = [](int value) { return Map{{"value", value}, {"children", List{}}}; };
  const Value form(Map{{"value", 1}, {"next", leaf(2)}, {"children", List{leaf(0), leaf(4)}}});
  EXPECT_EQ(stored(root), form);
  Node back;
  EXPECT_THAT(read_into(form, back), IsEmpty());
  EXPECT_EQ(back.next->value, 2);
  EXPECT_EQ(back.children.at(1).value, 4);
  EXPECT_EQ(back.children[1].next, nullptr);
  EXPECT_THAT(
      read_problems<Node>(Value(Map{{"children", List{Map{{"next", Map{{"value", "x"}}}}}}})),
      ElementsAre(Problem{"m.children[0].next.value", "is S, not a number"}));
}

TEST(Codec, NestingEndsWhereTheServiceEndsIt) {
  for (const int levels : {31, 32, 33}) {
    Value tree(1);
    for (int i = 1; i < levels; ++i) tree = Value(List{tree});  // `levels` with the item's.
    const bool fits = levels <= 32;
    Problems problems;
    EXPECT_EQ(stored(tree, problems).has_value(), fits) << levels;
    EXPECT_EQ(problems.empty(), fits);
    if (!fits) {
      EXPECT_EQ(problems.list()[0].message, "is nested deeper than 32 levels");
    }
  }
  auto chain = std::make_unique<Node>();
  for (int i = 0; i < 40; ++i) {
    auto outer = std::make_unique<Node>();
    outer->next = std::move(chain);
    chain = std::move(outer);
  }
  EXPECT_FALSE(write_problems(chain).empty());
}

TEST(Codec, VariantsAreReadAsTheFirstThatFits) {
  using Any = std::variant<std::monostate, int, double, std::string, Point>;
  expect_there_and_back(Any(), Value(Null{}));
  expect_there_and_back(Any(5), Value(5));
  expect_there_and_back(Any(0.5), number("0.5"));
  expect_there_and_back(Any("5"), Value("5"));
  expect_there_and_back(Any(Point{1, 2}), Value(Map{{"x", 1}, {"y", 2}}));
  EXPECT_THAT(read_problems<Any>(Value(true)),
              ElementsAre(Problem{"m", "fits none of the types it may have"}));
  Any whole;
  EXPECT_THAT(read_into(stored(Any(2.0)), whole), IsEmpty());
  EXPECT_EQ(whole, Any(2));
}

TEST(Codec, ValuesOfAnyShape) {
  const Map map{{"n", Null{}},
                {"l", List{1, "a", List{}, Map{}}},
                {"s", StringSet{{"x"}}},
                {"ns", NumberSet{{Number(1)}}},
                {"bs", BinarySet{{"\xff"}}},
                {"b", Binary{"\x01"}},
                {"t", true}};
  expect_there_and_back(map, Value(map));
  expect_there_and_back(Value(map), Value(map));
  expect_there_and_back(List{map, 1}, Value(List{map, 1}));
  EXPECT_THAT(read_problems<Map>(Value(1)), ElementsAre(Problem{"m", "is N, not a map"}));
  EXPECT_THAT(read_problems<List>(Value(1)), ElementsAre(Problem{"m", "is N, not a list"}));
  EXPECT_THAT(write_problems(Value(Map{{"a", StringSet{}}})),
              ElementsAre(Problem{"m.a", "is an empty set"}));
  EXPECT_THAT(write_problems(Value(List{"\xff"})), ElementsAre(Problem{"m[0]", "is not UTF-8"}));
}

TEST(Codec, TimesAndDurations) {
  namespace time = std::chrono;
  using time::sys_days;
  using time::sys_time;
  using ShortDays = time::duration<int8_t, time::days::period>;
  expect_there_and_back(time::seconds(90), Value(90));
  expect_there_and_back(time::hours(-2), Value(-2));
  expect_there_and_back(timestamp_of_ms(-1), Value(-1));
  expect_there_and_back(timestamp_of_ms(253'402'300'799'999), Value(int64_t{253'402'300'799'999}));
  expect_there_and_back(sys_time<time::seconds>(time::seconds(3)), Value(3000));
  expect_there_and_back(sys_days(time::days(1)), Value(86'400'000));
  expect_there_and_back(sys_time<time::nanoseconds>(time::milliseconds(5)), Value(5));
  EXPECT_EQ(stored(sys_time<time::nanoseconds>(time::nanoseconds(-1))),
            Value(-1));  // Rounded down.
  EXPECT_EQ(read_problems<sys_time<time::nanoseconds>>(Value(int64_t{253'402'300'799'999})).size(),
            1u);
  EXPECT_EQ(read_problems<sys_time<ShortDays>>(Value(int64_t{1} << 40)).size(), 1u);
  EXPECT_EQ(read_problems<Timestamp>(number("1.5")).size(), 1u);
  EXPECT_THAT(read_problems<Timestamp>(Value("now")),
              ElementsAre(Problem{"m", "is S, not a number"}));
}

TEST(Codec, TypesOfOnesOwn) {
  expect_there_and_back(Money{1250}, Value(1250));
  expect_there_and_back(std::vector<std::optional<Money>>{Money{1}, std::nullopt},
                        Value(List{1, Null{}}));
  expect_there_and_back(std::map<std::string, Money>{{"a", {2}}}, Value(Map{{"a", 2}}));
  EXPECT_THAT(write_problems(std::vector<Money>{{-1}}),
              ElementsAre(Problem{"m[0]", "is negative"}));
}

}  // namespace
}  // namespace dynolith::odm
