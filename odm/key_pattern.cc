#include "odm/key_pattern.h"

#include <algorithm>
#include <charconv>

#include "storage/encoding/item_view.h"

namespace dynolith::odm {
namespace {

using storage::AttributeType;

constexpr size_t kWidthMax = 38;

Error bad_pattern(std::string_view text, std::string_view why) {
  return make_error(ErrorCode::kBadModel,
                    "key pattern \"" + std::string(text) + "\": " + std::string(why));
}

// "name", "name:08", "name:lower".
Result<KeyPattern::Member> parse_member(std::string_view inner, std::string_view text) {
  KeyPattern::Member member;
  const size_t colon = inner.rfind(':');
  member.name = inner.substr(0, colon);
  if (member.name.empty()) return bad_pattern(text, "a name is empty");
  if (colon == std::string_view::npos) return member;
  const std::string_view format = inner.substr(colon + 1);
  if (format == "lower") {
    member.letter_case = LetterCase::kLower;
  } else if (format == "upper") {
    member.letter_case = LetterCase::kUpper;
  } else if (format.size() > 1 && format[0] == '0') {
    const auto [end, error] =
        std::from_chars(format.data() + 1, format.data() + format.size(), member.width);
    if (error != std::errc() || end != format.data() + format.size() || member.width == 0 ||
        member.width > kWidthMax)
      return bad_pattern(text, "a width is 01 to 038");
  } else {
    return bad_pattern(text, "after ':' stands lower, upper or a width like 08");
  }
  return member;
}

Error bad_value(const KeyPattern::Member& member, std::string_view why) {
  Error error = make_error(ErrorCode::kBadKey,
                           "a key cannot be made: " + member.name + " " + std::string(why));
  error.problems.push_back({member.name, std::string(why)});
  return error;
}

Result<void> append_padded(const KeyPattern::Member& member, std::string_view digits,
                           std::string& out) {
  const bool whole =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!whole) return bad_value(member, "must be a whole number that is not negative");
  if (digits.size() > member.width)
    return bad_value(member, "has more than " + std::to_string(member.width) + " digits");
  out.append(member.width - digits.size(), '0').append(digits);
  return {};
}

char change_case(char c, LetterCase letter_case) {
  if (letter_case == LetterCase::kLower && c >= 'A' && c <= 'Z') return static_cast<char>(c + 32);
  if (letter_case == LetterCase::kUpper && c >= 'a' && c <= 'z') return static_cast<char>(c - 32);
  return c;
}

// Whether the literal behind a text is found earlier than where the text ends: "x:" before "::" is
// "x" before ":::".
bool runs_into(std::string_view text, std::string_view following) {
  for (size_t k = 1; k < following.size(); ++k)
    if (text.ends_with(following.substr(0, k)) && following.starts_with(following.substr(k)))
      return true;
  return false;
}

}  // namespace

Result<KeyPattern> parse_key_pattern(std::string_view text) {
  KeyPattern pattern;
  pattern.text = text;
  std::string* literal = &pattern.leading;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool doubled = i + 1 < text.size() && text[i + 1] == c;
    if ((c == '{' || c == '}') && doubled) {
      literal->push_back(c);
      ++i;
    } else if (c == '}') {
      return bad_pattern(text, "a brace is unbalanced");
    } else if (c == '{') {
      const size_t end = text.find_first_of("{}", i + 1);
      if (end == std::string_view::npos || text[end] != '}')
        return bad_pattern(text, "a brace is unbalanced");
      pattern.members.push_back(TRY(parse_member(text.substr(i + 1, end - i - 1), text)));
      literal = &pattern.members.back().following;
      i = end;
    } else {
      literal->push_back(c);
    }
  }
  for (size_t i = 0; i + 1 < pattern.members.size(); ++i)
    if (pattern.members[i].following.empty() && pattern.members[i].width == 0)
      return bad_pattern(text, "two members need text between them");
  return pattern;
}

Result<void> append_member_text(const KeyPattern::Member& member, const storage::ValueView& value,
                                std::string& out) {
  const size_t begin = out.size();
  switch (value.type()) {
    case AttributeType::kString:
      if (member.width > 0) {
        return bad_value(member, "is text, and only numbers are padded");
      } else if (member.letter_case == LetterCase::kAsIs) {
        out.append(value.text());
      } else {
        for (const char c : value.text()) out.push_back(change_case(c, member.letter_case));
      }
      break;
    case AttributeType::kNumber: {
      const std::string digits = value.number().to_text();
      if (member.width > 0)
        TRY(append_padded(member, digits, out));
      else
        out.append(digits);
      break;
    }
    case AttributeType::kBoolean:
      out.append(value.boolean() ? "true" : "false");
      break;
    default:
      return bad_value(member, "is neither text nor a number");
  }
  if (out.size() == begin) return bad_value(member, "is empty");
  const std::string_view text = std::string_view(out).substr(begin);
  if (member.following.empty()) return {};
  if (text.find(member.following) != std::string_view::npos)
    return bad_value(member, "contains \"" + member.following + "\", which ends it in the key");
  if (runs_into(text, member.following))
    return bad_value(member,
                     "ends like \"" + member.following + "\" begins, which ends it in the key");
  return {};
}

}  // namespace dynolith::odm
