// What conditions say of items: text, item, outcome.
#include <gtest/gtest.h>

#include "tests/api/expression/tree_text.h"
#include "tests/support/value_text.h"

namespace dynolith::api {
namespace {

constexpr std::string_view kItem =
    "{s: \"hello\", t: \"hello\", e: \"\", u: \"é𝄞\", n: 5, m: 5.0, neg: -3, big: "
    "12345678901234567890,"
    " bin: b\"abc\", yes: true, nope: false, nil: null, ss: <\"a\", \"b\">, ns: <1, 2.50>,"
    " bs: <b\"x\", b\"yz\">, l: [1, \"two\", [3], <\"q\">, null], mp: {k: 1, deep: {x: \"y\"}},"
    " l2: [1, \"two\", [3], <\"q\">, null], mp2: {deep: {x: \"y\"}, k: 1}, nothing: []}";

bool holds(std::string_view text, std::string_view item_text) {
  Placeholders placeholders;
  for (const auto& [key, value] :
       std::map<std::string, std::string>{{":hello", "\"hello\""},
                                          {":hell", "\"hell\""},
                                          {":ell", "\"ell\""},
                                          {":empty", "\"\""},
                                          {":z", "\"z\""},
                                          {":a", "\"a\""},
                                          {":two", "\"two\""},
                                          {":0", "0"},
                                          {":1", "1"},
                                          {":2", "2"},
                                          {":h", "2.5"},
                                          {":3", "3"},
                                          {":five", "5.00"},
                                          {":9", "9"},
                                          {":minus4", "-4"},
                                          {":bigger", "12345678901234567891"},
                                          {":bc", "b\"bc\""},
                                          {":abc", "b\"abc\""},
                                          {":x", "b\"x\""},
                                          {":true", "true"},
                                          {":null", "null"},
                                          {":ba", "<\"b\", \"a\">"},
                                          {":n21", "<2.5, 1.0>"},
                                          {":q", "<\"q\">"},
                                          {":l3", "[3]"},
                                          {":list", "[1, \"two\", [3], <\"q\">, null]"},
                                          {":mixed", "[\"two\", 1, [3], <\"q\">, null]"},
                                          {":map", "{deep: {x: \"y\"}, k: 1}"},
                                          {":S", "\"S\""},
                                          {":N", "\"N\""},
                                          {":SS", "\"SS\""},
                                          {":L", "\"L\""},
                                          {":M", "\"M\""},
                                          {":B", "\"B\""},
                                          {":BOOL", "\"BOOL\""},
                                          {":NULL", "\"NULL\""}}) {
    placeholders.add_value(key, test::encoded_from(value));
  }
  const auto condition = bind_condition(text, "FilterExpression", placeholders);
  if (!condition.ok()) {
    ADD_FAILURE() << text << ": " << condition.error().message;
    return false;
  }
  const auto item = test::item_from(item_text);
  return storage::evaluate(*condition, item.view());
}

constexpr std::string_view kTrue[] = {
    // Equality is by type and value, sets without order, lists with, maps by key.
    "s = :hello",
    "s = t",
    "n = :five",
    "n = m",
    "yes = :true",
    "nil = :null",
    "ss = :ba",
    "ns = :n21",
    "l = l2",
    "l = :list",
    "mp = mp2",
    "mp = :map",
    "mp.deep.x <> :a",
    "s <> n",
    "n <> :hello",
    "s <> :z",
    "l <> :mixed",
    "yes <> nope",
    "e = :empty",
    "mp.k = l[0]",
    "l[3] = :q",
    // Order of S, N, B.
    "s < :z",
    "s <= :hello",
    "s >= :hell",
    "s > :hell",
    "s > :empty",
    "neg < :0",
    "neg > :minus4",
    "n < :9",
    "n >= :five",
    "big < :bigger",
    "bin < :bc",
    "bin >= :abc",
    "n BETWEEN :1 AND :9",
    "n BETWEEN :five AND :five",
    "s BETWEEN :hell AND :z",
    ":3 BETWEEN :1 AND n",
    "neg BETWEEN :minus4 AND :0",
    "n IN (:1, :five)",
    "n IN (:hello, m)",
    "l[2] IN (:l3)",
    "s IN (t)",
    "nil IN (:null)",
    "attribute_exists(nil)",
    "attribute_exists(l[4])",
    "attribute_exists(mp.deep.x)",
    "attribute_not_exists(zz)",
    "attribute_not_exists(l[5])",
    "attribute_not_exists(mp.zz)",
    "attribute_not_exists(s.k)",
    "attribute_not_exists(s[0])",
    "attribute_not_exists(mp[0])",
    "attribute_not_exists(l.k)",
    "attribute_not_exists(ss[0])",
    "attribute_type(s, :S)",
    "attribute_type(n, :N)",
    "attribute_type(ss, :SS)",
    "attribute_type(l, :L)",
    "attribute_type(mp, :M)",
    "attribute_type(bin, :B)",
    "attribute_type(yes, :BOOL)",
    "attribute_type(nil, :NULL)",
    "attribute_type(:9, :N)",
    "begins_with(s, :hell)",
    "begins_with(s, :hello)",
    "begins_with(s, :empty)",
    "begins_with(s, t)",
    "begins_with(:hello, s)",
    "begins_with(bin, :abc)",
    "contains(s, :ell)",
    "contains(s, :empty)",
    "contains(bin, :bc)",
    "contains(ss, :a)",
    "contains(ns, :h)",
    "contains(bs, :x)",
    "contains(l, :two)",
    "contains(l, :q)",
    "contains(l, :l3)",
    "contains(l, :null)",
    "contains(:hello, t)",
    "contains(:list, mp.k)",
    "size(s) = :five",
    "size(s) = n",
    "size(u) = :3",
    "size(bin) = :3",
    "size(ss) = :2",
    "size(ns) = :2",
    "size(bs) = :2",
    "size(l) = :five",
    "size(mp) = :2",
    "size(nothing) = :0",
    "size(e) = :0",
    "size(mp.deep) = :1",
    "size(:hello) = :five",
    "size(s) > size(ss)",
    "size(s) BETWEEN :1 AND :9",
    "size(s) IN (:1, :five)",
    "size(s) <> :hello",
    "size(n) <> :1",
    "contains(ns, size(mp.deep))",
    // Logic.
    "s = :hello AND n = :five AND NOT s = :z",
    "s = :z OR n = :five",
    "NOT (s = :z OR s = :a)",
    "NOT s = :z AND NOT s = :a",
    "s = :z AND s = :a OR n = m",
    // Missing on both sides.
    "zz <> yy",
    "zz <> :1",
    ":1 <> zz",
    "NOT zz = yy",
    "NOT zz < :1",
    "NOT contains(zz, :1)",
};

constexpr std::string_view kFalse[] = {
    "s = n",
    "s = :z",
    "n = :1",
    "l = :mixed",
    "yes = nope",
    "yes = nil",
    "ss = ns",
    "s <> t",
    "mp <> :map",
    "bin = :hello",
    // No order between types, nor of types without one.
    "s < n",
    "s > n",
    "n <= :hello",
    "n >= :hello",
    "yes < :1",
    "ss < :a",
    "l > :1",
    "n BETWEEN :a AND :z",
    "s BETWEEN :1 AND :9",
    "n BETWEEN :9 AND big",
    "yes BETWEEN nope AND nil",
    "l BETWEEN :1 AND :2",
    "n IN (:1, :2)",
    "n IN (:hello)",
    "zz IN (:1)",
    "n IN (zz)",
    "zz IN (yy)",
    "attribute_exists(zz)",
    "attribute_exists(l[5])",
    "attribute_exists(mp.zz)",
    "attribute_exists(s[0])",
    "attribute_exists(ss[0])",
    "attribute_not_exists(s)",
    "attribute_type(s, :N)",
    "attribute_type(zz, :S)",
    "attribute_type(ss, :L)",
    "begins_with(s, :ell)",
    "begins_with(n, :hell)",
    "begins_with(s, :abc)",
    "begins_with(s, n)",
    "begins_with(zz, :empty)",
    "begins_with(s, zz)",
    "begins_with(:hell, s)",
    "begins_with(l, :two)",
    "contains(s, :z)",
    "contains(s, :bc)",
    "contains(s, :1)",
    "contains(bin, :two)",
    "contains(bin, bs)",
    "contains(ss, :z)",
    "contains(ss, :1)",
    "contains(ss, :ba)",
    "contains(ns, :3)",
    "contains(ns, :two)",
    "contains(l, :hello)",
    "contains(mp, :1)",
    "contains(mp, :a)",
    "contains(n, :five)",
    "contains(yes, :true)",
    "contains(nil, :null)",
    "contains(zz, :1)",
    "contains(l, zz)",
    "size(n) < :9",
    "size(n) >= :0",
    "size(yes) = :1",
    "size(nil) = :0",
    "size(zz) = :0",
    "size(zz) < :1",
    "size(s) = :hello",
    "size(s) = :1",
    "size(zz) IN (:0)",
    "zz = yy",
    "zz = :1",
    ":1 = zz",
    "zz < yy",
    "zz <= yy",
    "zz > :1",
    "zz >= :1",
    "zz BETWEEN :1 AND :2",
    "n BETWEEN zz AND :9",
    "n BETWEEN :1 AND zz",
    "NOT zz <> :1",
    "s = :hello AND s = :z",
    "s = :z OR s = :a",
    "NOT s = :hello",
    "NOT s = :z AND s = :z",
};

TEST(Evaluation, TheseHold) {
  for (const auto text : kTrue) EXPECT_TRUE(holds(text, kItem)) << text;
}

TEST(Evaluation, TheseDoNot) {
  for (const auto text : kFalse) EXPECT_FALSE(holds(text, kItem)) << text;
}

TEST(Evaluation, AnAbsentItemHasNoAttributes) {
  for (const std::string_view text : {"attribute_not_exists(pk)", "pk <> :1", "pk <> sk",
                                      "NOT attribute_exists(pk)", ":1 = :1"}) {
    EXPECT_TRUE(holds(text, "")) << text;
  }
  for (const std::string_view text : {"attribute_exists(pk)", "pk = :1", "pk = sk", "pk < :1",
                                      "pk BETWEEN :1 AND :2", "size(pk) < :1"}) {
    EXPECT_FALSE(holds(text, "")) << text;
  }
}

TEST(Evaluation, StringsAreOrderedByTheirUtf8BytesAndBinariesUnsigned) {
  // U+FF61 sorts before U+1D11E, unlike in UTF-16.
  EXPECT_TRUE(holds("a < b", "{a: \"\xEF\xBD\xA1\", b: \"\xF0\x9D\x84\x9E\"}"));
  EXPECT_TRUE(holds("a < b", "{a: b\"\x7f\", b: b\"\x80\"}"));
  EXPECT_TRUE(holds("a < b", "{a: b\"\x80\", b: b\"\x80\x01\"}"));
}

TEST(Evaluation, LegacyNotContainsIsFalseOfMissingAttributes) {
  const auto lacks = [](std::string_view attribute, std::string_view value) {
    storage::Condition condition{storage::NotContains{
        storage::DocumentPath{{std::string(attribute)}}, test::encoded_from(value)}};
    return storage::evaluate(condition, test::item_from(kItem).view());
  };
  EXPECT_TRUE(lacks("ss", "\"z\""));
  EXPECT_TRUE(lacks("s", "\"z\""));
  EXPECT_FALSE(lacks("ss", "\"a\""));
  EXPECT_FALSE(lacks("zz", "\"a\""));
}

TEST(Evaluation, VisitsEveryPathInTheOrderWritten) {
  auto placeholders = test::sample_placeholders();
  const auto condition = bind_condition(
      "NOT a = b OR (c.d BETWEEN e AND f[1] AND g IN (:n, h)) OR attribute_exists(i) OR "
      "attribute_not_exists(j) OR attribute_type(k, :S) OR begins_with(l, m) OR contains(n, o) OR "
      "size(p) > :n",
      "FilterExpression", placeholders);
  ASSERT_TRUE(condition.ok()) << condition.error().message;
  std::string paths;
  storage::visit_paths(
      *condition, [&](const storage::DocumentPath& path) { paths += test::text_of(path) + " "; });
  EXPECT_EQ(paths, "a b c.d e f[1] g h i j k l m n o p ");
}

}  // namespace
}  // namespace dynolith::api
