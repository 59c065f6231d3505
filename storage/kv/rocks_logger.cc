#include "storage/kv/rocks_logger.h"

#include <array>
#include <cstdarg>
#include <cstdio>

namespace dynolith::storage::kv {

RocksLogger::~RocksLogger() { Close().PermitUncheckedError(); }

void RocksLogger::Logv(const char* format, va_list arguments) {
  if (!log_) return;
  std::array<char, 1024> text;
  if (std::vsnprintf(text.data(), text.size(), format, arguments) < 0) return;
  log_("rocksdb: " + one_line(text.data()));
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace dynolith::storage::kv
