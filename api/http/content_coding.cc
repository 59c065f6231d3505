#include "api/http/content_coding.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>

namespace dynolith::api {
namespace {

constexpr int kCompressionLevel = 1;  // Replies are compressed on an I/O thread.

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_same(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// "0.5" and its like; negative counts as 0, above 1 and unreadable as 1.
double parsed_quality(std::string_view text) {
  if (text.starts_with('-')) return 0;
  double quality = 1;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), quality, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size()) return 1;
  return std::min(quality, 1.0);
}

// The value of the first "q=" in the parameters, also where another letter stands before the q.
double quality_of(std::string_view parameters) {
  for (size_t i = 0; i + 1 < parameters.size(); ++i) {
    if (lower(parameters[i]) != 'q' || parameters[i + 1] != '=') continue;
    const auto rest = parameters.substr(i + 2);
    return parsed_quality(trimmed(rest.substr(0, rest.find(';'))));
  }
  return 1;
}

// An inflater with its memory.
class Inflater {
 public:
  explicit Inflater(int window_bits) { ready_ = inflateInit2(&stream_, window_bits) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

bool starts_gzip_member(const z_stream& stream) {
  return stream.avail_in >= 2 && stream.next_in[0] == 0x1f && stream.next_in[1] == 0x8b;
}

}  // namespace

ContentCoding named_coding(std::string_view content_encoding) {
  const auto name = trimmed(content_encoding);
  if (name.empty() || is_same(name, "identity")) return ContentCoding::kIdentity;
  if (is_same(name, "gzip")) return ContentCoding::kGzip;
  if (is_same(name, "deflate")) return ContentCoding::kDeflate;
  return ContentCoding::kUnknown;
}

ContentCoding chosen_coding(std::string_view accept_encoding) {
  auto best = ContentCoding::kIdentity;
  double best_quality = 0, any_quality = 0;
  bool gzip_named = false, deflate_named = false;
  while (!accept_encoding.empty()) {
    const size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const auto element = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    const size_t semicolon = std::min(element.find(';'), element.size());
    const auto name = trimmed(element.substr(0, semicolon));
    const double quality = quality_of(element.substr(semicolon));
    if (name == "*") {
      any_quality = std::max(any_quality, quality);
      continue;
    }
    auto coding = ContentCoding::kIdentity;
    if (is_same(name, "gzip")) {
      coding = ContentCoding::kGzip;
      gzip_named = true;
    } else if (is_same(name, "deflate")) {
      coding = ContentCoding::kDeflate;
      deflate_named = true;
    } else {
      continue;
    }
    if (quality > best_quality) {
      best = coding;
      best_quality = quality;
    }
  }
  // "*" stands for what is not named, and loses a tie.
  if (any_quality > best_quality && !(gzip_named && deflate_named)) {
    best = gzip_named ? ContentCoding::kDeflate : ContentCoding::kGzip;
  }
  return best;
}

bool expand(ContentCoding coding, std::string_view body, size_t bytes_max, std::string& out) {
  constexpr int kZlibWindow = 15, kGzipWindow = 15 + 16;
  out.clear();
  Inflater inflater(coding == ContentCoding::kGzip ? kGzipWindow : kZlibWindow);
  if (body.empty() || !inflater.ready()) return false;
  z_stream& stream = inflater.stream();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());

  size_t used = 0;
  for (;;) {
    if (used == out.size()) {
      if (used > bytes_max) return false;
      out.resize(std::min(bytes_max + 1, std::max<size_t>(4 * body.size(), 2 * used)));
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(out.size() - used);
    const int status = inflate(&stream, Z_NO_FLUSH);
    used = out.size() - stream.avail_out;
    if (status == Z_STREAM_END) {
      if (coding == ContentCoding::kDeflate && stream.avail_in > 0) return false;
      if (coding == ContentCoding::kGzip && starts_gzip_member(stream)) {
        if (inflateReset(&stream) != Z_OK) return false;
        continue;
      }
      out.resize(used);
      return used <= bytes_max;
    }
    const bool wants_room = status == Z_BUF_ERROR && stream.avail_out == 0;
    if (status != Z_OK && !wants_room) return false;
    if (stream.avail_in == 0 && stream.avail_out > 0) return false;  // Cut off.
  }
}

void compress(ContentCoding coding, std::string_view body, std::string& out) {
  struct Free {
    void operator()(libdeflate_compressor* compressor) const {
      libdeflate_free_compressor(compressor);
    }
  };
  thread_local std::unique_ptr<libdeflate_compressor, Free> compressor(
      libdeflate_alloc_compressor(kCompressionLevel));
  const bool gzip = coding == ContentCoding::kGzip;
  out.resize(gzip ? libdeflate_gzip_compress_bound(compressor.get(), body.size())
                  : libdeflate_zlib_compress_bound(compressor.get(), body.size()));
  out.resize(gzip ? libdeflate_gzip_compress(compressor.get(), body.data(), body.size(), out.data(),
                                             out.size())
                  : libdeflate_zlib_compress(compressor.get(), body.data(), body.size(), out.data(),
                                             out.size()));
}

}  // namespace dynolith::api
