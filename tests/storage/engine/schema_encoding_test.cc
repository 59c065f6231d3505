#include "storage/engine/schema_encoding.h"

#include "storage/kv/open_store.h"
#include "tests/storage/engine/fixture.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

// Every member has another value than the default.
Table full_table() {
  Table table;
  table.id = 0x01020304;
  table.scope = "eu-west-1/key";
  table.uuid = "01234567-89ab-4cde-8f01-23456789abcd";
  table.created_ms = 1'795'257'249'123;
  table.next_index_id = 9;
  TableDefinition& shape = table.definition;
  shape = definition("Music", key_schema({"Artist"}, {"Year:N"}),
                     {local_index("ByTitle", key_schema({"Artist"}, {"Title:B"}),
                                  ProjectionType::kInclude, {"a", "b"}),
                      global_index("ByGenre", key_schema({"Genre", "Label"}, {"Year:N", "Title:B"}),
                                   ProjectionType::kKeysOnly)});
  shape.billing_mode = BillingMode::kPayPerRequest;
  shape.throughput = {7, 8};
  shape.on_demand_limits = ThroughputLimits{5, std::nullopt};
  shape.warm_throughput = ThroughputLimits{12000, 4000};
  shape.table_class = TableClass::kStandardInfrequentAccess;
  shape.encryption = ServerSideEncryption{"KMS", "arn:key"};
  shape.stream_view_type = StreamViewType::kNewAndOldImages;
  shape.deletion_protection = true;
  shape.tags = {{"team", "blue"}, {"empty", ""}};
  shape.indexes[1].throughput = Throughput{3, 4};
  shape.indexes[1].on_demand_limits = ThroughputLimits{std::nullopt, 6};
  shape.indexes[1].warm_throughput = ThroughputLimits{1, 2};
  table.indexes = {{.id = 5, .definition = shape.indexes[0]},
                   {.id = 8,
                    .definition = shape.indexes[1],
                    .status = IndexStatus::kCreating,
                    .throughput_history = {21, 22, 23, 24, 25}}};
  table.stream_number = 3;
  table.stream_created_ms = 1'795'257'250'456;
  table.expiry_attribute = "expires";
  table.throughput_history = {11, 12, 13, 14, 15};
  return table;
}

TEST(SchemaEncoding, EveryMemberComesBack) {
  const Table before = full_table();
  const auto record = decode_table_record(encode_table_record(before, TableRecordState::kDropping));
  ASSERT_TRUE(record) << message_of(record);
  const Table& after = record->table;
  EXPECT_EQ(record->state, TableRecordState::kDropping);
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.scope, before.scope);
  EXPECT_EQ(after.uuid, before.uuid);
  EXPECT_EQ(after.created_ms, before.created_ms);
  EXPECT_EQ(after.next_index_id, 9);
  EXPECT_EQ(after.definition.attribute_definitions, before.definition.attribute_definitions);
  EXPECT_EQ(after.key(), before.key());
  EXPECT_EQ(after.definition.throughput, before.definition.throughput);
  EXPECT_EQ(after.definition.on_demand_limits, before.definition.on_demand_limits);
  EXPECT_EQ(after.definition.warm_throughput, before.definition.warm_throughput);
  EXPECT_EQ(after.definition.encryption->kms_key_arn, "arn:key");
  EXPECT_EQ(after.definition.tags[0].value, "blue");
  ASSERT_EQ(after.indexes.size(), 2u);
  ASSERT_EQ(after.definition.indexes.size(), 2u);
  EXPECT_EQ(after.indexes[0].id, 5);
  EXPECT_EQ(after.indexes[1].definition.key, before.indexes[1].definition.key);
  EXPECT_EQ(after.definition.indexes[0].projection, before.definition.indexes[0].projection);
  EXPECT_EQ(after.indexes[1].definition.throughput, (Throughput{3, 4}));
  EXPECT_EQ(after.indexes[1].status, IndexStatus::kCreating);
  EXPECT_EQ(after.stream_number, 3u);
  EXPECT_EQ(after.stream_created_ms, before.stream_created_ms);
  EXPECT_EQ(after.expiry_attribute, "expires");
  EXPECT_EQ(after.throughput_history.decreases_today, 13u);
  EXPECT_EQ(after.indexes[1].throughput_history.class_changed_ms, 25);
  // The rest follows from the bytes being the same again.
  EXPECT_EQ(encode_table_record(after, TableRecordState::kDropping),
            encode_table_record(before, TableRecordState::kDropping));
}

TEST(SchemaEncoding, EveryTruncationAndExtensionIsRefused) {
  const std::string bytes = encode_table_record(full_table(), TableRecordState::kLive);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto record = decode_table_record(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(record) << size;
    EXPECT_EQ(record.error().code, ErrorCode::kCorruption);
  }
  EXPECT_FALSE(decode_table_record(bytes + '\0'));
}

TEST(SchemaEncoding, FlippedBytesNeverCrash) {
  const std::string bytes = encode_table_record(full_table(), TableRecordState::kLive);
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ flip);
      (void)decode_table_record(flipped);
    }
  }
}

TEST(SchemaEncoding, ANewerVersionIsRefusedAsSuch) {
  std::string bytes = encode_table_record(full_table(), TableRecordState::kLive);
  bytes[0] = 3;
  EXPECT_EQ(decode_table_record(bytes).error().code, ErrorCode::kDirectoryTooNew);
}

// The worked example of storage/FORMAT.md: what directories hold must stay readable.
TEST(SchemaEncoding, TheBytesAreThoseOfTheFormatPage) {
  Table table;
  table.id = 7;
  table.uuid = "u";
  table.created_ms = 1;
  table.next_index_id = 2;
  table.definition =
      definition("Tab", key_schema({"p"}), {global_index("Gsi", key_schema({"g:N"}))});
  table.indexes = {{.id = 1, .definition = table.definition.indexes[0]}};
  std::string hex;
  for (const char byte : encode_table_record(table, TableRecordState::kLive)) {
    constexpr std::string_view kHex = "0123456789abcdef";
    hex += kHex[static_cast<unsigned char>(byte) >> 4];
    hex += kHex[static_cast<unsigned char>(byte) & 15];
  }
  EXPECT_EQ(hex,
            "020107000000000000000100000075010000000000000002000300000054616202000000010000007001"
            "010000006702010000000100000070010000000001000000000000000000000000000000000000000000"
            "000000000001000000010003000000477369010100000001000000670200000000000000000000000000"
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            "00");
}

// A record that version 1 wrote: the same without index_status and changes.
TEST(SchemaEncoding, RecordsOfTheFirstVersionAreRead) {
  constexpr std::string_view kHex =
      "010107000000000000000100000075010000000000000002000300000054616202000000010000007001"
      "010000006702010000000100000070010000000001000000000000000000000000000000000000000000"
      "0000000000010000000100030000004773690101000000010000006702000000000000000000000000";
  std::string bytes;
  for (size_t at = 0; at < kHex.size(); at += 2)
    bytes += static_cast<char>(std::stoi(std::string(kHex.substr(at, 2)), nullptr, 16));
  const auto record = decode_table_record(bytes);
  ASSERT_TRUE(record) << message_of(record);
  EXPECT_EQ(record->table.name(), "Tab");
  EXPECT_EQ(record->table.stream_number, 0u);
  EXPECT_FALSE(record->table.expiry_attribute);
}

TEST(SchemaEncoding, EntryAttributesAreSortedAndUnique) {
  const TablePtr table = complete_table(full_table());
  EXPECT_EQ(table->indexes[0].entry_attributes,
            (std::vector<std::string>{"Artist", "Title", "Year", "a", "b"}));
  EXPECT_EQ(table->indexes[1].entry_attributes,
            (std::vector<std::string>{"Artist", "Genre", "Label", "Title", "Year"}));
}

}  // namespace
}  // namespace dynolith::test
