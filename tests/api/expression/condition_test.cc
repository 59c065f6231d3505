// Condition text: the tree it becomes or the exact error.
#include <gtest/gtest.h>

#include "tests/api/expression/tree_text.h"

namespace dynolith::api {
namespace {

std::string bound(std::string_view text) {
  auto placeholders = test::sample_placeholders();
  return test::tree_or_error(bind_condition(text, "ConditionExpression", placeholders));
}
// Without "Invalid ConditionExpression: ".
std::string failure(std::string_view text) {
  constexpr std::string_view kPrefix = "Invalid ConditionExpression: ";
  const std::string message = bound(text);
  return message.starts_with(kPrefix) ? message.substr(kPrefix.size()) : "NO ERROR: " + message;
}
std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

struct Case {
  std::string_view text, outcome;
};

constexpr Case kTrees[] = {
    {"a = :s", "(= a \"x\")"},
    {"a<>:n", "(<> a 5)"},
    {"a < :n", "(< a 5)"},
    {"a <= :n", "(<= a 5)"},
    {"a > :n", "(> a 5)"},
    {":n >= a", "(>= 5 a)"},
    {":n = :m", "(= 5 10)"},
    {"a = b", "(= a b)"},
    {"a BETWEEN :n AND :m", "(between a 5 10)"},
    {"a between :n and :n", "(between a 5 5)"},
    {":n BETWEEN a AND b", "(between 5 a b)"},
    {"a IN (:n)", "(in a 5)"},
    {"a in(:n, b ,:s)", "(in a 5 b \"x\")"},
    {"attribute_exists(a)", "(exists a)"},
    {"attribute_not_exists ( a.b[3].c )", "(not-exists a.b[3].c)"},
    {"attribute_type(a, :S)", "(type a S)"},
    {"attribute_type(:n, :S)", "(type 5 S)"},
    {"begins_with(a, :s)", "(begins-with a \"x\")"},
    {"begins_with(:b, a)", "(begins-with b\"q\" a)"},
    {"begins_with(a, b)", "(begins-with a b)"},
    {"contains(a, :n)", "(contains a 5)"},
    {"contains(:ss, a)", "(contains <\"p\", \"q\"> a)"},
    {"contains(a, size(b))", "(contains a (size b))"},
    {"size(a) > :n", "(> (size a) 5)"},
    {"size(:s) = size(a[0])", "(= (size \"x\") (size a[0]))"},
    {"size(a) BETWEEN :n AND :m", "(between (size a) 5 10)"},
    {"size(a) IN (:n, :m)", "(in (size a) 5 10)"},
    // Precedence: NOT, then AND, then OR; chains are one node.
    {"a = :n OR b = :n AND NOT a = :m", "(or (= a 5) (and (= b 5) (not (= a 10))))"},
    {"a = :n AND b = :n OR a = :m", "(or (and (= a 5) (= b 5)) (= a 10))"},
    {"a = :n AND b = :n AND a < :m", "(and (= a 5) (= b 5) (< a 10))"},
    {"a = :n OR b = :n OR a < :m", "(or (= a 5) (= b 5) (< a 10))"},
    {"a = :n AND (b = :n OR a < :m)", "(and (= a 5) (or (= b 5) (< a 10)))"},
    {"NOT a = :n AND b = :n", "(and (not (= a 5)) (= b 5))"},
    {"NOT (a = :n AND b = :n)", "(not (and (= a 5) (= b 5)))"},
    {"NOT NOT attribute_exists(a)", "(not (not (exists a)))"},
    {"a BETWEEN :n AND :m AND b = :n", "(and (between a 5 10) (= b 5))"},
    {"a = :n OR b IN (:n) AND a = :m OR b = :m", "(or (= a 5) (and (in b 5) (= a 10)) (= b 10))"},
    {"(a = :n AND b = :n) AND a = :m", "(and (and (= a 5) (= b 5)) (= a 10))"},
    // One pair of parentheses fits around anything.
    {"(a = :n)", "(= a 5)"},
    {"(a) = (:n)", "(= a 5)"},
    {"((a) = :n)", "(= a 5)"},
    {"((a = :n) AND b = :n)", "(and (= a 5) (= b 5))"},
    {"(size(a)) > (:n)", "(> (size a) 5)"},
    {"attribute_exists((a))", "(exists a)"},
    {"a BETWEEN (:n) AND (:m)", "(between a 5 10)"},
    {"(a) IN ((:n))", "(in a 5)"},
    {"(attribute_exists(a))", "(exists a)"},
    // Names and white space.
    {"#a = :n", "(= a 5)"},
    {"a.#dot[0].#b = :n", "(= a.'x.y'[0].b 5)"},
    {"#size = :n AND size(#size) = :n", "(and (= size 5) (= (size size) 5))"},
    {"#_ = :_ AND #1 = :1a", "(and (= under 7) (= one 8))"},
    {"a_1.b2 = :n", "(= a_1.b2 5)"},
    {"\ta\r\n=\n:n ", "(= a 5)"},
    {"a [ 007 ] . b = :n", "(= a[7].b 5)"},
    {"Andy = :n", "(= Andy 5)"},
};
TEST(ConditionExpression, BuildsTheseTrees) {
  for (const auto& [text, tree] : kTrees) EXPECT_EQ(bound(text), tree) << text;
}

constexpr Case kSyntaxErrors[] = {
    {"a = = b", R"~(Syntax error; token: "=", near: "= = b")~"},
    {"attribute_exists(", R"~(Syntax error; token: "<EOF>", near: "(")~"},
    {"FOO a = :n", R"~(Syntax error; token: "a", near: "FOO a =")~"},
    {"= a", R"~(Syntax error; token: "=", near: "= a")~"},
    {"a", R"~(Syntax error; token: "<EOF>", near: "a")~"},
    {":n", R"~(Syntax error; token: "<EOF>", near: ":n")~"},
    {"NOT a", R"~(Syntax error; token: "<EOF>", near: "a")~"},
    {"a AND :n", R"~(Syntax error; token: "AND", near: "a AND :n")~"},
    {"a = :n AND :m", R"~(Syntax error; token: "<EOF>", near: ":m")~"},
    {"a = :n b", R"~(Syntax error; token: "b", near: ":n b")~"},
    {"a = :n = :m", R"~(Syntax error; token: "=", near: ":n = :m")~"},
    {"a = :n )", R"~(Syntax error; token: ")", near: ":n )")~"},
    {"(a = :n", R"~(Syntax error; token: "<EOF>", near: ":n")~"},
    {"(a, b) = :n", R"~(Syntax error; token: ",", near: "a, b")~"},
    {"()", R"~(Syntax error; token: ")", near: "()")~"},
    {"size() = :n", R"~(Syntax error; token: ")", near: "() =")~"},
    {"a IN ()", R"~(Syntax error; token: ")", near: "()")~"},
    {"a IN :n", R"~(Syntax error; token: ":n", near: "IN :n")~"},
    {"a IN (:n,)", R"~(Syntax error; token: ")", near: ",)")~"},
    {"a BETWEEN :n", R"~(Syntax error; token: "<EOF>", near: ":n")~"},
    {"a BETWEEN :n, :m", R"~(Syntax error; token: ",", near: ":n, :m")~"},
    {"a BETWEEN :n OR :m", R"~(Syntax error; token: "OR", near: ":n OR :m")~"},
    {"a BETWEEN (:n AND :m)", R"~(Syntax error; token: "AND", near: ":n AND :m")~"},
    {"a = (b = :n)", R"~(Syntax error; token: "=", near: "b = :n")~"},
    {"a = NOT b", R"~(Syntax error; token: "NOT", near: "= NOT b")~"},
    {"AND a = :n", R"~(Syntax error; token: "AND", near: "AND a")~"},
    {"a = :n OR", R"~(Syntax error; token: "<EOF>", near: "OR")~"},
    {"(a = :n) = :m", R"~(Syntax error; token: "=", near: ") = :m")~"},
    {"a = :n + :m", R"~(Syntax error; token: "+", near: ":n + :m")~"},
    {"a-b = :n", R"~(Syntax error; token: "-", near: "a-b")~"},
    {"a. = :n", R"~(Syntax error; token: "=", near: ". = :n")~"},
    {"a.1 = :n", R"~(Syntax error; token: "1", near: ".1 =")~"},
    {"a[:n] = :n", R"~(Syntax error; token: ":n", near: "[:n]")~"},
    {"a[#a] = :n", R"~(Syntax error; token: "#a", near: "[#a]")~"},
    {"a[-1] = :n", R"~(Syntax error; token: "-", near: "[-1")~"},
    {"a[] = :n", R"~(Syntax error; token: "]", near: "[] =")~"},
    {"a[0 = :n", R"~(Syntax error; token: "=", near: "0 = :n")~"},
    {":n.a = :m", R"~(Syntax error; token: ".", near: ":n.a")~"},
    {"#a(b)", R"~(Syntax error; token: "(", near: "#a(b")~"},
    {"a = 5", R"~(Syntax error; token: "5", near: "= 5")~"},
    {"1a = :n", R"~(Syntax error; token: "1", near: "1a")~"},
    {"_a = :n", R"~(Syntax error; token: "_", near: "_a")~"},
    {"_123 = :n", R"~(Syntax error; token: "_", near: "_123")~"},
    {"_f(a)", R"~(Syntax error; token: "_", near: "_f")~"},
    {"# = :n", R"~(Syntax error; token: "#", near: "# =")~"},
    {"a = :", R"~(Syntax error; token: ":", near: "= :")~"},
    {"a != :n", R"~(Syntax error; token: "!", near: "a !=")~"},
    {"a = \"b\"", "Syntax error; token: \"\"\", near: \"= \"b\""},
    {"$a = :n", R"~(Syntax error; token: "$", near: "$a")~"},
    {"a @ b", R"~(Syntax error; token: "@", near: "a @ b")~"},
    {"é = :n", R"~(Syntax error; token: "é", near: "é =")~"},
    {"a = :n;", R"~(Syntax error; token: ";", near: ":n;")~"},
    {" \t\n", R"~(Syntax error; token: "<EOF>", near: "")~"},
};
TEST(ConditionExpression, TellsWhereTheSyntaxBreaks) {
  for (const auto& [text, message] : kSyntaxErrors) EXPECT_EQ(failure(text), message) << text;
}

constexpr std::string_view kOutOfPlace =
    "The function is not allowed to be used this way in an expression; function: ";
constexpr std::string_view kType =
    "Incorrect operand type for operator or function; operator or function: ";
constexpr std::string_view kCount =
    "Incorrect number of operands for operator or function; operator or function: ";
constexpr std::string_view kDistinct =
    "The first operand must be distinct from the remaining operands for this operator or function; "
    "operator: ";
constexpr std::string_view kName =
    "An expression attribute name used in the document path is not defined; attribute name: ";
constexpr std::string_view kValue =
    "An expression attribute value used in expression is not defined; attribute value: ";
constexpr std::string_view kReserved = "Attribute name is a reserved keyword; reserved keyword: ";
constexpr std::string_view kRedundant = "The expression has redundant parentheses;";
constexpr std::string_view kNeedsPath =
    "Operator or function requires a document path; operator or function: ";

struct StaticCase {
  std::string_view text, message, rest;
};
constexpr StaticCase kStaticErrors[] = {
    {"", "The expression can not be empty;", ""},
    {"((a = :n))", kRedundant, ""},
    {"a = ((:n))", kRedundant, ""},
    {"(((a)) = :n)", kRedundant, ""},
    {"foo(a)", "Invalid function name; function: ", "foo"},
    {"Size(a) = :n", "Invalid function name; function: ", "Size"},
    {"ATTRIBUTE_EXISTS(a)", "Invalid function name; function: ", "ATTRIBUTE_EXISTS"},
    {"a = list(b)", "Invalid function name; function: ", "list"},
    {"size(a)", kOutOfPlace, "size"},
    {"NOT size(a)", kOutOfPlace, "size"},
    {"a = :n AND size(a)", kOutOfPlace, "size"},
    {"attribute_exists(a) < :n", kOutOfPlace, "attribute_exists"},
    {"a = contains(a, :n)", kOutOfPlace, "contains"},
    {"contains(attribute_exists(a), :n)", kOutOfPlace, "attribute_exists"},
    {"if_not_exists(a, :n)", kOutOfPlace, "if_not_exists"},
    {"a = if_not_exists(b, :n)", kOutOfPlace, "if_not_exists"},
    {"a = list_append(b, :l)", kOutOfPlace, "list_append"},
    {"name = :n", kReserved, "name"},
    {"a.Size = :n", kReserved, "Size"},
    {"a.and = :n", kReserved, "and"},
    {"contains(a[0].TTL, :n)", kReserved, "TTL"},
    {"#x = :n", kName, "#x"},
    {"a.#x = :n", kName, "#x"},
    {"a = :x", kValue, ":x"},
    {"a IN (:n, :x)", kValue, ":x"},
    {"size(:x) = :n", kValue, ":x"},
    {"begins_with(a)", kCount, "begins_with, number of operands: 1"},
    {"begins_with(a, :s, :s)", kCount, "begins_with, number of operands: 3"},
    {"contains(a)", kCount, "contains, number of operands: 1"},
    {"attribute_exists(a, b)", kCount, "attribute_exists, number of operands: 2"},
    {"attribute_not_exists(a, b)", kCount, "attribute_not_exists, number of operands: 2"},
    {"attribute_type(a)", kCount, "attribute_type, number of operands: 1"},
    {"size(a, b) = :n", kCount, "size, number of operands: 2"},
    {"a = a", kDistinct, "=, first operand: [a]"},
    {"a.b[1] <> a.b[1]", kDistinct, "<>, first operand: [a, b, [1]]"},
    {"#a = a", kDistinct, "=, first operand: [a]"},
    {"a BETWEEN :n AND a", kDistinct, "BETWEEN, first operand: [a]"},
    {"a in (:n, a)", kDistinct, "IN, first operand: [a]"},
    {"begins_with(a, a)", kDistinct, "begins_with, first operand: [a]"},
    {"contains(a, a)", kDistinct, "contains, first operand: [a]"},
    {"attribute_exists(:n)", kNeedsPath, "attribute_exists"},
    {"attribute_not_exists(size(a))", kNeedsPath, "attribute_not_exists"},
    {"begins_with(a, :n)", kType, "begins_with, operand type: N"},
    {"begins_with(:bool, a)", kType, "begins_with, operand type: BOOL"},
    {"begins_with(a, :ss)", kType, "begins_with, operand type: SS"},
    {"begins_with(size(a), :s)", kType, "begins_with, operand type: N"},
    {"a < :bool", kType, "<, operand type: BOOL"},
    {"a <= :null", kType, "<=, operand type: NULL"},
    {":l > a", kType, ">, operand type: L"},
    {"a >= :map", kType, ">=, operand type: M"},
    {"a between :ns and :n", kType, "BETWEEN, operand type: NS"},
    {":bs BETWEEN a AND b", kType, "BETWEEN, operand type: BS"},
    {"size(:n) = :n", kType, "size, operand type: N"},
    {"size(:bool) = :n", kType, "size, operand type: BOOL"},
    {"size(:null) = :n", kType, "size, operand type: NULL"},
    {"size(size(a)) = :n", kType, "size, operand type: N"},
    {"attribute_type(a, :n)", kType, "attribute_type, operand type: N"},
    {"attribute_type(a, :s)",
     "Invalid attribute type name found; type: x, valid types: ", "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
    {"a BETWEEN :s AND :n",
     "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
     "operand: ",
     "AttributeValue: {S:x}, upper bound operand: AttributeValue: {N:5}"},
    {"a BETWEEN :m AND :n",
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ",
     "lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:5}"},
    {"a BETWEEN :c AND :b",
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ",
     "lower bound operand: AttributeValue: {B:cg==}, upper bound operand: AttributeValue: "
     "{B:cQ==}"},
};
TEST(ConditionExpression, RefusesWhatNoItemCouldSatisfy) {
  for (const auto& [text, message, rest] : kStaticErrors) {
    EXPECT_EQ(failure(text), std::string(message) + std::string(rest)) << text;
  }
  EXPECT_TRUE(failure("attribute_type(a, b)").starts_with(kType));
}

// Each text has two errors, the first of which is reported.
constexpr StaticCase kOrder[] = {
    {"((a)) = ", R"~(Syntax error; token: "<EOF>", near: "=")~", ""},
    {"foo(((a)))", kRedundant, ""},
    {"name = :n AND foo(a)", "Invalid function name; function: ", "foo"},
    {"size(a) AND foo(a)", "Invalid function name; function: ", "foo"},
    {"name = :n AND size(a)", kOutOfPlace, "size"},
    {"#x = :n AND name = :n", kReserved, "name"},
    {"a[9999999999] = :n AND name = :n", kReserved, "name"},
    {"begins_with(:x)", kValue, ":x"},
    {"#x = :x", kName, "#x"},
    {":x = #x", kValue, ":x"},
    {"a = a AND #x = :n", kDistinct, "=, first operand: [a]"},
    {"begins_with(a) AND #x = :n", kCount, "begins_with, number of operands: 1"},
    {"a BETWEEN a AND :bool", kDistinct, "BETWEEN, first operand: [a]"},
    {"a BETWEEN :l AND :x", kValue, ":x"},
};
TEST(ConditionExpression, ReportsErrorsInTheServicesOrder) {
  for (const auto& [text, message, rest] : kOrder) {
    EXPECT_EQ(failure(text), std::string(message) + std::string(rest)) << text;
  }
}

TEST(ConditionExpression, ErrorsBelongToTheRequestAndNameTheParameter) {
  Placeholders none;
  const auto failed = bind_condition("", "FilterExpression", none);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message, "Invalid FilterExpression: The expression can not be empty;");
  EXPECT_EQ(failed.error().code, storage::ErrorCode::kValidation);
  EXPECT_EQ(failed.error().scope, storage::ErrorScope::kRequest);
}

TEST(ConditionExpression, IsAtMost4096BytesLong) {
  const std::string text = "a = :n";
  EXPECT_EQ(bound(text + std::string(4096 - text.size(), ' ')), "(= a 5)");
  const std::string message =
      "Expression size has exceeded the maximum allowed size; expression size: 4097";
  EXPECT_EQ(failure(text + std::string(4097 - text.size(), ' ')), message);
  EXPECT_EQ(failure(std::string(4097, '(')), message);  // Before it is parsed.
}

TEST(ConditionExpression, HasAtMost300Operators) {
  // n comparisons and n - 1 ANDs.
  const auto conjunction = [](size_t n) { return "a=:n" + repeated(" AND b=:n", n - 1); };
  const std::string message = "The expression contains too many operators; operator count: 301";
  EXPECT_TRUE(bound("NOT " + conjunction(150)).starts_with("(and (not"));  // 150 + 149 + 1.
  EXPECT_EQ(failure(conjunction(151)), message);
  EXPECT_EQ(failure(conjunction(455)), message);  // Stops at the first too many of 909.
  // Parentheses do not count.
  EXPECT_TRUE(bound(repeated("(a=:n AND ", 149) + "a=:n" + repeated(")", 149)).starts_with("(and"));
  EXPECT_EQ(failure(repeated("NOT ", 300) + "a=:n"), message);
  EXPECT_TRUE(bound(repeated("NOT ", 299) + "a=:n").starts_with("(not"));
  // A chain of IN, BETWEEN, functions and OR counts alike: 75 x (IN + OR) + 75 x (size, = , OR)
  // - 1.
  const std::string mixed =
      "a IN (:n)" + repeated(" OR a BETWEEN :n AND :n", 74) + repeated(" OR size(a)=:n", 50);
  EXPECT_TRUE(bound(mixed).starts_with("(or"));           // 1 + 74 x 2 + 50 x 3 = 299.
  EXPECT_TRUE(bound("NOT " + mixed).starts_with("(or"));  // 300.
  EXPECT_EQ(failure("NOT NOT " + mixed), message);        // 301.
}

TEST(ConditionExpression, GivesInAtMost100Values) {
  EXPECT_TRUE(bound("a IN (:n" + repeated(", :n", 99) + ")").starts_with("(in a 5"));
  EXPECT_EQ(failure("a IN (:n" + repeated(", :n", 100) + ")"),
            "The IN operator is provided with too many operands; number of operands: 101");
}

TEST(ConditionExpression, LimitsPathsAndIndexes) {
  EXPECT_EQ(bound("a" + repeated(".b", 31) + " = :n"), "(= a" + repeated(".b", 31) + " 5)");
  EXPECT_EQ(failure("a" + repeated(".b", 32) + " = :n"),
            "The document path has too many nesting levels; nesting levels: 33");
  EXPECT_EQ(failure("a" + repeated("[0]", 32) + " = :n"),
            "The document path has too many nesting levels; nesting levels: 33");
  EXPECT_EQ(bound("a[2147483647] = :n"), "(= a[2147483647] 5)");
  EXPECT_EQ(failure("a[2147483648] = :n"),
            "List index is not within the allowable range; index: [2147483648]");
  EXPECT_EQ(failure("a[99999999999999] = :n"),
            "List index is not within the allowable range; index: [99999999999999]");
}

TEST(ConditionExpression, SurvivesAnyNestingThatFits) {
  const std::string open_end = R"~(Syntax error; token: "<EOF>", near: "(")~";
  const std::string too_many = "The expression contains too many operators; operator count: 301";
  EXPECT_EQ(failure(repeated("(", 2046) + "a=:n" + repeated(")", 2046)), kRedundant);
  EXPECT_EQ(failure(repeated("(", 2046) + "a" + repeated(")", 2046)),
            R"~(Syntax error; token: "<EOF>", near: ")")~");
  EXPECT_EQ(failure(repeated("f(", 1355) + "a" + repeated(")", 1355)),
            "Invalid function name; function: f");
  EXPECT_EQ(failure(repeated("(", 4096)), open_end);
  EXPECT_EQ(failure(repeated("f(", 2048)), open_end);
  EXPECT_EQ(failure(repeated("NOT(", 1000)), open_end);
  EXPECT_EQ(failure(repeated("NOT ", 1022) + "a=:n"), too_many);
  EXPECT_EQ(failure("a=:n" + repeated(" OR a=:n", 500)), too_many);
  EXPECT_EQ(failure(repeated("(a=:n OR ", 370) + "a=:n" + repeated(")", 370)), too_many);
  EXPECT_EQ(failure(repeated("a IN (", 600)), R"~(Syntax error; token: "IN", near: "a IN (")~");
  // The deepest that is legal: every operator inside the one before.
  const std::string deepest = repeated("NOT(", 299) + "a=:n" + repeated(")", 299);
  EXPECT_EQ(bound(deepest), repeated("(not ", 299) + "(= a 5)" + repeated(")", 299));
}

}  // namespace
}  // namespace dynolith::api
