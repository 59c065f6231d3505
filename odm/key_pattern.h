// Key attributes composed of members: "ORG#{org}", "ORDER#{date}#{number:08}", "{email:lower}".
//
//   {name}        the attribute's value as text (strings, numbers, booleans)
//   {name:08}     a number, padded with zeros to 8 digits, so that text order is numeric order;
//                 texts are not padded: "7" and "007" would be one key
//   {name:lower}  in lower (upper) case, ASCII: values that differ in case only are one key
//   {{ and }}     braces
//
// A value must not contain the literal text that follows it: "a#b" + "c" and "a" + "b#c" would be
// one key. For the same reason a member is of one type: the text "7" and the number 7 would be one.
// Numbers of a sort key need a width.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "odm/result.h"

namespace dynolith::odm {

// The text of a pattern, checked by the compiler.
class WellFormedKeyPattern {
 public:
  template <size_t N>
  consteval WellFormedKeyPattern(const char (&text)[N]) : text_(text, N - 1) {  // NOLINT
    check_braces(text_);
  }
  constexpr std::string_view text() const { return text_; }

 private:
  // Not constexpr: calling it is the compiler's error message.
  static void key_pattern_has_an_unbalanced_brace();
  static void key_pattern_has_an_empty_name();

  static consteval void check_braces(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '}') {
        if (i + 1 >= text.size() || text[i + 1] != '}') key_pattern_has_an_unbalanced_brace();
        ++i;
      } else if (text[i] == '{') {
        if (i + 1 < text.size() && text[i + 1] == '{') {
          ++i;
          continue;
        }
        const size_t begin = ++i;
        while (i < text.size() && text[i] != '}' && text[i] != '{') ++i;
        if (i >= text.size() || text[i] != '}') key_pattern_has_an_unbalanced_brace();
        if (i == begin || text[begin] == ':') key_pattern_has_an_empty_name();
      }
    }
  }

  std::string_view text_;
};

enum class LetterCase : uint8_t { kAsIs, kLower, kUpper };

struct KeyPattern {
  struct Member {
    std::string name;      // As the pattern says.
    size_t attribute = 0;  // Of Schema::attributes.
    size_t width = 0;      // 0: not padded.
    LetterCase letter_case = LetterCase::kAsIs;
    std::string following;  // The literal text behind it; of the last member perhaps empty.
  };
  std::string text;     // As it was written.
  std::string leading;  // The literal text before the first member.
  std::vector<Member> members;
};

// Errors: kBadModel.
Result<KeyPattern> parse_key_pattern(std::string_view text);

// Appends one member's text. Errors (kBadKey): the value contains what follows it, does not fit the
// width, is where it is padded no whole number or negative, or is no text.
Result<void> append_member_text(const KeyPattern::Member& member, const storage::ValueView& value,
                                std::string& out);

}  // namespace dynolith::odm
