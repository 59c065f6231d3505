// The catalog's records: fields one after another, each kind of field written and read by one pair
// of functions, so that the two directions stand side by side.
#include "storage/engine/schema_encoding.h"

#include <algorithm>

#include "storage/engine/item_keys.h"

namespace dynolith::storage {
namespace {

constexpr uint8_t kVersion = 2;

// These numbers are in the records.
static_assert(static_cast<int>(IndexKind::kLocal) == 0 &&
              static_cast<int>(IndexKind::kGlobal) == 1);
static_assert(static_cast<int>(ProjectionType::kAll) == 0 &&
              static_cast<int>(ProjectionType::kKeysOnly) == 1 &&
              static_cast<int>(ProjectionType::kInclude) == 2);
static_assert(static_cast<int>(BillingMode::kProvisioned) == 0 &&
              static_cast<int>(BillingMode::kPayPerRequest) == 1);
static_assert(static_cast<int>(TableClass::kStandard) == 0 &&
              static_cast<int>(TableClass::kStandardInfrequentAccess) == 1);
static_assert(static_cast<int>(IndexStatus::kActive) == 0 &&
              static_cast<int>(IndexStatus::kCreating) == 1 &&
              static_cast<int>(IndexStatus::kDeleting) == 2);
static_assert(static_cast<int>(StreamViewType::kKeysOnly) == 0 &&
              static_cast<int>(StreamViewType::kNewImage) == 1 &&
              static_cast<int>(StreamViewType::kOldImage) == 2 &&
              static_cast<int>(StreamViewType::kNewAndOldImages) == 3);

class Writer {
 public:
  std::string out;
  static constexpr bool knows_version_2() { return true; }

  void field(const bool& value) { out += static_cast<char>(value ? 1 : 0); }
  void field(const uint16_t& value) { fixed(value, 2); }
  void field(const uint32_t& value) { fixed(value, 4); }
  void field(const int64_t& value) { fixed(static_cast<uint64_t>(value), 8); }
  void field(const std::string& text) {
    fixed(text.size(), 4);
    out += text;
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void choice(const Enum& value, Enum) { out += static_cast<char>(value); }
  template <class T, class Each>
  void list(const std::vector<T>& values, Each&& each) {
    fixed(values.size(), 4);
    for (const T& value : values) each(value);
  }
  template <class T, class Each>
  void maybe(const std::optional<T>& value, Each&& each) {
    field(value.has_value());
    if (value) each(*value);
  }

 private:
  void fixed(uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  }
};

class Reader {
 public:
  Reader(uint8_t version, std::string_view bytes) : version_(version), bytes_(bytes) {}
  bool knows_version_2() const { return version_ >= 2; }
  bool done_well() const { return ok_ && bytes_.empty(); }

  void field(bool& value) {
    const uint64_t read = fixed(1);
    ok_ = ok_ && read <= 1;
    value = read == 1;
  }
  void field(uint16_t& value) { value = static_cast<uint16_t>(fixed(2)); }
  void field(uint32_t& value) { value = static_cast<uint32_t>(fixed(4)); }
  void field(int64_t& value) { value = static_cast<int64_t>(fixed(8)); }
  void field(std::string& text) { text = take(fixed(4)); }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void choice(Enum& value, Enum last) {
    const uint64_t read = fixed(1);
    ok_ = ok_ && read <= static_cast<uint64_t>(last);
    value = static_cast<Enum>(read);
  }
  template <class T, class Each>
  void list(std::vector<T>& values, Each&& each) {
    const uint64_t count = fixed(4);
    for (uint64_t i = 0; i < count && ok_; ++i) each(values.emplace_back());
  }
  template <class T, class Each>
  void maybe(std::optional<T>& value, Each&& each) {
    bool present = false;
    field(present);
    if (present && ok_) each(value.emplace());
  }

 private:
  std::string_view take(uint64_t size) {
    ok_ = ok_ && size <= bytes_.size();
    if (!ok_) return {};
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  uint64_t fixed(size_t bytes) {
    uint64_t value = 0;
    const std::string_view taken = take(bytes);
    for (size_t i = 0; i < taken.size(); ++i)
      value |= static_cast<uint64_t>(static_cast<uint8_t>(taken[i])) << (8 * i);
    return value;
  }

  uint8_t version_;
  std::string_view bytes_;
  bool ok_ = true;
};

// `Codec` is Writer or Reader, `T` const or not: one description serves both directions.
template <class Codec, class T>
void key_attribute(Codec& codec, T& attribute) {
  codec.field(attribute.name);
  codec.choice(attribute.type, AttributeType::kBinary);
}

template <class Codec, class T>
void key_schema(Codec& codec, T& schema) {
  codec.list(schema.partition, [&](auto& attribute) { key_attribute(codec, attribute); });
  codec.list(schema.sort, [&](auto& attribute) { key_attribute(codec, attribute); });
}

template <class Codec, class T>
void throughput(Codec& codec, T& units) {
  codec.field(units.read_units);
  codec.field(units.write_units);
}

template <class Codec, class T>
void limits(Codec& codec, T& units) {
  codec.maybe(units.read_units, [&](auto& value) { codec.field(value); });
  codec.maybe(units.write_units, [&](auto& value) { codec.field(value); });
}

template <class Codec, class T>
void history(Codec& codec, T& changes) {
  codec.field(changes.increased_ms);
  codec.field(changes.decreased_ms);
  codec.field(changes.decreases_today);
  codec.field(changes.on_demand_since_ms);
  codec.field(changes.class_changed_ms);
}

template <class Codec, class T>
void index_fields(Codec& codec, T& index) {
  codec.field(index.id);
  auto& definition = index.definition;
  codec.field(definition.name);
  codec.choice(definition.kind, IndexKind::kGlobal);
  key_schema(codec, definition.key);
  codec.choice(definition.projection.type, ProjectionType::kInclude);
  codec.list(definition.projection.non_key_attributes, [&](auto& name) { codec.field(name); });
  codec.maybe(definition.throughput, [&](auto& value) { throughput(codec, value); });
  codec.maybe(definition.on_demand_limits, [&](auto& value) { limits(codec, value); });
  codec.maybe(definition.warm_throughput, [&](auto& value) { limits(codec, value); });
  if (!codec.knows_version_2()) return;
  codec.choice(index.status, IndexStatus::kDeleting);
  history(codec, index.throughput_history);
}

template <class Codec, class T>
void settings(Codec& codec, T& definition) {
  codec.choice(definition.billing_mode, BillingMode::kPayPerRequest);
  throughput(codec, definition.throughput);
  codec.maybe(definition.on_demand_limits, [&](auto& value) { limits(codec, value); });
  codec.maybe(definition.warm_throughput, [&](auto& value) { limits(codec, value); });
  codec.maybe(definition.table_class,
              [&](auto& value) { codec.choice(value, TableClass::kStandardInfrequentAccess); });
  codec.maybe(definition.encryption, [&](auto& value) {
    codec.field(value.type);
    codec.field(value.kms_key_arn);
  });
  codec.maybe(definition.stream_view_type,
              [&](auto& value) { codec.choice(value, StreamViewType::kNewAndOldImages); });
  codec.field(definition.deletion_protection);
  codec.list(definition.tags, [&](auto& tag) {
    codec.field(tag.key);
    codec.field(tag.value);
  });
}

// What a table gets after it was made.
template <class Codec, class T>
void changes(Codec& codec, T& table) {
  codec.field(table.stream_number);
  codec.field(table.stream_created_ms);
  codec.maybe(table.expiry_attribute, [&](auto& name) { codec.field(name); });
  history(codec, table.throughput_history);
}

template <class Codec, class T>
void table_fields(Codec& codec, T& table) {
  codec.field(table.id);
  codec.field(table.scope);
  codec.field(table.uuid);
  codec.field(table.created_ms);
  codec.field(table.next_index_id);
  auto& definition = table.definition;
  codec.field(definition.name);
  codec.list(definition.attribute_definitions,
             [&](auto& attribute) { key_attribute(codec, attribute); });
  key_schema(codec, definition.key);
  settings(codec, definition);
  codec.list(table.indexes, [&](auto& index) { index_fields(codec, index); });
  if (codec.knows_version_2()) changes(codec, table);
}

bool has_key_types(const KeySchema& schema) {
  return !schema.partition.empty() && all_key_attributes(schema, [](const KeyAttribute& attribute) {
    return attribute.type >= AttributeType::kString && is_key_type(attribute.type);
  });
}

Error damaged_record() {
  return make_error(ErrorCode::kCorruption, "a table record cannot be read");
}

std::string tally_name(TableId table, IndexId index) { return key_space_prefix(table, index); }

std::vector<std::string> entry_attributes(const Table& table, const Index& index) {
  std::vector<std::string> names = position_attributes(table, &index);
  const auto& others = index.definition.projection.non_key_attributes;
  names.insert(names.end(), others.begin(), others.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::string encode_table_record(const Table& table, TableRecordState state) {
  Writer writer;
  writer.out += static_cast<char>(kVersion);
  writer.choice(state, TableRecordState::kDropping);
  table_fields(writer, table);
  return std::move(writer.out);
}

Result<TableRecord> decode_table_record(std::string_view bytes) {
  if (bytes.empty()) return damaged_record();
  if (static_cast<uint8_t>(bytes.front()) > kVersion)
    return make_error(ErrorCode::kDirectoryTooNew,
                      "a table record was written by a newer version of dynolith; use that one");
  TableRecord record;
  Reader reader(static_cast<uint8_t>(bytes.front()), bytes.substr(1));
  reader.choice(record.state, TableRecordState::kDropping);
  table_fields(reader, record.table);
  bool sound = reader.done_well() && bytes.front() != 0 && has_key_types(record.table.key()) &&
               record.state >= TableRecordState::kLive;
  for (Index& index : record.table.indexes) {
    sound = sound && has_key_types(index.definition.key);
    record.table.definition.indexes.push_back(index.definition);
  }
  if (!sound) return damaged_record();
  return record;
}

TablePtr complete_table(Table table) {
  table.tally_name = tally_name(table.id, 0);
  for (Index& index : table.indexes) {
    index.tally_name = tally_name(table.id, index.id);
    index.entry_attributes = entry_attributes(table, index);
  }
  table.build = nullptr;
  for (const Index& index : table.indexes)
    if (index.build != nullptr) table.build = index.build.get();
  if (table.state == nullptr) table.state = std::make_shared<TableState>();
  auto complete = std::make_shared<const Table>(std::move(table));
  complete->state->set_newest(complete);
  return complete;
}

}  // namespace dynolith::storage
