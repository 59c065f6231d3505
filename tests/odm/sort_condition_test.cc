// Conditions on members of composed sort keys: whatever the texts, a query gives what filtering all
// items in memory gives.
#include "odm/sort_condition.h"

#include <algorithm>
#include <functional>
#include <random>

#include "odm/key_bounds.h"
#include "tests/odm/range_fixture.h"

namespace dynolith::odm::test {

// The same members composed in different ways.
template <int Layout>
struct Word {
  std::string shelf, text;
  int kind = 0;
  auto operator<=>(const Word&) const = default;
};
using Middle = Word<0>;  // "W#{text}#{kind:03}"
using Bare = Word<1>;    // "{text}##{kind:03}"
using Last = Word<2>;    // "V#{kind:03}#{text}"
using Upper = Word<3>;   // "U#{text:upper}#{kind:03}"
using Plain = Word<4>;   // Attributes of their own.

}  // namespace dynolith::odm::test

namespace dynolith::odm {

template <int Layout>
void define_word(Definition<test::Word<Layout>>& word, WellFormedKeyPattern sort) {
  word.entity("Word" + std::to_string(Layout))
      .partition_key("pk", "SHELF#{shelf}")
      .sort_key("sk", sort)
      .attribute("shelf", &test::Word<Layout>::shelf)
      .attribute("text", &test::Word<Layout>::text)
      .attribute("kind", &test::Word<Layout>::kind);
}
template <>
struct Model<test::Middle> {
  using key = Key<&test::Middle::shelf, &test::Middle::text, &test::Middle::kind>;
  static void define(Definition<test::Middle>& word) { define_word(word, "W#{text}#{kind:03}"); }
};
template <>
struct Model<test::Bare> {
  using key = Key<&test::Bare::shelf, &test::Bare::text, &test::Bare::kind>;
  static void define(Definition<test::Bare>& word) { define_word(word, "{text}##{kind:03}"); }
};
template <>
struct Model<test::Last> {
  using key = Key<&test::Last::shelf, &test::Last::kind, &test::Last::text>;
  static void define(Definition<test::Last>& word) { define_word(word, "V#{kind:03}#{text}"); }
};
template <>
struct Model<test::Upper> {
  using key = Key<&test::Upper::shelf, &test::Upper::text, &test::Upper::kind>;
  static void define(Definition<test::Upper>& word) {
    define_word(word, "U#{text:upper}#{kind:03}");
  }
};
template <>
struct Model<test::Plain> {
  using key = Key<&test::Plain::shelf, &test::Plain::text>;
  static void define(Definition<test::Plain>& word) {
    word.entity("Plain")
        .partition_key("pk", "SHELF#{shelf}")
        .sort_key("sk", &test::Plain::text)
        .attribute("shelf", &test::Plain::shelf)
        .attribute("kind", &test::Plain::kind);
  }
};

}  // namespace dynolith::odm

namespace dynolith::odm::test {
namespace {

using storage::KeyOperator;

template <class T>
class Shelf {
 public:
  Shelf() : table_(open_embedded({}).value(), "words"), words_(table_.entity<T>()) {
    const std::array models{&schema_of<T>()};
    EXPECT_TRUE(table_.connection().create_table({design_table("words", models)->definition}).ok());
  }
  const Entity<T>& words() const { return words_; }
  const std::vector<T>& all() const { return all_; }
  // Texts that cannot be in a key are refused, and are not there.
  void add(const std::string& text, int kind) {
    const T word{"s", text, kind};
    const auto put = words_.put(word);
    if (!put) {
      EXPECT_EQ(put.error().code, ErrorCode::kBadKey) << put.error().to_text();
      return;
    }
    const auto same = [&](const T& other) { return other.text == text && other.kind == kind; };
    if (std::find_if(all_.begin(), all_.end(), same) == all_.end()) all_.push_back(word);
  }

 private:
  Table table_;
  Entity<T> words_;
  std::vector<T> all_;
};

std::string random_text(std::mt19937& random) {
  static const std::array<std::string, 8> kParts{"!", "#",    "$",        "a",
                                                 "b", "\x01", "\xc3\xa9", "\xF4\x8F\xBF\xBF"};
  std::string text;
  const size_t size = 1 + random() % 4;
  for (size_t i = 0; i < size; ++i) text += kParts[random() % kParts.size()];
  return text;
}

template <class V>
bool holds(const SortOperand<V>& condition, const V& value) {
  switch (condition.op) {
    case KeyOperator::kEqual:
      return value == condition.value;
    case KeyOperator::kLess:
      return value < condition.value;
    case KeyOperator::kLessOrEqual:
      return value <= condition.value;
    case KeyOperator::kGreater:
      return value > condition.value;
    case KeyOperator::kGreaterOrEqual:
      return value >= condition.value;
    case KeyOperator::kBetween:
      return condition.value <= value && value <= *condition.second;
    case KeyOperator::kBeginsWith:
      if constexpr (std::is_same_v<V, std::string>) return value.starts_with(condition.value);
  }
  return false;
}

SortOperand<std::string> random_condition(std::mt19937& random) {
  SortOperand<std::string> condition{static_cast<KeyOperator>(random() % 7), random_text(random)};
  if (condition.op == KeyOperator::kBetween) {
    condition.second = random_text(random);
    if (*condition.second < condition.value) std::swap(*condition.second, condition.value);
  }
  return condition;
}

std::string shown(const SortOperand<std::string>& condition) {
  return std::to_string(static_cast<int>(condition.op)) + " \"" + condition.value + "\" \"" +
         condition.second.value_or("") + "\"";
}

template <class T>
std::vector<T> sorted(std::vector<T> words) {
  std::sort(words.begin(), words.end());
  return words;
}

template <class T>
std::vector<T> read(const Result<Page<T>>& page) {
  EXPECT_TRUE(page.ok()) << page.error().to_text();
  return page.ok() ? sorted(page->items) : std::vector<T>();
}

// Conditions on the text, with all texts around it.
template <class T>
void check_texts(unsigned seed) {
  std::mt19937 random(seed);
  Shelf<T> shelf;
  // Texts that are the whole key are one item each.
  const unsigned kinds = std::is_same_v<T, Plain> ? 1 : 3;
  for (int i = 0; i < 300; ++i) shelf.add(random_text(random), static_cast<int>(random() % kinds));
  ASSERT_GT(shelf.all().size(), 50u);
  for (int i = 0; i < 400; ++i) {
    const auto condition = random_condition(random);
    const auto query = shelf.words().query("s").sort(condition);
    const auto page = query.all();
    if (!page.ok()) {
      // Equal to what no key can hold.
      EXPECT_EQ(page.error().code, ErrorCode::kBadKey) << page.error().to_text();
      EXPECT_EQ(condition.op, KeyOperator::kEqual);
      continue;
    }
    std::vector<T> expected;
    for (const T& word : shelf.all())
      if (holds(condition, word.text)) expected.push_back(word);
    ASSERT_EQ(sorted(page->items), sorted(expected)) << shown(condition);
    ASSERT_EQ(query.count().value(), expected.size()) << shown(condition);
  }
}

TEST(SortCondition, TextsBeforeASeparator) { check_texts<Middle>(1); }
TEST(SortCondition, TextsBeforeASeparatorThatOverlapsItself) { check_texts<Bare>(2); }
TEST(SortCondition, TextsThatAreTheAttribute) { check_texts<Plain>(3); }

TEST(SortCondition, LeadingTextsBeforeASeparatorThatOverlapsItself) {
  Shelf<Bare> shelf;
  shelf.add("a", 1);
  shelf.add("a#", 1);
  EXPECT_EQ(read(shelf.words().query("s", "a").all()), (std::vector<Bare>{{"s", "a", 1}}));
  EXPECT_EQ(shelf.words().query("s", "a").count().value(), 1u);
}

TEST(SortCondition, TextsAtTheEnd) {
  std::mt19937 random(4);
  Shelf<Last> shelf;
  for (int i = 0; i < 300; ++i) shelf.add(random_text(random), static_cast<int>(random() % 3));
  for (int i = 0; i < 400; ++i) {
    const auto condition = random_condition(random);
    const int kind = static_cast<int>(random() % 3);
    std::vector<Last> expected;
    for (const Last& word : shelf.all())
      if (word.kind == kind && holds(condition, word.text)) expected.push_back(word);
    ASSERT_EQ(read(shelf.words().query("s", kind).sort(condition).all()), sorted(expected))
        << shown(condition);
  }
}

TEST(SortCondition, PaddedNumbers) {
  std::mt19937 random(5);
  Shelf<Last> shelf;
  for (int i = 0; i < 200; ++i) shelf.add("t", static_cast<int>(random() % 1000));
  for (int i = 0; i < 300; ++i) {
    SortOperand<double> condition{static_cast<KeyOperator>(random() % 6),
                                  static_cast<double>(random() % 2400) / 2 - 100};
    if (condition.op == KeyOperator::kEqual) condition.op = KeyOperator::kLess;
    if (condition.op == KeyOperator::kBetween)
      condition.second = condition.value + static_cast<double>(random() % 200) / 2;
    std::vector<Last> expected;
    for (const Last& word : shelf.all())
      if (holds(condition, static_cast<double>(word.kind))) expected.push_back(word);
    ASSERT_EQ(read(shelf.words().query("s").sort(condition).all()), sorted(expected))
        << static_cast<int>(condition.op) << " " << condition.value;
  }
}

TEST(SortCondition, ComparesInTheLetterCaseOfTheKey) {
  Shelf<Upper> shelf;
  for (const char* text : {"ann", "Bob", "eve"}) shelf.add(text, 1);
  EXPECT_EQ(shelf.words().query("s").sort(ge("BOB")).all()->size(), 2u);
  EXPECT_EQ(shelf.words().query("s").sort(lt("bOb")).all()->size(), 1u);
  EXPECT_EQ(shelf.words().query("s").sort(begins_with("b")).one()->text, "Bob");
}

TEST(SortCondition, TakesOperandsThatAreTooLongForAKey) {
  Shelf<Middle> shelf;
  shelf.add("a", 1);
  shelf.add(std::string(900, 'z'), 1);
  const std::string longer(3000, 'z');
  EXPECT_EQ(shelf.words().query("s").sort(le(longer)).all()->size(), 2u);
  EXPECT_EQ(shelf.words().query("s").sort(lt(longer)).all()->size(), 2u);
  EXPECT_EQ(shelf.words().query("s").sort(ge(longer)).all()->size(), 0u);
  EXPECT_EQ(shelf.words().query("s").sort(begins_with(longer)).all()->size(), 0u);
}

TEST(GreatestText, FillsASortKeyWithWholeCharacters) {
  for (size_t size = 1015; size <= 1030; ++size) {
    const std::string prefix(size, 'x');
    const std::string text = greatest_text(prefix);
    EXPECT_LE(text.size(), 1024u);
    EXPECT_GE(text, prefix.substr(0, 1024));
    EXPECT_TRUE(text.starts_with(prefix.substr(0, 1024)));
  }
}

}  // namespace
}  // namespace dynolith::odm::test
