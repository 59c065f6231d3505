// What updates make of items: text, item, outcome (the new item or the error).
#include <gtest/gtest.h>

#include "storage/limits.h"
#include "tests/api/expression/tree_text.h"
#include "tests/support/value_text.h"

namespace dynolith::api {
namespace {

constexpr std::string_view kMissing =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr std::string_view kWrongType =
    "An operand in the update expression has an incorrect data type";
constexpr std::string_view kBadPath =
    "The document path provided in the update expression is invalid for update";
constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";

Placeholders values() {
  Placeholders placeholders;
  for (const auto& [key, value] : std::map<std::string, std::string>{{":1", "1"},
                                                                     {":2", "2"},
                                                                     {":3", "3"},
                                                                     {":big", "1e50"},
                                                                     {":s", "\"x\""},
                                                                     {":null", "null"},
                                                                     {":ab", "<\"a\", \"b\">"},
                                                                     {":bc", "<\"b\", \"c\">"},
                                                                     {":ns", "<1.0, 2.00>"},
                                                                     {":bin", "<b\"p\">"},
                                                                     {":l", "[8, 9]"},
                                                                     {":map", "{k: 1}"}}) {
    placeholders.add_value(key, test::encoded_from(value));
  }
  placeholders.add_name("#dot", "x.y");
  return placeholders;
}

storage::Update update_from(std::string_view text) {
  auto placeholders = values();
  auto update = bind_update(text, placeholders);
  EXPECT_TRUE(update.ok()) << text << ": " << update.error().message;
  return update.ok() ? std::move(*update) : storage::Update{};
}

std::string applied(const storage::Update& update, std::string_view item) {
  const auto key = test::item_from("{pk: \"k\"}");
  const auto updated = storage::apply_update(update, test::item_from(item).view(), key.view());
  if (!updated.ok()) {
    EXPECT_EQ(updated.error().code, storage::ErrorCode::kValidation);
    EXPECT_EQ(updated.error().scope, storage::ErrorScope::kTable);
    return updated.error().message;
  }
  EXPECT_TRUE(storage::ItemView::validated(updated->bytes).ok());
  return test::text_of(updated->view());
}

struct Case {
  std::string_view text, item, outcome;
};

constexpr Case kSets[] = {
    {"SET a = :1", "{pk: 1}", "{a: 1, pk: 1}"},
    {"SET a = :s", "{a: 1, b: 2}", "{a: \"x\", b: 2}"},
    {"SET #dot = :1", "{x: {y: 2}}", "{x: {y: 2}, x.y: 1}"},
    // All operands read the item as it was.
    {"SET a = b, b = a", "{a: 1, b: 2}", "{a: 2, b: 1}"},
    {"SET b = a + a REMOVE a", "{a: 4}", "{b: 8}"},
    {"REMOVE a SET b = a", "{a: 4}", "{b: 4}"},
    {"SET a = a", "{a: 4}", "{a: 4}"},
    {"SET a = a + :1, c = a - :3", "{a: 4}", "{a: 5, c: 1}"},
    {"SET a = :1 - :3", "{}", "{a: -2}"},
    {"SET n = pk + pk", "{pk: 4}", "{n: 8, pk: 4}"},
    {"SET a = zz", "{a: 4}", kMissing},
    {"SET a = b.zz", "{b: {c: 1}}", kMissing},
    {"SET a = b[1]", "{b: [1]}", kMissing},
    {"SET a = b + :1", "{}", kMissing},
    {"SET a = b + :1", "{b: \"5\"}", kWrongType},
    {"SET a = :1 - b", "{b: [1]}", kWrongType},
    {"SET a = a + :1", "{a: 1e50}", kOverflow},
    {"SET a = a - :1", "{a: 1e50}", kOverflow},
    {"SET a = a + a", "{a: 9e125}", kOverflow},
    {"SET a = if_not_exists(a, :1)", "{}", "{a: 1}"},
    {"SET a = if_not_exists(a, :1)", "{a: null}", "{a: null}"},
    {"SET a = if_not_exists(b.c[1], :1)", "{b: {c: [0, 5]}}", "{a: 5, b: {c: [0, 5]}}"},
    {"SET a = if_not_exists(b, c)", "{c: 7}", "{a: 7, c: 7}"},
    {"SET a = if_not_exists(b, c)", "{}", kMissing},
    {"SET a = if_not_exists(b, zz)", "{b: 7}", "{a: 7, b: 7}"},
    {"SET a = if_not_exists(b, if_not_exists(c, :2))", "{}", "{a: 2}"},
    {"SET a = if_not_exists(a, :1) + :2", "{}", "{a: 3}"},
    {"SET a = if_not_exists(a, :1) + :2", "{a: \"y\"}", kWrongType},
    {"SET a = list_append(a, :l)", "{a: [1]}", "{a: [1, 8, 9]}"},
    {"SET a = list_append(:l, a)", "{a: [1]}", "{a: [8, 9, 1]}"},
    {"SET a = list_append(a, a)", "{a: [1, \"x\"]}", "{a: [1, \"x\", 1, \"x\"]}"},
    {"SET a = list_append(if_not_exists(a, :l), :l)", "{}", "{a: [8, 9, 8, 9]}"},
    {"SET a = list_append(a, :l)", "{}", kMissing},
    {"SET a = list_append(a, :l)", "{a: 5}", kWrongType},
    {"SET a = list_append(a, b)", "{a: [1], b: <1>}", kWrongType},
    // Below maps.
    {"SET a.b = :1", "{a: {}}", "{a: {b: 1}}"},
    {"SET a.b = :1, a.d = :2", "{a: {a: 0, b: 0, c: 0, e: 0}}",
     "{a: {a: 0, b: 1, c: 0, d: 2, e: 0}}"},
    {"SET a.b.c = :1", "{a: {b: {c: 0, d: 0}, e: 5}}", "{a: {b: {c: 1, d: 0}, e: 5}}"},
    {"SET a.b = a.c.d", "{a: {c: {d: [1]}}}", "{a: {b: [1], c: {d: [1]}}}"},
    {"SET a.b = :1", "{}", kBadPath},
    {"SET a.b = :1", "{a: 5}", kBadPath},
    {"SET a.b = :1", "{a: [5]}", kBadPath},
    {"SET a.b.c = :1", "{a: {}}", kBadPath},
    {"SET a.b.c = :1, a.a = :2", "{a: {b: 1}}", kBadPath},
    {"SET a[0] = :1", "{a: {b: 1}}", kBadPath},
    {"SET a[0] = :1", "{a: <1>}", kBadPath},
    {"SET a[0] = :1", "{}", kBadPath},
    {"SET a[1].b = :1", "{a: [{b: 0}]}", kBadPath},
    // Lists: past the end is appended, in the order of the indexes.
    {"SET a[0] = :1", "{a: [0, 5]}", "{a: [1, 5]}"},
    {"SET a[2] = :1", "{a: [0, 5]}", "{a: [0, 5, 1]}"},
    {"SET a[99] = :1", "{a: [0, 5]}", "{a: [0, 5, 1]}"},
    {"SET a[99] = :1, a[7] = :2, a[0] = :3", "{a: [0, 5]}", "{a: [3, 5, 2, 1]}"},
    {"SET a[0] = :1", "{a: []}", "{a: [1]}"},
    {"SET a[1].b[0].c = :1", "{a: [0, {b: [{}]}]}", "{a: [0, {b: [{c: 1}]}]}"},
    {"SET a[0] = a[1], a[1] = a[0]", "{a: [1, 2]}", "{a: [2, 1]}"},
};

constexpr Case kRemoves[] = {
    {"REMOVE a", "{a: 1, b: 2}", "{b: 2}"},
    {"REMOVE zz", "{a: 1}", "{a: 1}"},
    {"REMOVE a.b, a.c", "{a: {b: 1, c: 2, d: 3}}", "{a: {d: 3}}"},
    {"REMOVE a.b", "{a: {b: 1}}", "{a: {}}"},
    {"REMOVE a.zz", "{a: {b: 1}}", "{a: {b: 1}}"},
    {"REMOVE a[0]", "{a: [1]}", "{a: []}"},
    {"REMOVE a[5]", "{a: [1]}", "{a: [1]}"},
    {"REMOVE a[2], a[0]", "{a: [0, 1, 2, 3]}", "{a: [1, 3]}"},
    {"REMOVE a[0], b", "{a: [0, 1], b: 1}", "{a: [1]}"},
    {"REMOVE a.b[1].c", "{a: {b: [0, {c: 1, d: 2}]}}", "{a: {b: [0, {d: 2}]}}"},
    // Only a leaf may be missing.
    {"REMOVE a.b", "{}", kBadPath},
    {"REMOVE a.b", "{a: 5}", kBadPath},
    {"REMOVE a.b", "{a: [1]}", kBadPath},
    {"REMOVE a[0]", "{a: {b: 1}}", kBadPath},
    {"REMOVE a[0]", "{}", kBadPath},
    {"REMOVE a.b.c", "{a: {}}", kBadPath},
    {"REMOVE a[3].b", "{a: [1]}", kBadPath},
    // Indexes are those of the list as it was.
    {"REMOVE a[1] SET a[3] = :1", "{a: [10, 11, 12, 13]}", "{a: [10, 12, 1]}"},
    {"SET a[3] = :1 REMOVE a[1]", "{a: [10, 11, 12, 13]}", "{a: [10, 12, 1]}"},
    {"REMOVE a[0], a[1] SET a[9] = :1", "{a: [10, 11]}", "{a: [1]}"},
};

constexpr Case kAddsAndDeletes[] = {
    {"ADD a :1", "{}", "{a: 1}"},
    {"ADD a :1", "{a: 1.50}", "{a: 2.5}"},
    {"ADD a :ab", "{}", "{a: <\"a\", \"b\">}"},
    {"ADD a :bc", "{a: <\"b\", \"a\">}", "{a: <\"a\", \"b\", \"c\">}"},
    {"ADD a :ns", "{a: <1, 2, 3>}", "{a: <1, 2, 3>}"},
    {"ADD a :bin", "{a: <b\"o\">}", "{a: <b\"o\", b\"p\">}"},
    {"ADD a.d[2] :ab, a.i :1", "{a: {d: [0, 1, <\"z\">], i: 4}}",
     "{a: {d: [0, 1, <\"a\", \"b\", \"z\">], i: 5}}"},
    {"ADD a.n :1", "{a: {}}", "{a: {n: 1}}"},
    {"ADD a[5] :1", "{a: [0]}", "{a: [0, 1]}"},
    {"ADD a.n :1", "{}", kBadPath},
    {"ADD a.n :1", "{a: 5}", kBadPath},
    {"ADD a :1", "{a: \"1\"}", kWrongType},
    {"ADD a :1", "{a: <1>}", kWrongType},
    {"ADD a :ab", "{a: [\"a\"]}", kWrongType},
    {"ADD a :ab", "{a: <1>}", kWrongType},
    {"ADD a :ab", "{a: \"a\"}", kWrongType},
    {"ADD a :1", "{a: null}", kWrongType},
    {"ADD a :1", "{a: 1e50}", kOverflow},
    {"DELETE a :bc", "{a: <\"a\", \"b\">}", "{a: <\"a\">}"},
    {"DELETE a :bc", "{a: <\"x\">}", "{a: <\"x\">}"},
    {"DELETE a :ab", "{a: <\"a\", \"b\">, c: 1}", "{c: 1}"},
    {"DELETE a :ns", "{a: <1, 2.0, 3>}", "{a: <3>}"},
    {"DELETE a :ab", "{c: 1}", "{c: 1}"},
    {"DELETE a.s :ab", "{a: {s: <\"b\">}}", "{a: {}}"},
    {"DELETE a.s :ab", "{a: {s: <\"b\", \"c\">, t: 1}}", "{a: {s: <\"c\">, t: 1}}"},
    {"DELETE a[0] :ab", "{a: [<\"b\">, 7]}", "{a: [7]}"},
    {"DELETE a.s :ab", "{a: {}}", "{a: {}}"},
    {"DELETE a.s :ab", "{}", kBadPath},
    {"DELETE a :ab", "{a: <1>}", kWrongType},
    {"DELETE a :ab", "{a: \"a\"}", kWrongType},
    {"DELETE a :ab", "{a: [\"a\"]}", kWrongType},
    {"ADD a :1 DELETE b :ab REMOVE c SET d = :s", "{a: 1, b: <\"a\", \"z\">, c: 1, d: 1, e: 1}",
     "{a: 2, b: <\"z\">, d: \"x\", e: 1}"},
};

constexpr Case kAbsent[] = {
    {"SET a = :1", "", "{a: 1, pk: \"k\"}"},
    {"ADD a :1, b :ab", "", "{a: 1, b: <\"a\", \"b\">, pk: \"k\"}"},
    {"SET a = if_not_exists(a, :2)", "", "{a: 2, pk: \"k\"}"},
    {"SET a = b", "", kMissing},
    {"SET a = pk", "", kMissing},
    {"SET a = a + :1", "", kMissing},
    {"SET a.b = :1", "", kBadPath},
    {"SET a[0] = :1", "", kBadPath},
    {"ADD a.b :1", "", kBadPath},
    {"REMOVE a, b.c, d[0]", "", "{pk: \"k\"}"},
    {"SET a = :1 REMOVE b.c", "", "{a: 1, pk: \"k\"}"},
    {"DELETE a :ab", "", "{pk: \"k\"}"},
};

template <size_t kCount>
void check(const Case (&cases)[kCount]) {
  for (const auto& [text, item, outcome] : cases) {
    EXPECT_EQ(applied(update_from(text), item), outcome) << text << " of " << item;
  }
}

TEST(UpdateApplication, Sets) { check(kSets); }
TEST(UpdateApplication, Removes) { check(kRemoves); }
TEST(UpdateApplication, AddsAndDeletes) { check(kAddsAndDeletes); }
TEST(UpdateApplication, StartsFromTheKeyIfTheItemIsAbsent) { check(kAbsent); }

TEST(UpdateApplication, EmptyUpdateChangesNothing) {
  EXPECT_EQ(applied({}, "{a: 1}"), "{a: 1}");
  EXPECT_EQ(applied({}, ""), "{pk: \"k\"}");
}

TEST(UpdateApplication, OnlyRemovalsDoNotCreateAnItem) {
  EXPECT_TRUE(storage::creates_item({}));
  EXPECT_TRUE(storage::creates_item(update_from("SET a = :1 REMOVE b")));
  EXPECT_TRUE(storage::creates_item(update_from("ADD a :1")));
  EXPECT_FALSE(storage::creates_item(update_from("REMOVE a, b.c")));
  auto removal = update_from("REMOVE a DELETE b :ab");
  EXPECT_TRUE(storage::creates_item(removal));
  removal.legacy = true;
  EXPECT_FALSE(storage::creates_item(removal));
}

TEST(UpdateApplication, LegacyWordsAndLists) {
  constexpr std::string_view kMismatch = "Type mismatch for attribute to update";
  const auto legacy = [](std::string_view text) {
    auto update = update_from(text);
    update.legacy = true;
    return update;
  };
  EXPECT_EQ(applied(legacy("ADD a :1"), "{a: <1>}"), kMismatch);
  EXPECT_EQ(applied(legacy("ADD a :ab"), "{a: <1>}"), kMismatch);
  EXPECT_EQ(applied(legacy("DELETE a :ab"), "{a: \"a\"}"), kMismatch);
  storage::Update update;
  update.legacy = true;
  update.actions.push_back(storage::AddAction{storage::DocumentPath{{std::string("a")}},
                                              test::encoded_from("[1, \"x\"]")});
  EXPECT_EQ(applied(update, "{a: [1]}"), "{a: [1, 1, \"x\"]}");
  EXPECT_EQ(applied(update, ""), "{a: [1, \"x\"], pk: \"k\"}");
  EXPECT_EQ(applied(update, "{a: 1}"), kMismatch);
}

TEST(UpdateApplication, AnItemIsAtMost400KB) {
  const auto updated = [](size_t bytes) {
    Placeholders placeholders;
    storage::ItemEncoder encoder;
    encoder.begin_value();
    encoder.string(std::string(bytes - 5, 'x'));  // Beside "pk", "ab" and the key's one byte.
    placeholders.add_value(":v", encoder.finish_value());
    const auto update = bind_update("SET ab = :v", placeholders);
    const auto key = test::item_from("{pk: \"k\"}");
    const auto item = storage::apply_update(*update, storage::ItemView(), key.view());
    return item.ok() ? std::to_string(item->view().item_bytes()) : item.error().message;
  };
  EXPECT_EQ(updated(storage::kItemBytesMax), "409600");
  EXPECT_EQ(updated(storage::kItemBytesMax + 1),
            "Item size to update has exceeded the maximum allowed size");
}

TEST(UpdateApplication, AnItemNestsAtMost32Levels) {
  const auto nested = [](int levels) {  // Of lists around a number.
    std::string text = "1";
    for (int i = 1; i < levels; ++i) text = "[" + text + "]";
    return text;
  };
  // a.b puts the value one level deeper than it was.
  const std::string item = "{a: {}, v: " + nested(31) + ", w: " + nested(32) + "}";
  EXPECT_TRUE(applied(update_from("SET a.b = v"), item).starts_with("{a: {b: [["));
  EXPECT_EQ(applied(update_from("SET a.b = w"), item),
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
            "levels beyond supported limit");
}

struct Touched {
  std::string_view text, item, old_part, new_part;
};
constexpr Touched kTouched[] = {
    {"SET a = :1", "{a: 5, b: 6}", "{a: 5}", "{a: 1}"},
    {"SET a = :1", "{b: 6}", "{}", "{a: 1}"},
    {"SET a = :1", "", "{}", "{a: 1}"},
    {"SET a.b = :1, a.c[1] = :2", "{a: {b: 0, c: [7, 8, 9], d: 1}}", "{a: {b: 0, c: [8]}}",
     "{a: {b: 1, c: [2]}}"},
    {"REMOVE a", "{a: 5, b: 6}", "{a: 5}", "{}"},
    {"REMOVE a.c[1]", "{a: {c: [7, 8, 9]}}", "{a: {c: [8]}}", "{a: {c: [9]}}"},
    {"REMOVE a.c[1], a.c[3]", "{a: {c: [7, 8]}}", "{a: {c: [8]}}", "{}"},
    {"SET a.c[100] = :1", "{a: {c: [7]}}", "{}", "{}"},
    {"ADD a :1 DELETE b :ab", "{a: 1, b: <\"a\", \"b\">}", "{a: 1, b: <\"a\", \"b\">}", "{a: 2}"},
    {"SET a = :1", "{a: 1}", "{a: 1}", "{a: 1}"},
    {"SET a[3] = :1, a[1] = :2", "{a: [5, 6, 7, 8]}", "{a: [6, 8]}", "{a: [2, 1]}"},
};
TEST(UpdateApplication, TellsWhatItTouched) {
  for (const auto& [text, item_text, old_part, new_part] : kTouched) {
    const auto update = update_from(text);
    const auto item = test::item_from(item_text);
    const auto key = test::item_from("{pk: \"k\"}");
    const auto updated = storage::apply_update(update, item.view(), key.view());
    ASSERT_TRUE(updated.ok()) << text;
    EXPECT_EQ(test::text_of(storage::touched_attributes(update, item.view()).view()), old_part)
        << text;
    EXPECT_EQ(test::text_of(storage::touched_attributes(update, updated->view()).view()), new_part)
        << text;
  }
}

}  // namespace
}  // namespace dynolith::api
