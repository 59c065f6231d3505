#include "storage/kv/high_water.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "storage/kv/big_endian.h"

namespace dynolith::storage::kv {
namespace {

constexpr std::string_view kMagic = "DYNS";
constexpr size_t kSlotBytes = 24;
constexpr off_t kSlotOffsets[] = {0, 512};
constexpr off_t kNoteOffset = 64 << 10;  // A multiple of any machine's page.
constexpr size_t kNoteBytes = 4096;
using Slot = std::array<char, kSlotBytes>;

constexpr std::array<uint32_t, 256> kCrcOfByte = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1u)));
    table[byte] = crc;
  }
  return table;
}();

uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (const char c : bytes)
    crc = (crc >> 8) ^ kCrcOfByte[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

uint32_t check_of(const Slot& slot) { return crc32c({slot.data() + 8, kSlotBytes - 8}); }

Slot slot_of(uint64_t counter, uint64_t sequence) {
  Slot slot;
  std::memcpy(slot.data(), kMagic.data(), kMagic.size());
  store_big_endian<uint64_t>(slot.data() + 8, counter);
  store_big_endian<uint64_t>(slot.data() + 16, sequence);
  store_big_endian<uint32_t>(slot.data() + 4, check_of(slot));
  return slot;
}

enum class SlotState { kBlank, kValid, kDamaged };

SlotState read_slot(int file, off_t offset, Slot& slot) {
  slot.fill(0);
  const ssize_t count = ::pread(file, slot.data(), slot.size(), offset);
  if (count == 0) return SlotState::kBlank;
  const std::string_view bytes(slot.data(), slot.size());
  if (bytes.find_first_not_of('\0') == bytes.npos) return SlotState::kBlank;
  const bool valid = count == static_cast<ssize_t>(kSlotBytes) && bytes.starts_with(kMagic) &&
                     load_big_endian<uint32_t>(slot.data() + 4) == check_of(slot);
  return valid ? SlotState::kValid : SlotState::kDamaged;
}

}  // namespace

Result<HighWater> HighWater::open(int directory) {
  HighWater mark;
  mark.file_ =
      FileDescriptor(::openat(directory, "DYNOLITH_SYNCED", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!mark.file_) {
    return make_error(ErrorCode::kDirectoryNotWritable,
                      std::string("cannot open DYNOLITH_SYNCED: ") + std::strerror(errno));
  }
  int damaged = 0, valid = 0;
  for (const off_t offset : kSlotOffsets) {
    Slot slot;
    const SlotState state = read_slot(mark.file_.get(), offset, slot);
    damaged += state == SlotState::kDamaged;
    if (state != SlotState::kValid) continue;
    ++valid;
    const auto counter = load_big_endian<uint64_t>(slot.data() + 8);
    if (counter < mark.counter_) continue;
    mark.counter_ = counter;
    mark.sequence_ = load_big_endian<uint64_t>(slot.data() + 16);
  }
  if (damaged > 0 && valid == 0)
    return make_error(ErrorCode::kDirectoryCorrupt, "DYNOLITH_SYNCED is damaged");
  Slot note;
  if (read_slot(mark.file_.get(), kNoteOffset, note) == SlotState::kValid)
    mark.sequence_ = std::max(mark.sequence_, load_big_endian<uint64_t>(note.data() + 16));
  return mark;
}

bool HighWater::advance(uint64_t sequence) {
  if (sequence != sequence_) {
    const Slot slot = slot_of(counter_ + 1, sequence);
    const off_t offset = kSlotOffsets[(counter_ + 1) % 2];
    if (::pwrite(file_.get(), slot.data(), slot.size(), offset) != static_cast<ssize_t>(kSlotBytes))
      return false;
    ++counter_;
    sequence_ = sequence;
  }
  return ::fdatasync(file_.get()) == 0;
}

void HighWater::note(uint64_t sequence) {
  const Slot slot = slot_of(0, sequence);
  if (!is_note_begun_) map_note();
  if (note_) {
    std::memcpy(note_.get(), slot.data(), slot.size());
  } else {
    // One that cannot be written is one that comes late.
    [[maybe_unused]] const auto written =
        ::pwrite(file_.get(), slot.data(), slot.size(), kNoteOffset);
  }
}

// Mapped, since a write would change the file's time each time, and the sync of the log that comes
// next would have to write that too.
void HighWater::map_note() {
  is_note_begun_ = true;
  // Its room is taken now: a page of a mapped file that finds no room kills the process.
  const std::array<char, kNoteBytes> blank{};
  if (::pwrite(file_.get(), blank.data(), blank.size(), kNoteOffset) != ssize_t(blank.size()) ||
      ::fdatasync(file_.get()) != 0) {
    return;
  }
  void* const page =
      ::mmap(nullptr, kNoteBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), kNoteOffset);
  if (page != MAP_FAILED) note_.reset(static_cast<char*>(page));
}

void HighWater::Unmap::operator()(char* page) const { ::munmap(page, kNoteBytes); }

}  // namespace dynolith::storage::kv
