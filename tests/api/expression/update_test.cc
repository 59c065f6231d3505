// Update text: the tree it becomes or the exact error.
#include <gtest/gtest.h>

#include "tests/api/expression/tree_text.h"

namespace dynolith::api {
namespace {

std::string bound(std::string_view text) {
  auto placeholders = test::sample_placeholders();
  return test::tree_or_error(bind_update(text, placeholders));
}
// Without "Invalid UpdateExpression: ".
std::string failure(std::string_view text) {
  constexpr std::string_view kPrefix = "Invalid UpdateExpression: ";
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
    {"SET a = :n", "(set a 5)"},
    {"set a=b, c.d[2] = :s", "(set a b) (set c.d[2] \"x\")"},
    {"SET a = a + :n", "(set a (+ a 5))"},
    {"SET a = :n - b", "(set a (- 5 b))"},
    {"SET a = (a + :n), b = (c) - (:m), c=(:n)", "(set a (+ a 5)) (set b (- c 10)) (set c 5)"},
    {"SET a = if_not_exists(a, :n)", "(set a (if-not-exists a 5))"},
    {"SET a = if_not_exists(b.c[0], :n) + :m", "(set a (+ (if-not-exists b.c[0] 5) 10))"},
    {"SET a = if_not_exists(b, if_not_exists(c, :n))",
     "(set a (if-not-exists b (if-not-exists c 5)))"},
    {"SET a = if_not_exists((b), (:n))", "(set a (if-not-exists b 5))"},
    {"SET a = list_append(a, :l)", "(set a (append a [1]))"},
    {"SET a = list_append(:l, if_not_exists(b, :l))", "(set a (append [1] (if-not-exists b [1])))"},
    {"SET a = if_not_exists(a, :n) + if_not_exists(b, :m)",
     "(set a (+ (if-not-exists a 5) (if-not-exists b 10)))"},
    {"REMOVE a", "(remove a)"},
    {"remove a.b, c[0], c[1]", "(remove a.b) (remove c[0]) (remove c[1])"},
    {"ADD a :n, b.c :ss, d[0] :bs", "(add a 5) (add b.c <\"p\", \"q\">) (add d[0] <b\"q\">)"},
    {"DELETE a :ss, b.c :ns", "(delete a <\"p\", \"q\">) (delete b.c <1, 2>)"},
    {"ADD a :n SET b = :n DELETE c :ss REMOVE d",
     "(add a 5) (set b 5) (delete c <\"p\", \"q\">) (remove d)"},
    {"SET a = :n\n  REMOVE\tb", "(set a 5) (remove b)"},
    {"SET #a.#dot = :n, x = :m", "(set a.'x.y' 5) (set x 10)"},
    {"SET #dot = :n, x.y = :n", "(set 'x.y' 5) (set x.y 5)"},
    {"SET a.b = :n, a.c = :n, d[1] = :n, d[0] = :n",
     "(set a.b 5) (set a.c 5) (set d[1] 5) (set d[0] 5)"},
    {"SET a = a", "(set a a)"},
    {"SET between1 = :n", "(set between1 5)"},
};
TEST(UpdateExpression, BuildsTheseTrees) {
  for (const auto& [text, tree] : kTrees) EXPECT_EQ(bound(text), tree) << text;
}

constexpr Case kSyntaxErrors[] = {
    {"a = :n", R"~(Syntax error; token: "a", near: "a =")~"},
    {" ", R"~(Syntax error; token: "<EOF>", near: "")~"},
    {"SET", R"~(Syntax error; token: "<EOF>", near: "SET")~"},
    {"SET _123 = :n", R"~(Syntax error; token: "_", near: "SET _123")~"},
    {"SET a", R"~(Syntax error; token: "<EOF>", near: "a")~"},
    {"SET a :n", R"~(Syntax error; token: ":n", near: "a :n")~"},
    {"SET a = = b", R"~(Syntax error; token: "=", near: "= = b")~"},
    {"SET a = :n,", R"~(Syntax error; token: "<EOF>", near: ",")~"},
    {"SET a = :n, SET b = :n", R"~(Syntax error; token: "SET", near: ", SET b")~"},
    {"SET a = :n b = :m", R"~(Syntax error; token: "b", near: ":n b =")~"},
    {"SET :n = a", R"~(Syntax error; token: ":n", near: "SET :n =")~"},
    {"SET (a) = :n", R"~(Syntax error; token: "(", near: "SET (a")~"},
    {"SET a + b = :n", R"~(Syntax error; token: "+", near: "a + b")~"},
    {"SET a = a + b + c", R"~(Syntax error; token: "+", near: "b + c")~"},
    {"SET a = (a + b) + c", R"~(Syntax error; token: "+", near: ") + c")~"},
    {"SET a = a + (b + c)", R"~(Syntax error; token: "+", near: "b + c")~"},
    {"SET a = if_not_exists(c, :n + :m)", R"~(Syntax error; token: "+", near: ":n + :m")~"},
    {"SET a = list_append()", R"~(Syntax error; token: ")", near: "()")~"},
    {"SET a = -b", R"~(Syntax error; token: "-", near: "= -b")~"},
    {"SET a = b < c", R"~(Syntax error; token: "<", near: "b < c")~"},
    {"SET a = :n AND b = :n", R"~(Syntax error; token: "AND", near: ":n AND b")~"},
    {"REMOVE a = :n", R"~(Syntax error; token: "=", near: "a = :n")~"},
    {"REMOVE size(a)", R"~(Syntax error; token: "(", near: "size(a")~"},
    {"REMOVE a[:n]", R"~(Syntax error; token: ":n", near: "[:n]")~"},
    {"ADD a", R"~(Syntax error; token: "<EOF>", near: "a")~"},
    {"ADD a b", R"~(Syntax error; token: "b", near: "a b")~"},
    {"ADD a = :n", R"~(Syntax error; token: "=", near: "a = :n")~"},
    {"DELETE a", R"~(Syntax error; token: "<EOF>", near: "a")~"},
    {"DELETE a :ss :ss", R"~(Syntax error; token: ":ss", near: ":ss :ss")~"},
    {"UPDATE a = :n", R"~(Syntax error; token: "UPDATE", near: "UPDATE a")~"},
    {"SET a = :n; REMOVE b", R"~(Syntax error; token: ";", near: ":n; REMOVE")~"},
};
TEST(UpdateExpression, TellsWhereTheSyntaxBreaks) {
  for (const auto& [text, message] : kSyntaxErrors) EXPECT_EQ(failure(text), message) << text;
}

constexpr std::string_view kOutOfPlace =
    "The function is not allowed to be used this way in an expression; function: ";
constexpr std::string_view kType =
    "Incorrect operand type for operator or function; operator or function: ";
constexpr std::string_view kSectionType =
    "Incorrect operand type for operator or function; operator: ";
constexpr std::string_view kCount =
    "Incorrect number of operands for operator or function; operator or function: ";
constexpr std::string_view kName =
    "An expression attribute name used in the document path is not defined; attribute name: ";
constexpr std::string_view kValue =
    "An expression attribute value used in expression is not defined; attribute value: ";
constexpr std::string_view kReserved = "Attribute name is a reserved keyword; reserved keyword: ";
constexpr std::string_view kRedundant = "The expression has redundant parentheses;";
constexpr std::string_view kNeedsPath =
    "Operator or function requires a document path; operator or function: ";
constexpr std::string_view kOverlap =
    "Two document paths overlap with each other; must remove or rewrite one of these paths; ";
constexpr std::string_view kConflict =
    "Two document paths conflict with each other; must remove or rewrite one of these paths; ";

struct StaticCase {
  std::string_view text, message, rest;
};
constexpr StaticCase kStaticErrors[] = {
    {"", "The expression can not be empty;", ""},
    {"SET a = ((b))", kRedundant, ""},
    {"SET a = ((b + c))", kRedundant, ""},
    {"SET name = :n", kReserved, "name"},
    {"REMOVE a.ttl", kReserved, "ttl"},
    {"SET a = Value", kReserved, "Value"},
    {"SET a = f(b)", "Invalid function name; function: ", "f"},
    {"SET a = IF_NOT_EXISTS(b, :n)", "Invalid function name; function: ", "IF_NOT_EXISTS"},
    {"SET a = size(b)", kOutOfPlace, "size"},
    {"SET a = attribute_exists(b)", kOutOfPlace, "attribute_exists"},
    {"SET a = :n + size(b)", kOutOfPlace, "size"},
    {"SET a = list_append(b, list_append(c, :l))", kOutOfPlace, "list_append"},
    {"SET a = if_not_exists(b, list_append(c, :l))", kOutOfPlace, "list_append"},
    {"SET a = :n SET b = :n", "The \"SET\" section can only be used once in an update expression;",
     ""},
    {"remove a remove b", "The \"REMOVE\" section can only be used once in an update expression;",
     ""},
    {"ADD a :n ADD b :n", "The \"ADD\" section can only be used once in an update expression;", ""},
    {"DELETE a :ss SET c = :n DELETE b :ss",
     "The \"DELETE\" section can only be used once in an update expression;", ""},
    {"SET #x = :n", kName, "#x"},
    {"SET a = if_not_exists(#x, :n)", kName, "#x"},
    {"SET a = :x", kValue, ":x"},
    {"ADD a :x", kValue, ":x"},
    {"SET a = if_not_exists(:x, :n)", kValue, ":x"},
    {"SET a = :n, a = :m", kOverlap, "path one: [a], path two: [a]"},
    {"SET a.b = :n, a = :m", kOverlap, "path one: [a, b], path two: [a]"},
    {"SET a = :n REMOVE a.b", kOverlap, "path one: [a], path two: [a, b]"},
    {"SET #a.b[1] = :n REMOVE a.b[1].c", kOverlap,
     "path one: [a, b, [1]], path two: [a, b, [1], c]"},
    {"ADD a :ss DELETE a :ss", kOverlap, "path one: [a], path two: [a]"},
    {"SET c = :n, b = :n REMOVE a, b", kOverlap, "path one: [b], path two: [b]"},
    {"SET a.b = :n, a[0] = :n", kConflict, "path one: [a, b], path two: [a, [0]]"},
    {"SET a[1].b = :n, a[1][0] = :n", kConflict, "path one: [a, [1], b], path two: [a, [1], [0]]"},
    {"SET a = b + :s", kType, "+, operand type: S"},
    {"SET a = :l - b", kType, "-, operand type: L"},
    {"SET a = if_not_exists(b, :s) + :n", kType, "+, operand type: S"},
    {"SET a = list_append(b, :l) + :n", kType, "+, operand type: L"},
    {"SET a = list_append(b, :s)", kType, "list_append, operand type: S"},
    {"SET a = list_append(:ss, b)", kType, "list_append, operand type: SS"},
    {"SET a = list_append(b, if_not_exists(c, :n))", kType, "list_append, operand type: N"},
    {"ADD a :s", kSectionType, "ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {"ADD a :b", kSectionType, "ADD, operand type: BINARY, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {"ADD a :null", kSectionType, "ADD, operand type: NULL, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {"ADD a :bool", kSectionType, "ADD, operand type: BOOLEAN, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {"ADD a :l", kSectionType, "ADD, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {"ADD a :map", kSectionType, "ADD, operand type: MAP, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {"DELETE a :n", kSectionType,
     "DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
    {"DELETE a :s", kSectionType,
     "DELETE, operand type: STRING, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
    {"SET a = if_not_exists(b)", kCount, "if_not_exists, number of operands: 1"},
    {"SET a = list_append(b, c, :l)", kCount, "list_append, number of operands: 3"},
    {"SET a = if_not_exists(:n, :n)", kNeedsPath, "if_not_exists"},
    {"SET a = if_not_exists(if_not_exists(b, :n), :n)", kNeedsPath, "if_not_exists"},
};
TEST(UpdateExpression, RefusesWhatNoItemCouldTake) {
  for (const auto& [text, message, rest] : kStaticErrors) {
    EXPECT_EQ(failure(text), std::string(message) + std::string(rest)) << text;
  }
}

// Each text has two errors, the first of which is reported.
constexpr StaticCase kOrder[] = {
    {"SET a = ((b)) SET", R"~(Syntax error; token: "<EOF>", near: "SET")~", ""},
    {"SET a = f(((b)))", kRedundant, ""},
    {"SET a = f(name)", kReserved, "name"},
    {"SET a = f(b) SET c = :n", "Invalid function name; function: ", "f"},
    {"SET a = #x SET b = :n", "The \"SET\" section can only be used once in an update expression;",
     ""},
    {"SET a = :x, #x = :n", kName, "#x"},
    {"SET a = :n, a = :x", kValue, ":x"},
    {"SET a = :s + :n, b = :n, b = :m", kOverlap, "path one: [b], path two: [b]"},
    {"SET a[0] = :n, a.b = :n, c = :n, c = :m", kOverlap, "path one: [c], path two: [c]"},
    {"SET a = if_not_exists(b) ADD c :s", kSectionType,
     "ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
};
TEST(UpdateExpression, ReportsErrorsInTheServicesOrder) {
  for (const auto& [text, message, rest] : kOrder) {
    EXPECT_EQ(failure(text), std::string(message) + std::string(rest)) << text;
  }
}

TEST(UpdateExpression, IsAtMost4096BytesLongAndDoesNotSayHowLong) {
  const std::string text = "SET a = :n";
  EXPECT_EQ(bound(text + std::string(4096 - text.size(), ' ')), "(set a 5)");
  EXPECT_EQ(failure(text + std::string(4097 - text.size(), ' ')),
            "Expression size has exceeded the maximum allowed size;");
}

TEST(UpdateExpression, HasAtMost300Operators) {
  const auto sums = [](size_t count) {
    std::string text = "SET ";
    for (size_t i = 0; i < count; ++i) {
      text += (i > 0 ? "," : "") + std::string("a") + std::to_string(i) + "=b+c";
    }
    return text;
  };
  EXPECT_TRUE(bound(sums(300)).starts_with("(set a0 (+ b c))"));
  EXPECT_EQ(failure(sums(301)), "The expression contains too many operators; operator count: 301");
}

TEST(UpdateExpression, LimitsPathsAndIndexes) {
  EXPECT_EQ(bound("REMOVE a" + repeated(".b", 31)), "(remove a" + repeated(".b", 31) + ")");
  EXPECT_EQ(failure("REMOVE a" + repeated(".b", 32)),
            "The document path has too many nesting levels; nesting levels: 33");
  EXPECT_EQ(failure("REMOVE a[4294967296]"),
            "List index is not within the allowable range; index: [4294967296]");
}

TEST(UpdateExpression, SurvivesAnyNestingThatFits) {
  EXPECT_EQ(failure("SET a=" + repeated("(", 2000) + "b" + repeated(")", 2000)), kRedundant);
  EXPECT_EQ(failure("SET a=" + repeated("f(", 1300) + "b" + repeated(")", 1300)),
            "Invalid function name; function: f");
  EXPECT_EQ(failure("SET a=" + repeated("(", 4090)),
            R"~(Syntax error; token: "<EOF>", near: "(")~");
  const std::string text = "SET a=" + repeated("if_not_exists(b,", 220) + ":n" + repeated(")", 220);
  EXPECT_EQ(bound(text),
            "(set a " + repeated("(if-not-exists b ", 220) + "5" + repeated(")", 220) + ")");
}

}  // namespace
}  // namespace dynolith::api
