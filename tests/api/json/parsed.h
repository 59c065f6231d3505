// A JSON object from text, for tests of what reads requests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "api/json/reader.h"

namespace dynolith::test {

// Keeps the parsed object alive. Fails the test if the text is not a JSON object.
class Parsed {
 public:
  explicit Parsed(std::string_view text) : text_(text) {
    auto result = parser_.parse(text_);
    EXPECT_TRUE(result.ok()) << text_;
    if (result) object_ = *result;
  }
  const api::JsonObject& operator*() const { return object_; }
  const api::JsonObject* operator->() const { return &object_; }
  api::JsonValue operator[](std::string_view name) const { return object_[name].value(); }

 private:
  std::string text_;
  api::JsonParser parser_;
  api::JsonObject object_;
};

}  // namespace dynolith::test
