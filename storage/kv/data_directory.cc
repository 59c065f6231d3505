#include "storage/kv/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "storage/kv/deferred_syncs.h"

namespace dynolith::storage::kv {
namespace {

constexpr const char* kFormatFile = "DYNOLITH_FORMAT";
constexpr const char* kFormatTemporary = "DYNOLITH_FORMAT.new";
constexpr const char* kOwnerFile = "DYNOLITH_OWNER";
constexpr std::string_view kFormatHead = "dynolith data directory\nformat ";

std::string reason(int error) { return std::strerror(error); }

// As `mkdir -p`, private to the owner. 0 or an errno. `made` is how many were not there before.
int make_directories(const std::string& path, int& made) {
  made = 0;
  for (size_t end = 1; end != std::string::npos;) {
    end = path.find('/', end);
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0700) == 0) {
      ++made;
    } else if (errno != EEXIST) {
      // A parent on a read-only file system, or not ours to write, may be there all the same.
      struct stat info;
      const int error = errno;
      if (::stat(part.c_str(), &info) != 0) return error;
    }
    if (end != std::string::npos) ++end;
  }
  return 0;
}

// Up to 127 bytes of a small file; empty if it cannot be read.
std::string read_small(int directory, const char* name) {
  const FileDescriptor file(::openat(directory, name, O_RDONLY | O_CLOEXEC));
  std::array<char, 127> text;
  const ssize_t count = file ? ::read(file.get(), text.data(), text.size()) : 0;
  return {text.data(), static_cast<size_t>(count > 0 ? count : 0)};
}

// The version in a format file's text; 0 if there is none.
uint32_t version_in(std::string_view text) {
  if (!text.starts_with(kFormatHead)) return 0;
  uint32_t version = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + kFormatHead.size(), end, version);
  return error == std::errc() && rest != end && *rest == '\n' ? version : 0;
}

bool write_small(int directory, const char* name, std::string_view text) {
  const FileDescriptor file(
      ::openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  return file && ::write(file.get(), text.data(), text.size()) == ssize_t(text.size());
}

}  // namespace

Error directory_error(ErrorCode code, const std::string& path, const std::string& problem) {
  return make_error(code, "data directory '" + path + "' " + problem);
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::string& path) {
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path));
  TRY(directory->take());
  TRY(directory->read_format());
  TRY(directory->check_writable());
  auto mark = HighWater::open(directory->directory_.get());
  if (!mark.ok()) {
    return directory_error(mark.error().code, path,
                           mark.error().message + "; restore it from a backup");
  }
  directory->high_water_ = std::move(mark).value();
  directory->become_owner();
  return directory;
}

Result<void> DataDirectory::take() {
  const auto refuse = [&](const std::string& problem) {
    return directory_error(ErrorCode::kDirectoryNotWritable, path_, problem);
  };
  if (const int error = make_directories(path_, made_); error != 0)
    return refuse("cannot be made: " + reason(error) + "; choose another path or make it yourself");
  directory_ = FileDescriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory_) {
    if (errno == ENOTDIR) return refuse("is not a directory; choose another path");
    return refuse("cannot be opened: " + reason(errno) +
                  "; give this user access or choose another path");
  }
  if (::flock(directory_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return refuse("cannot be locked: " + reason(errno) + "; choose a local file system");
    return directory_error(ErrorCode::kDirectoryInUse, path_,
                           "is in use by " + owner() + "; stop it or choose another directory");
  }
  return {};
}

std::string DataDirectory::owner() const {
  const std::string text = read_small(directory_.get(), kOwnerFile);
  const std::string process = text.substr(0, text.find_first_not_of("0123456789"));
  return process.empty() ? "another process" : "process " + process;
}

void DataDirectory::become_owner() {
  boot_ = read_small(AT_FDCWD, "/proc/sys/kernel/random/boot_id");
  const std::string before = read_small(directory_.get(), kOwnerFile);
  const size_t space = before.find(' ');
  if (space != std::string::npos) boot_before_ = before.substr(space + 1);
  may_be_torn_ = boot_.empty() || boot_ != boot_before_;
  write_owner(boot_before_);
}

void DataDirectory::log_is_whole() {
  if (may_be_torn_) write_owner(boot_);
  may_be_torn_ = false;
}

// Left to the operating system: what it loses is lost with the power, and then says the same.
void DataDirectory::write_owner(const std::string& boot) {
  write_small(directory_.get(), kOwnerFile, std::to_string(::getpid()) + " " + boot);
}

Result<void> DataDirectory::read_format() {
  const char* name = kFormatFile;
  struct stat info;
  formatted_ = Formatted::kYes;
  if (::fstatat(directory_.get(), name, &info, 0) != 0) {
    if (errno != ENOENT) {
      return directory_error(ErrorCode::kDirectoryNotWritable, path_,
                             "cannot be read: " + reason(errno) + "; give this user access");
    }
    name = kFormatTemporary;
    const bool begun = ::fstatat(directory_.get(), name, &info, 0) == 0;
    formatted_ = begun ? Formatted::kBeingMade : Formatted::kNo;
    if (!begun) return {};
  }
  const uint32_t version = version_in(read_small(directory_.get(), name));
  if (version > kFormatVersion) {
    return directory_error(ErrorCode::kDirectoryTooNew, path_,
                           "was written by a newer version (format " + std::to_string(version) +
                               ", this program reads up to " + std::to_string(kFormatVersion) +
                               "); upgrade, or choose another directory");
  }
  if (version == 0 && formatted_ == Formatted::kYes) {
    return directory_error(ErrorCode::kDirectoryCorrupt, path_,
                           "is damaged: its DYNOLITH_FORMAT file says nothing this program knows; "
                           "restore it from a backup");
  }
  return {};
}

Result<void> DataDirectory::check_writable() const {
  const std::string store = store_path();
  int error = 0;
  if (::faccessat(directory_.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    error = errno;
  } else if (::mkdir(store.c_str(), 0700) != 0 && errno != EEXIST) {
    error = errno;
  } else if (::access(store.c_str(), W_OK | X_OK) != 0) {
    error = errno;
  }
  if (error == 0) return {};
  return not_writable(error);
}

Result<void> DataDirectory::begin_format() {
  const std::string text = std::string(kFormatHead) + std::to_string(kFormatVersion) + "\n";
  if (write_small(directory_.get(), kFormatTemporary, text)) return {};
  return not_writable(errno);
}

Result<void> DataDirectory::finish_format() {
  if (const int error = sync_directory(store_path()); error != 0) return not_writable(error);
  const int at = directory_.get();
  const FileDescriptor file(::openat(at, kFormatTemporary, O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0 || ::renameat(at, kFormatTemporary, at, kFormatFile) != 0 ||
      ::fsync(at) != 0) {
    return not_writable(errno);
  }
  // The names of the directories that were made are kept by those above them.
  std::string above = "..";
  for (int i = 0; i < made_; ++i, above += "/..") {
    const FileDescriptor parent(::openat(at, above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent && ::fsync(parent.get()) != 0) return not_writable(errno);
  }
  return {};
}

Error DataDirectory::not_writable(int error) const {
  return directory_error(ErrorCode::kDirectoryNotWritable, path_,
                         "is not writable: " + reason(error) +
                             "; give this user write access, make room, or choose another "
                             "directory");
}

}  // namespace dynolith::storage::kv
