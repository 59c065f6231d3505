#include "storage/value/document_path.h"

#include <gtest/gtest.h>

namespace dynolith::storage {
namespace {

constexpr uint32_t kFirst = 0;

struct PairCase {
  DocumentPath a, b;
  bool overlap, conflict;
};

TEST(DocumentPath, PrintsAsTheServiceDoes) {
  EXPECT_EQ((DocumentPath{{"a"}}).to_text(), "[a]");
  EXPECT_EQ((DocumentPath{{"a", "b", kFirst}}).to_text(), "[a, b, [0]]");
  EXPECT_EQ((DocumentPath{{"a.b", 12u, "c"}}).to_text(), "[a.b, [12], c]");
}

TEST(DocumentPath, KnowsItsFirstStep) {
  EXPECT_TRUE((DocumentPath{{"a"}}).is_top_level());
  EXPECT_FALSE((DocumentPath{{"a", "b"}}).is_top_level());
  EXPECT_EQ((DocumentPath{{"a", "b"}}).attribute(), "a");
}

TEST(DocumentPath, HasStepsThatSortNamesBeforeIndexes) {
  const PathStep ascending[] = {"a", "b", "b.c", 0u, 2u, 10u};
  for (size_t i = 0; i < std::size(ascending); ++i)
    for (size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(ascending[i] < ascending[j], i < j);
      EXPECT_EQ(ascending[i] == ascending[j], i == j);
    }
  EXPECT_EQ(PathStep("a").name_if() == nullptr, PathStep(0u).name_if() != nullptr);
}

TEST(DocumentPath, OverlapsAndConflictsInTheseCases) {
  const PairCase cases[] = {
      {{{"a"}}, {{"a"}}, true, false},
      {{{"a"}}, {{"b"}}, false, false},
      {{{"a"}}, {{"a", "b"}}, true, false},
      {{{"a"}}, {{"a", 3u}}, true, false},
      {{{"a", "b"}}, {{"a", "c"}}, false, false},
      {{{"a", 0u}}, {{"a", 1u}}, false, false},
      {{{"a", "b"}}, {{"a", 1u}}, false, true},
      {{{"a", "b", "c"}}, {{"a", 1u, "c"}}, false, true},
      {{{"a", "b", "c"}}, {{"a", "b", 0u}}, false, true},
      {{{"a", "x", "c"}}, {{"a", "y", 0u}}, false, false},
      {{{"a.b"}}, {{"a", "b"}}, false, false},
      {{{"a", "b"}}, {{"a", "b", 0u, "c"}}, true, false},
  };
  for (const PairCase& c : cases) {
    EXPECT_EQ(paths_overlap(c.a, c.b), c.overlap) << c.a.to_text() << c.b.to_text();
    EXPECT_EQ(paths_overlap(c.b, c.a), c.overlap) << c.a.to_text() << c.b.to_text();
    EXPECT_EQ(paths_conflict(c.a, c.b), c.conflict) << c.a.to_text() << c.b.to_text();
    EXPECT_EQ(paths_conflict(c.b, c.a), c.conflict) << c.a.to_text() << c.b.to_text();
  }
}

}  // namespace
}  // namespace dynolith::storage
