#include "api/auth/utc_time.h"

#include <array>
#include <cstdio>

namespace dynolith::api {
namespace {

constexpr int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr int kYearMin = 1970, kYearMax = 9999;

struct Date {
  int year = 0, month = 0, day = 0;
};

// Days since 1970-01-01 of the Gregorian calendar; years counted from March, so that the leap day
// is their last.
int64_t days_of(const Date& date) {
  const int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const int64_t era = year / 400, of_era = year % 400;
  const int64_t month = (date.month + 9) % 12;
  const int64_t of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Date date_of(int64_t days) {
  days += 719468;
  const int64_t era = days / 146097, of_era = days % 146097;
  const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t month = (5 * of_year + 2) / 153;
  Date date;
  date.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  date.year = static_cast<int>(year + era * 400 + (date.month <= 2 ? 1 : 0));
  return date;
}

// Reads `pattern` from `text`: "####" digits into the next number, "?" skips, others as they are.
// False if it does not fit; `text` is what follows.
bool read(std::string_view& text, std::string_view pattern, int* numbers) {
  if (text.size() < pattern.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '#') {
      if (text[i] < '0' || text[i] > '9') return false;
      if (i == 0 || pattern[i - 1] != '#') *numbers = 0;
      *numbers = *numbers * 10 + (text[i] - '0');
      if (i + 1 == pattern.size() || pattern[i + 1] != '#') ++numbers;
    } else if (pattern[i] != '?' && pattern[i] != text[i]) {
      return false;
    }
  }
  text.remove_prefix(pattern.size());
  return true;
}

// An ISO form may end in a fraction and in "Z" or "+00:00".
bool is_utc_end(std::string_view text) {
  if (text.starts_with('.')) {
    const size_t end = text.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return false;
    text.remove_prefix(end);
  }
  return text == "Z" || text == "+00:00";
}

int month_of(std::string_view name) {
  constexpr std::string_view kNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const size_t at = kNames.find(name);
  return at == std::string_view::npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
}

}  // namespace

std::string compact_utc(int64_t time_ms) {
  if (time_ms < 0) return {};
  const Date date = date_of(time_ms / kDayMs);
  if (date.year > kYearMax) return {};
  const auto seconds = static_cast<int>(time_ms % kDayMs / 1000);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d%02d%02dT%02d%02d%02dZ", date.year, date.month,
                date.day, seconds / 3600, seconds / 60 % 60, seconds % 60);
  return text.data();
}

std::optional<int64_t> parse_utc(std::string_view text) {
  // Year, month, day, hour, minute, second.
  std::array<int, 6> n{};
  std::string_view rest = text;
  bool fits = false;
  if (text.size() == 29 && text[3] == ',') {
    n[1] = month_of(text.substr(8, 3));
    std::array<int, 5> http{};
    fits = read(rest, "???, ## ??? #### ##:##:## GMT", http.data());
    n = {http[1], n[1], http[0], http[2], http[3], http[4]};
  } else if (text.size() == 16) {
    fits = read(rest, "########T######Z", n.data());
    // Two runs of digits: "20150830" and "123600".
    const int date = n[0], time = n[1];
    n = {date / 10000, date / 100 % 100, date % 100, time / 10000, time / 100 % 100, time % 100};
  } else {
    fits = read(rest, "####-##-##T##:##:##", n.data()) && is_utc_end(rest);
  }
  const Date date{n[0], n[1], n[2]};
  if (!fits || date.year < kYearMin || date.year > kYearMax || date.month < 1 || date.month > 12 ||
      date.day < 1 || n[3] > 23 || n[4] > 59 || n[5] > 60)
    return std::nullopt;
  const int64_t days = days_of(date);
  if (date_of(days).day != date.day) return std::nullopt;  // The 31st of April.
  return days * kDayMs + ((n[3] * 60 + n[4]) * 60 + n[5]) * 1000LL;
}

}  // namespace dynolith::api
