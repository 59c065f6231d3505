// Times stored as seconds or text.
#include <limits>

#include "odm/schema.h"
#include "storage/encoding/number_encoding.h"

namespace dynolith::odm {
namespace {

class TimeFormCodec final : public ValueCodec {
 public:
  TimeFormCodec(const ValueCodec& inner, TimeForm form) : inner_(inner), form_(form) {}

  bool is_absent(const void* value) const override { return inner_.is_absent(value); }
  bool encode(const void* value, EncodeContext& context) const override {
    const std::optional<int64_t> time = inner_.time_of(value);
    if (!time) return context.fail("is a time that cannot be stored");
    const int64_t ms = *time;
    switch (form_) {
      case TimeForm::kMilliseconds:
        context.out.number(Number(ms));
        return true;
      case TimeForm::kSeconds:
        context.out.number(Number(floor_seconds(ms)));
        return true;
      case TimeForm::kIso:
        if (ms < kFirstIsoMs || ms > kLastIsoMs)
          return context.fail("is outside the years 0 to 9999");
        context.out.string(to_iso_text(timestamp_of_ms(ms)));
        return true;
    }
    return false;
  }
  bool decode(const ValueView& stored, void* value, DecodeContext& context) const override {
    if (stored.type() == AttributeType::kNull) return inner_.decode(stored, value, context);
    if (form_ == TimeForm::kIso) return decode_iso(stored, value, context);
    if (stored.type() != AttributeType::kNumber) return context.wrong_type(stored, "a number");
    const auto count = storage::encoded_number_to_int64(stored.encoded_number());
    int64_t ms = 0;
    if (!count || __builtin_mul_overflow(*count, form_ == TimeForm::kSeconds ? 1000 : 1, &ms) ||
        ms == std::numeric_limits<int64_t>::min() || !inner_.set_time(value, ms))
      return no_time(stored, context);
    return true;
  }
  void reset(void* value) const override { inner_.reset(value); }
  bool is_initial(const void* value) const override { return inner_.is_initial(value); }
  void prepare(void*, PrepareContext&) const override {}
  void finish(void*) const override {}
  bool set_time(void* value, int64_t ms) const override { return inner_.set_time(value, ms); }
  std::optional<int64_t> time_of(const void* value) const override { return inner_.time_of(value); }
  AttributeType type() const override {
    return form_ == TimeForm::kIso ? AttributeType::kString : AttributeType::kNumber;
  }
  Meaning meaning() const override { return Meaning::kTime; }
  const Schema* schema() const override { return nullptr; }
  const ValueCodec* element() const override { return nullptr; }
  CodecDetails details() const override {
    CodecDetails details = inner_.details();
    details.time_form = form_ == TimeForm::kSeconds ? "seconds"
                        : form_ == TimeForm::kIso   ? "iso"
                                                    : "milliseconds";
    return details;
  }

 private:
  [[gnu::noinline]] bool decode_iso(const ValueView& stored, void* value,
                                    DecodeContext& context) const {
    if (stored.type() != AttributeType::kString) return context.wrong_type(stored, "ISO text");
    const auto time = parse_iso_text(stored.text());
    if (!time) return context.fail("is not a time in ISO 8601 text");
    return inner_.set_time(value, time->time_since_epoch().count()) ||
           context.fail("is a time that the member cannot hold");
  }
  [[gnu::cold, gnu::noinline]] static bool no_time(const ValueView& stored,
                                                   DecodeContext& context) {
    return context.fail(stored.number().to_text() + " is no time");
  }
  static int64_t floor_seconds(int64_t ms) { return ms / 1000 - (ms % 1000 < 0 ? 1 : 0); }

  const ValueCodec& inner_;
  const TimeForm form_;
};

}  // namespace

std::shared_ptr<const ValueCodec> time_codec(const ValueCodec& inner, TimeForm form) {
  return std::make_shared<TimeFormCodec>(inner, form);
}

}  // namespace dynolith::odm
