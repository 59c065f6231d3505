#include "api/expression/reserved_words.h"

#include <gtest/gtest.h>

namespace dynolith::api {
namespace {

TEST(ReservedWords, AreReservedInAnyCase) {
  for (const std::string_view word :
       {"ABORT", "abort", "Zone", "size", "NAME", "ttl", "by", "TO", "authorization",
        "SQLEXCEPTION", "LOCALTIMESTAMP", "inNter", "flattern", "loged", "uuid"}) {
    EXPECT_TRUE(is_reserved_word(word)) << word;
  }
}

TEST(ReservedWords, OtherNamesAreNot) {
  for (const std::string_view word : {"", "a", "pk", "sk", "id", "zone1", "abor", "aborts",
                                      "if_not_exists", "begins_with", "localtimestamps", "sizes"}) {
    EXPECT_FALSE(is_reserved_word(word)) << word;
  }
  EXPECT_FALSE(is_reserved_word(std::string(1000, 'A')));
}

}  // namespace
}  // namespace dynolith::api
