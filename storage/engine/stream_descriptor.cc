#include "storage/engine/stream_descriptor.h"

#include <limits>
#include <optional>

#include "storage/encoding/item_encoding.h"

namespace dynolith::storage {
namespace {

constexpr TableId kSystemTable = 0;
constexpr IndexId kStreams = 6;  // See storage/FORMAT.md: which key space holds what.
constexpr int64_t kVersion = 1;

Number number_of(uint64_t value) { return Number(static_cast<int64_t>(value)); }

List encode_key_part(const std::vector<KeyAttribute>& attributes) {
  List list;
  for (const KeyAttribute& attribute : attributes)
    list.emplace_back(
        Map{{"name", attribute.name}, {"type", Number(static_cast<int64_t>(attribute.type))}});
  return list;
}

Map encode_shard(const Shard& shard) {
  return {{"number", number_of(shard.number)}, {"first", number_of(shard.first)},
          {"last", number_of(shard.last)},     {"created", shard.created_ms},
          {"closed", shard.closed_ms},         {"parent_created", shard.parent_created_ms}};
}

// Reads members of a decoded item; remembers whether any was not as it must be.
class Fields {
 public:
  explicit Fields(const Map& map) : map_(map) {}
  bool ok() const { return ok_; }

  int64_t integer(std::string_view name, int64_t most = std::numeric_limits<int64_t>::max()) {
    const Number* number = find<Number>(name);
    const auto value = number == nullptr ? std::nullopt : number->to_int64();
    ok_ = ok_ && value && *value <= most;
    return value.value_or(0);
  }
  uint64_t position(std::string_view name) {
    const int64_t value = integer(name);
    ok_ = ok_ && value >= 0;
    return static_cast<uint64_t>(value);
  }
  uint32_t small(std::string_view name, uint32_t most = std::numeric_limits<uint32_t>::max()) {
    const int64_t value = integer(name, most);
    ok_ = ok_ && value >= 0;
    return static_cast<uint32_t>(value);
  }
  std::string text(std::string_view name) {
    const auto* value = find<std::string>(name);
    return value == nullptr ? std::string() : *value;
  }
  template <class Each>
  void maps(std::string_view name, Each&& each) {
    const List* list = find<List>(name);
    if (list == nullptr) return;
    for (const AttributeValue& element : *list) {
      const Map* map = element.get_if<Map>();
      ok_ = ok_ && map != nullptr;
      if (!ok_) return;
      Fields inner(*map);
      each(inner);
      ok_ = inner.ok();
    }
  }
  void check(bool sound) { ok_ = ok_ && sound; }

 private:
  template <class T>
  const T* find(std::string_view name) {
    const auto found = map_.find(name);
    const T* value = found == map_.end() ? nullptr : found->second.get_if<T>();
    ok_ = ok_ && value != nullptr;
    return value;
  }

  const Map& map_;
  bool ok_ = true;
};

std::vector<KeyAttribute> decode_key_part(Fields& fields, std::string_view name) {
  std::vector<KeyAttribute> attributes;
  fields.maps(name, [&](Fields& inner) {
    const auto type =
        static_cast<AttributeType>(inner.small("type", static_cast<uint32_t>(AttributeType::kMap)));
    inner.check(is_key_type(type));
    attributes.push_back({inner.text("name"), type});
  });
  return attributes;
}

std::vector<Shard> decode_shards(Fields& fields) {
  std::vector<Shard> shards;
  fields.maps("shards", [&](Fields& inner) {
    shards.push_back({.number = inner.small("number"),
                      .first = inner.position("first"),
                      .last = inner.position("last"),
                      .created_ms = inner.integer("created"),
                      .closed_ms = inner.integer("closed"),
                      .parent_created_ms = inner.integer("parent_created")});
  });
  fields.check(!shards.empty());
  return shards;
}

}  // namespace

std::string stream_descriptor_prefix() { return key_space_prefix(kSystemTable, kStreams); }

std::string stream_descriptor_key(TableId table, uint32_t number) {
  std::string key = stream_descriptor_prefix();
  for (const uint32_t part : {table, number})
    for (int shift = 24; shift >= 0; shift -= 8) key += static_cast<char>(part >> shift);
  return key;
}

std::string encode_stream(const Stream& stream) {
  List shards;
  for (const Shard& shard : stream.shards) shards.emplace_back(encode_shard(shard));
  return encode_item({{"version", kVersion},
                      {"table", number_of(stream.table)},
                      {"number", number_of(stream.number)},
                      {"scope", stream.scope},
                      {"table_name", stream.table_name},
                      {"partition", encode_key_part(stream.key.partition)},
                      {"sort", encode_key_part(stream.key.sort)},
                      {"view", static_cast<int64_t>(stream.view_type)},
                      {"created", stream.created_ms},
                      {"closed", stream.closed_ms},
                      {"trimmed", number_of(stream.trimmed)},
                      {"shards", std::move(shards)}})
      .bytes;
}

Result<Stream> decode_stream(std::string_view bytes) {
  const Item item = to_item(TRY(ItemView::validated(bytes)));
  Fields fields(item);
  if (fields.integer("version") > kVersion)
    return make_error(ErrorCode::kDirectoryTooNew,
                      "a stream was described by a newer version of dynolith; use that one");
  Stream stream;
  stream.table = fields.small("table");
  stream.number = fields.small("number");
  stream.scope = fields.text("scope");
  stream.table_name = fields.text("table_name");
  stream.key = {decode_key_part(fields, "partition"), decode_key_part(fields, "sort")};
  stream.view_type = static_cast<StreamViewType>(
      fields.small("view", static_cast<uint32_t>(StreamViewType::kNewAndOldImages)));
  stream.created_ms = fields.integer("created");
  stream.closed_ms = fields.integer("closed");
  stream.trimmed = fields.position("trimmed");
  stream.shards = decode_shards(fields);
  fields.check(!stream.key.partition.empty());
  if (!fields.ok()) return make_error(ErrorCode::kCorruption, "a stream's descriptor is damaged");
  return stream;
}

}  // namespace dynolith::storage
