// Codecs of times and durations: times count milliseconds since 1970, durations their own ticks;
// other forms: options.h. Part of codecs.h.
#pragma once

#include <limits>
#include <optional>
#include <ratio>
#include <string>

#include "odm/chrono.h"
#include "odm/codecs.h"

namespace dynolith::odm {

template <class Duration>
struct Codec<std::chrono::time_point<std::chrono::system_clock, Duration>> {
  using Time = std::chrono::time_point<std::chrono::system_clock, Duration>;
  static constexpr AttributeType kType = AttributeType::kNumber;
  static constexpr Meaning kMeaning = Meaning::kTime;
  // False: the moment is outside of what the type can hold.
  static bool set_time(Time& value, int64_t ms) {
    if constexpr (!std::is_same_v<Duration, std::chrono::milliseconds>) {
      using Ticks = std::ratio_divide<std::milli, typename Duration::period>;
      constexpr auto kMost = static_cast<long double>(Duration::max().count());
      const long double ticks = static_cast<long double>(ms) * Ticks::num / Ticks::den;
      if (ticks >= kMost || ticks <= -kMost) return false;
    }
    value = Time(std::chrono::floor<Duration>(std::chrono::milliseconds(ms)));
    return true;
  }
  // Nothing: it is further away than milliseconds count.
  static std::optional<int64_t> time_of(const Time& value) {
    using Ticks = std::ratio_divide<typename Duration::period, std::milli>;
    constexpr auto kMost = static_cast<long double>(std::chrono::milliseconds::max().count());
    if constexpr (std::ratio_greater_v<Ticks, std::ratio<1>>) {
      const auto count = static_cast<long double>(value.time_since_epoch().count());
      if (count * Ticks::num / Ticks::den >= kMost || count * Ticks::num / Ticks::den <= -kMost)
        return std::nullopt;
    }
    return std::chrono::floor<std::chrono::milliseconds>(value.time_since_epoch()).count();
  }
  static bool encode(Time value, EncodeContext& context) {
    const std::optional<int64_t> ms = time_of(value);
    if (!ms) return context.fail("is a time that cannot be stored");
    context.out.number(Number(*ms));
    return true;
  }
  static bool decode(const ValueView& value, Time& out, DecodeContext& context) {
    int64_t count = 0;
    if (!internal::decode_signed(value, std::numeric_limits<int64_t>::min(),
                                 std::numeric_limits<int64_t>::max(), count, context))
      return false;
    return set_time(out, count) || context.fail(std::to_string(count) + " does not fit the member");
  }
  static CodecDetails details() {
    CodecDetails details;
    details.time_form = "milliseconds";
    return details;
  }
};

template <class Rep, class Period>
struct Codec<std::chrono::duration<Rep, Period>, std::enable_if_t<std::is_integral_v<Rep>>> {
  static constexpr AttributeType kType = AttributeType::kNumber;
  static constexpr Meaning kMeaning = Meaning::kInteger;
  using Duration = std::chrono::duration<Rep, Period>;
  static bool encode(const Duration& value, EncodeContext& context) {
    return Codec<Rep>::encode(value.count(), context);
  }
  static bool decode(const ValueView& value, Duration& out, DecodeContext& context) {
    Rep count{};
    if (!Codec<Rep>::decode(value, count, context)) return false;
    out = Duration(count);
    return true;
  }
};

}  // namespace dynolith::odm
