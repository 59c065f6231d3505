#include "odm/codecs.h"

#include <charconv>
#include <cmath>

#include "storage/encoding/number_encoding.h"
#include "storage/limits.h"
#include "storage/value/utf8.h"

namespace dynolith::odm {

using storage::kAttributeNameBytesMax;
using storage::kNestingLevelsMax;

bool DecodeContext::wrong_type(const ValueView& value, std::string_view expected) {
  std::string message("is ");
  message.append(storage::type_name(value.type())).append(", not ").append(expected);
  return fail(std::move(message));
}

EncodedValue encode_alone(const ValueCodec& codec, const void* value, Problems& problems,
                          const PathFrame* at) {
  thread_local ItemEncoder encoder;
  encoder.begin_value();
  EncodeContext context{encoder, problems, at};
  if (codec.is_absent(value)) {
    problems.add(at, "is empty");
    return {};
  }
  if (!codec.encode(value, context)) return {};
  return encoder.finish_value();
}

namespace {

// Apart from decode_signed(), which every read goes through.
[[gnu::cold, gnu::noinline]] bool no_such_integer(const ValueView& value,
                                                  std::optional<int64_t> whole,
                                                  DecodeContext& context) {
  if (!whole) return context.fail(value.number().to_text() + " is no integer of 64 bits");
  return context.fail(std::to_string(*whole) + " does not fit the member");
}

}  // namespace

namespace internal {

bool encode_string(std::string_view text, EncodeContext& context) {
  if (!storage::is_valid_utf8(text)) return context.fail("is not UTF-8");
  context.out.string(text);
  return true;
}

bool encode_double(double value, EncodeContext& context) {
  if (!std::isfinite(value)) return context.fail("is not a finite number");
  // Whole numbers that a double holds exactly need no text.
  if (std::fabs(value) < 9e15 && value == std::trunc(value)) {
    context.out.number(Number(static_cast<int64_t>(value)));
    return true;
  }
  char text[40];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  const auto number = Number::parse({text, static_cast<size_t>(end - text)});
  if (!number) return context.fail("cannot be stored: its magnitude is out of range");
  context.out.number(*number);
  return true;
}

bool encode_float(float value, EncodeContext& context) {
  if (!std::isfinite(value)) return context.fail("is not a finite number");
  if (value == std::trunc(value)) return encode_double(static_cast<double>(value), context);
  // 0.1f is 0.1, not the 0.10000000149011612 that it is as a double.
  char text[40];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  context.out.number(*Number::parse({text, static_cast<size_t>(end - text)}));
  return true;
}

bool encode_unsigned(uint64_t value, EncodeContext& context) {
  if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    context.out.number(Number(static_cast<int64_t>(value)));
    return true;
  }
  context.out.number(*Number::parse(std::to_string(value)));
  return true;
}

bool decode_string(const ValueView& value, std::string& out, DecodeContext& context) {
  if (value.type() != AttributeType::kString) return context.wrong_type(value, "a string");
  out.assign(value.text());
  return true;
}

bool decode_binary(const ValueView& value, std::string& out, DecodeContext& context) {
  if (value.type() != AttributeType::kBinary) return context.wrong_type(value, "binary");
  out.assign(value.text());
  return true;
}

bool decode_bool(const ValueView& value, bool& out, DecodeContext& context) {
  if (value.type() != AttributeType::kBoolean) return context.wrong_type(value, "a boolean");
  out = value.boolean();
  return true;
}

bool decode_number(const ValueView& value, Number& out, DecodeContext& context) {
  if (value.type() != AttributeType::kNumber) return context.wrong_type(value, "a number");
  out = value.number();
  return true;
}

bool decode_double(const ValueView& value, double& out, DecodeContext& context) {
  if (value.type() != AttributeType::kNumber) return context.wrong_type(value, "a number");
  const Number number = value.number();
  constexpr int64_t kExact = int64_t{1} << 53;
  if (const auto whole = number.to_int64(); whole && *whole > -kExact && *whole < kExact) {
    out = static_cast<double>(*whole);
    return true;
  }
  const std::string text = number.to_text();
  std::from_chars(text.data(), text.data() + text.size(), out);
  return true;
}

bool decode_float(const ValueView& value, float& out, DecodeContext& context) {
  double wide = 0;
  if (!decode_double(value, wide, context)) return false;
  if (std::fabs(wide) > static_cast<double>(std::numeric_limits<float>::max()))
    return context.fail(value.number().to_text() + " does not fit the member");
  // From the text, so that it is rounded once; what is too small for a float is zero.
  const std::string text = value.number().to_text();
  if (std::from_chars(text.data(), text.data() + text.size(), out).ec != std::errc())
    out = static_cast<float>(wide);
  return true;
}

bool decode_signed(const ValueView& value, int64_t low, int64_t high, int64_t& out,
                   DecodeContext& context) {
  if (value.type() != AttributeType::kNumber) return context.wrong_type(value, "a number");
  const auto whole = storage::encoded_number_to_int64(value.encoded_number());
  if (!whole || *whole < low || *whole > high) return no_such_integer(value, whole, context);
  out = *whole;
  return true;
}

bool decode_unsigned(const ValueView& value, uint64_t high, uint64_t& out, DecodeContext& context) {
  if (value.type() != AttributeType::kNumber) return context.wrong_type(value, "a number");
  const std::string text = value.number().to_text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out > high)
    return context.fail(text + " does not fit the member");
  return true;
}

bool enter_document(EncodeContext& context) {
  // The service counts levels below the attribute.
  if (context.depth >= kNestingLevelsMax - 1)
    return context.fail("is nested deeper than " + std::to_string(kNestingLevelsMax) + " levels");
  return true;
}

bool check_member_name(std::string_view name, EncodeContext& context) {
  const char* problem = name.empty()                           ? "a name is empty"
                        : name.size() > kAttributeNameBytesMax ? "the name is too long"
                        : !storage::is_valid_utf8(name)        ? "the name is not UTF-8"
                                                               : nullptr;
  if (problem != nullptr) context.problems.add(context.at, problem);
  return problem == nullptr;
}

namespace {

struct AnyEncoder {
  EncodeContext& context;

  bool operator()(const std::string& text) const { return encode_string(text, context); }
  bool operator()(const Number& number) const {
    context.out.number(number);
    return true;
  }
  bool operator()(const Binary& binary) const {
    context.out.binary(binary.bytes);
    return true;
  }
  bool operator()(bool boolean) const {
    context.out.boolean(boolean);
    return true;
  }
  bool operator()(Null) const {
    context.out.null();
    return true;
  }
  bool operator()(const StringSet& set) const {
    if (set.members.empty()) return context.fail("is an empty set");
    context.out.begin_set(AttributeType::kStringSet);
    bool good = true;
    for (const std::string& member : set.members) good = encode_string(member, context) && good;
    context.out.end();
    return good;
  }
  bool operator()(const NumberSet& set) const {
    if (set.members.empty()) return context.fail("is an empty set");
    context.out.begin_set(AttributeType::kNumberSet);
    for (const Number& member : set.members) context.out.number(member);
    context.out.end();
    return true;
  }
  bool operator()(const BinarySet& set) const {
    if (set.members.empty()) return context.fail("is an empty set");
    context.out.begin_set(AttributeType::kBinarySet);
    for (const std::string& member : set.members) context.out.binary(member);
    context.out.end();
    return true;
  }
  bool operator()(const List& list) const { return Codec<List>::encode(list, context); }
  bool operator()(const Map& map) const { return MapCodec<Map, Value>::encode(map, context); }
};

}  // namespace

bool encode_any(const Value& value, EncodeContext& context) {
  return value.visit(AnyEncoder{context});
}

std::optional<Number> number_of_double(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  char text[40];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  const auto number = Number::parse({text, static_cast<size_t>(end - text)});
  if (!number) return std::nullopt;
  return *number;
}

Number number_of_unsigned(uint64_t value) { return *Number::parse(std::to_string(value)); }

}  // namespace internal
}  // namespace dynolith::odm
