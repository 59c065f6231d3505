// RocksDB's own log lines, kept off the disk: its default logger aborts the process in Debian's
// build when a line cannot be written (full disk, I/O error).
#pragma once

#include <rocksdb/env.h>

#include <functional>
#include <string>

namespace dynolith::storage::kv {

using LogLine = std::function<void(const std::string& line)>;

// Passes errors on as one line each and drops the rest.
class RocksLogger : public rocksdb::Logger {
 public:
  explicit RocksLogger(LogLine log)
      : rocksdb::Logger(rocksdb::InfoLogLevel::ERROR_LEVEL), log_(std::move(log)) {}
  ~RocksLogger() override;

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;
  void LogHeader(const char*, va_list) override {}

 protected:
  rocksdb::Status CloseImpl() override { return rocksdb::Status::OK(); }

 private:
  const LogLine log_;
};

// `text` with line ends and other control characters as spaces.
std::string one_line(std::string text);

}  // namespace dynolith::storage::kv
