// One table of what the answers are. Infrastructure tools call many of these operations on every
// refresh: they get what is true here. Requests are checked as the service checks them: types,
// members, then whether the table exists.
#include "api/operations/fixed_answers.h"

#include <algorithm>
#include <array>

#include "api/json/table_description.h"
#include "api/json/writer.h"
#include "api/operations/handlers.h"
#include "api/request/constraints.h"
#include "api/request/table_name.h"

namespace dynolith::api {

namespace {

constexpr size_t kMembersMax = 8;

constexpr Shape kText{Kind::kString, "java.lang.String"};
constexpr Shape kFlag{Kind::kBoolean, "java.lang.Boolean"};
constexpr Shape kInteger{Kind::kInteger, "java.lang.Integer"};
constexpr Shape kAnyStructure{Kind::kStructure, "com.amazonaws.dynamodb.v20120810.Structure"};
constexpr Shape kAnyStructureList{Kind::kList, "java.util.List", &kAnyStructure};
constexpr Shape kAnyValue{Kind::kAttributeValue, "com.amazonaws.dynamodb.v20120810.AttributeValue"};
constexpr Shape kAnyValueList{
    Kind::kList, "java.util.List<com.amazonaws.dynamodb.v20120810.AttributeValue>", &kAnyValue};

constexpr std::array<MemberShape, 1> kRecoverySpecificationMembers{
    {{0, "PointInTimeRecoveryEnabled", &kFlag}}};
constexpr Shape kRecoverySpecification{
    Kind::kStructure, "com.amazonaws.dynamodb.v20120810.PointInTimeRecoverySpecification", nullptr,
    kRecoverySpecificationMembers};

// How a member of a request is checked, beside its type.
enum class Rule : uint8_t {
  kOptional,
  kRequired,
  kTable,        // A table's name or ARN; required.
  kSource,       // A table's name or ARN; one of these members is required.
  kName,         // Required; 3 to 255 of [a-zA-Z0-9_.-].
  kArn,          // Required; 37 to 1024 characters.
  kPageSize,     // From 1 to Member::most.
  kTargetState,  // Required: ENABLE or DISABLE.
};

struct Member {
  std::string_view name, path;
  const Shape* shape;
  Rule rule = Rule::kOptional;
  int64_t most = 0;
};

// What is said when the request's table does not exist.
enum class Absent : uint8_t {
  kIgnored,  // It does not matter, or there is none.
  kResourceNotFound,
  kTableNotFound,
};

// A checked request.
struct Asked {
  std::array<Slot, kMembersMax> members;  // In the order of FixedAnswer::members.
  storage::TableDescription table;        // Unless FixedAnswer::absent says kIgnored.
  std::string_view text(size_t member) const { return *members[member].text(); }
};

struct FixedAnswer;
using Answer = Result<void> (*)(const FixedAnswer& fixed, const Asked& asked, std::string& reply);

struct FixedAnswer {
  std::string_view operation;
  std::span<const Member> members;
  Absent absent;
  Answer answer;
  std::string_view text = {};  // The reply, or what is said in an error.
};

// The reply is `text`.
Result<void> constant(const FixedAnswer& fixed, const Asked&, std::string& reply) {
  reply += fixed.text;
  return {};
}

// `text` says what to use instead.
Result<void> unsupported(const FixedAnswer& fixed, const Asked&, std::string&) {
  return storage::validation_error(
      std::string(fixed.operation).append(" is not supported: ").append(fixed.text));
}

// There is none of what the first member names.
template <ErrorCode kCode>
Result<void> not_found(const FixedAnswer& fixed, const Asked& asked, std::string&) {
  return storage::make_error(kCode, std::string(fixed.text).append(asked.text(0)));
}

Result<void> no_global_table(const FixedAnswer&, const Asked& asked, std::string&) {
  return storage::make_error(ErrorCode::kGlobalTableNotFound,
                             "Global table not found: Global table with name: '" +
                                 std::string(asked.text(0)) + "' does not exist.");
}

Result<void> recovery_is_off(const FixedAnswer&, const Asked& asked, std::string&) {
  return storage::make_error(
      ErrorCode::kPointInTimeRecoveryUnavailable,
      "Point in time recovery is not enabled for table '" + asked.table.table->name() + "'");
}

constexpr std::string_view kContinuousBackups =
    R"({"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED",)"
    R"("PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}})";

// It can be turned off, which it is.
Result<void> set_recovery(const FixedAnswer& fixed, const Asked& asked, std::string& reply) {
  std::array<Slot, 1> specification;
  fill_slots(asked.members[1].object(), kRecoverySpecificationMembers, specification);
  Constraints constraints;
  constraints.required(specification[0],
                       "pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled");
  TRY(constraints.check());
  if (*specification[0].boolean()) return unsupported(fixed, asked, reply);
  reply += kContinuousBackups;
  return {};
}

Result<void> no_kinesis_stream(const FixedAnswer&, const Asked& asked, std::string& reply) {
  JsonWriter json(reply);
  json.begin_object().name("TableName").string(asked.table.table->name());
  json.name("KinesisDataStreamDestinations").begin_array().end_array().end_object();
  return {};
}

Result<void> no_replicas(const FixedAnswer&, const Asked& asked, std::string& reply) {
  JsonWriter json(reply);
  json.begin_object().name("TableAutoScalingDescription").begin_object();
  json.name("TableName").string(asked.table.table->name());
  json.name("TableStatus").string(table_status_text(asked.table.status));
  json.name("Replicas").begin_array().end_array().end_object().end_object();
  return {};
}

Result<void> no_insights(const FixedAnswer&, const Asked& asked, std::string& reply) {
  const auto index = asked.members[1].text();
  if (index && asked.table.table->find_index(*index) == nullptr)
    return storage::make_error(
        ErrorCode::kResourceNotFound,
        "Requested resource not found: Index: " + std::string(*index) + " not found");
  JsonWriter json(reply);
  json.begin_object().name("TableName").string(asked.table.table->name());
  if (index) json.name("IndexName").string(*index);
  json.name("ContributorInsightsStatus").string("DISABLED").end_object();
  return {};
}

Result<void> set_insights(const FixedAnswer& fixed, const Asked& asked, std::string& reply) {
  if (asked.text(2) == "ENABLE") return unsupported(fixed, asked, reply);
  return no_insights(fixed, asked, reply);
}

constexpr Member kTableName{"TableName", "tableName", &kText, Rule::kTable};
constexpr Member kIndexName{"IndexName", "indexName", &kText};
constexpr Member kTableArn{"TableArn", "tableArn", &kText, Rule::kTable};
constexpr Member kStreamArn{"StreamArn", "streamArn", &kText, Rule::kArn};
constexpr Member kGlobalTableName{"GlobalTableName", "globalTableName", &kText, Rule::kName};
constexpr Member kTargetTableName{"TargetTableName", "targetTableName", &kText, Rule::kName};

constexpr std::array kLimit100{Member{"Limit", "limit", &kInteger, Rule::kPageSize, 100}};
constexpr std::array kPageSize25{Member{"PageSize", "pageSize", &kInteger, Rule::kPageSize, 25}};
constexpr std::array kMaxResults25{
    Member{"MaxResults", "maxResults", &kInteger, Rule::kPageSize, 25}};
constexpr std::array kMaxResults100{
    Member{"MaxResults", "maxResults", &kInteger, Rule::kPageSize, 100}};
constexpr std::array kTableOnly{kTableName};
constexpr std::array kGlobalTableOnly{kGlobalTableName};
constexpr std::array kStreamOfTable{kTableName, kStreamArn};
constexpr std::array kBackupArn{Member{"BackupArn", "backupArn", &kText, Rule::kArn}};
constexpr std::array kExportArn{Member{"ExportArn", "exportArn", &kText, Rule::kArn}};
constexpr std::array kImportArn{Member{"ImportArn", "importArn", &kText, Rule::kArn}};
constexpr std::array kNewBackup{kTableName,
                                Member{"BackupName", "backupName", &kText, Rule::kName}};
constexpr std::array kRestoreBackup{Member{"BackupArn", "backupArn", &kText, Rule::kArn},
                                    kTargetTableName};
constexpr std::array kSetRecovery{
    kTableName, Member{"PointInTimeRecoverySpecification", "pointInTimeRecoverySpecification",
                       &kRecoverySpecification, Rule::kRequired}};
constexpr std::array kRestoreTable{
    Member{"SourceTableName", "sourceTableName", &kText, Rule::kSource},
    Member{"SourceTableArn", "sourceTableArn", &kText, Rule::kSource}, kTargetTableName};
constexpr std::array kExport{kTableArn, Member{"S3Bucket", "s3Bucket", &kText, Rule::kRequired}};
constexpr std::array kImport{
    Member{"S3BucketSource", "s3BucketSource", &kAnyStructure, Rule::kRequired},
    Member{"InputFormat", "inputFormat", &kText, Rule::kRequired},
    Member{"TableCreationParameters", "tableCreationParameters", &kAnyStructure, Rule::kRequired}};
constexpr std::array kNewGlobalTable{
    kGlobalTableName,
    Member{"ReplicationGroup", "replicationGroup", &kAnyStructureList, Rule::kRequired}};
constexpr std::array kChangedGlobalTable{
    kGlobalTableName,
    Member{"ReplicaUpdates", "replicaUpdates", &kAnyStructureList, Rule::kRequired}};
constexpr std::array kInsights{kTableName, kIndexName};
constexpr std::array kSetInsights{
    kTableName, kIndexName,
    Member{"ContributorInsightsAction", "contributorInsightsAction", &kText, Rule::kTargetState}};
constexpr std::array kSearch{
    kTableName, Member{"IndexName", "indexName", &kText, Rule::kName},
    Member{"SearchVector", "searchVector", &kAnyValueList, Rule::kRequired},
    Member{"TopK", "topK", &kInteger, Rule::kRequired}};
constexpr std::array kBulkPut{kTableName, Member{"InputS3Configuration", "inputS3Configuration",
                                                 &kAnyStructure, Rule::kRequired}};

constexpr std::string_view kNoBackups =
    "stop the server and copy its data directory to keep a state of the tables";
constexpr std::string_view kNoReplicas =
    "there is one server and one copy of a table; use tables without replicas";
constexpr std::string_view kNoKinesis =
    "records are not delivered to Kinesis; read the table's DynamoDB stream";
constexpr std::string_view kNoBulk =
    "there are no bulk operations; write the items with BatchWriteItem";

// Sorted by name.
constexpr std::array kAnswers{
    FixedAnswer{"CancelBulkOperation", {}, Absent::kIgnored, unsupported, kNoBulk},
    FixedAnswer{"CreateBackup", kNewBackup, Absent::kTableNotFound, unsupported, kNoBackups},
    FixedAnswer{"CreateGlobalTable", kNewGlobalTable, Absent::kIgnored, unsupported, kNoReplicas},
    FixedAnswer{"DeleteBackup", kBackupArn, Absent::kIgnored, not_found<ErrorCode::kBackupNotFound>,
                "Backup not found: "},
    FixedAnswer{"DescribeBackup", kBackupArn, Absent::kIgnored,
                not_found<ErrorCode::kBackupNotFound>, "Backup not found: "},
    FixedAnswer{"DescribeBulkOperation", {}, Absent::kIgnored, unsupported, kNoBulk},
    FixedAnswer{"DescribeContinuousBackups", kTableOnly, Absent::kTableNotFound, constant,
                kContinuousBackups},
    FixedAnswer{"DescribeContributorInsights", kInsights, Absent::kResourceNotFound, no_insights},
    FixedAnswer{"DescribeExport", kExportArn, Absent::kIgnored,
                not_found<ErrorCode::kExportNotFound>, "Export not found: "},
    FixedAnswer{"DescribeGlobalTable", kGlobalTableOnly, Absent::kIgnored, no_global_table},
    FixedAnswer{"DescribeGlobalTableSettings", kGlobalTableOnly, Absent::kIgnored, no_global_table},
    FixedAnswer{"DescribeImport", kImportArn, Absent::kIgnored,
                not_found<ErrorCode::kImportNotFound>, "Import not found: "},
    FixedAnswer{"DescribeKinesisStreamingDestination", kTableOnly, Absent::kResourceNotFound,
                no_kinesis_stream},
    FixedAnswer{"DescribeTableReplicaAutoScaling", kTableOnly, Absent::kResourceNotFound,
                no_replicas},
    FixedAnswer{"DisableKinesisStreamingDestination", kStreamOfTable, Absent::kResourceNotFound,
                unsupported, kNoKinesis},
    FixedAnswer{"EnableKinesisStreamingDestination", kStreamOfTable, Absent::kResourceNotFound,
                unsupported, kNoKinesis},
    FixedAnswer{"ExportTableToPointInTime", kExport, Absent::kTableNotFound, recovery_is_off},
    FixedAnswer{"ImportTable", kImport, Absent::kIgnored, unsupported,
                "make the table with CreateTable and write the items with BatchWriteItem"},
    FixedAnswer{"ListBackups", kLimit100, Absent::kIgnored, constant, R"({"BackupSummaries":[]})"},
    FixedAnswer{"ListBulkOperations", {}, Absent::kIgnored, unsupported, kNoBulk},
    FixedAnswer{"ListContributorInsights", kMaxResults100, Absent::kIgnored, constant,
                R"({"ContributorInsightsSummaries":[]})"},
    FixedAnswer{"ListExports", kMaxResults25, Absent::kIgnored, constant,
                R"({"ExportSummaries":[]})"},
    FixedAnswer{"ListGlobalTables", kLimit100, Absent::kIgnored, constant,
                R"({"GlobalTables":[]})"},
    FixedAnswer{"ListImports", kPageSize25, Absent::kIgnored, constant,
                R"({"ImportSummaryList":[]})"},
    FixedAnswer{"RestoreTableFromBackup", kRestoreBackup, Absent::kIgnored,
                not_found<ErrorCode::kBackupNotFound>, "Backup not found: "},
    FixedAnswer{"RestoreTableToPointInTime", kRestoreTable, Absent::kTableNotFound,
                recovery_is_off},
    FixedAnswer{"SearchVectors", kSearch, Absent::kResourceNotFound, unsupported,
                "there are no vector indexes; read the items with Query or Scan and compare their "
                "vectors"},
    FixedAnswer{"StartBulkPutItems", kBulkPut, Absent::kResourceNotFound, unsupported, kNoBulk},
    FixedAnswer{"UpdateContinuousBackups", kSetRecovery, Absent::kTableNotFound, set_recovery,
                "point-in-time recovery cannot be turned on; stop the server and copy its data "
                "directory to keep a state of the tables"},
    FixedAnswer{"UpdateContributorInsights", kSetInsights, Absent::kResourceNotFound, set_insights,
                "contributor insights cannot be turned on; ask for ReturnConsumedCapacity instead"},
    FixedAnswer{"UpdateGlobalTable", kChangedGlobalTable, Absent::kIgnored, unsupported,
                kNoReplicas},
    FixedAnswer{"UpdateGlobalTableSettings", kGlobalTableOnly, Absent::kIgnored, unsupported,
                kNoReplicas},
    FixedAnswer{"UpdateKinesisStreamingDestination", kStreamOfTable, Absent::kResourceNotFound,
                unsupported, kNoKinesis},
    FixedAnswer{"UpdateTableReplicaAutoScaling", kTableOnly, Absent::kResourceNotFound, unsupported,
                kNoReplicas},
};

constexpr std::array<std::string_view, 2> kTargetStates{"ENABLE", "DISABLE"};
constexpr int64_t kNameMin = 3;
constexpr int64_t kNameMax = 255;
constexpr int64_t kArnMin = 37;
constexpr int64_t kArnMax = 1024;

void check_length(Constraints& constraints, const Slot& slot, std::string_view path, int64_t least,
                  int64_t most) {
  const auto text = slot.text();
  if (!text) return constraints.null(path);
  const auto length = static_cast<int64_t>(text->size());
  if (length < least) constraints.echo(*text, path, at_least("length", least));
  if (length > most) constraints.echo(*text, path, at_most("length", most));
}

void check_member(Constraints& constraints, const Member& member, const Slot& slot,
                  Wording wording) {
  switch (member.rule) {
    case Rule::kOptional:
      return;
    case Rule::kRequired:
      return constraints.required(slot, member.path);
    case Rule::kSource:
      if (!slot.present()) return;
      [[fallthrough]];
    case Rule::kTable:
      if (!slot.present()) return constraints.null(member.path);
      return check_table_name(constraints, slot, wording);
    case Rule::kName:
      if (slot.text() && !is_name_text(*slot.text()))
        constraints.echo(*slot.text(), member.path, kNameConstraint);
      return check_length(constraints, slot, member.path, kNameMin, kNameMax);
    case Rule::kArn:
      return check_length(constraints, slot, member.path, kArnMin, kArnMax);
    case Rule::kPageSize:
      return constraints.in_range(slot, member.path, 1, member.most);
    case Rule::kTargetState:
      constraints.required(slot, member.path);
      return constraints.one_of(slot, member.path, kTargetStates);
  }
}

bool names_table(Rule rule) { return rule == Rule::kTable || rule == Rule::kSource; }

Result<storage::TableDescription> find_asked_table(const OperationContext& context,
                                                   const FixedAnswer& fixed, const Asked& asked) {
  for (size_t i = 0; i < fixed.members.size(); ++i) {
    if (!names_table(fixed.members[i].rule) || !asked.members[i].present()) continue;
    const auto table = TRY(table_reference(asked.text(i)));
    auto found = context.database.describe_table(table.name, context.scope);
    const bool missing = !found.ok() && found.error().code == ErrorCode::kResourceNotFound;
    if (!missing || fixed.absent == Absent::kResourceNotFound) return found;
    return storage::make_error(ErrorCode::kTableNotFound,
                               std::string("Table not found: ").append(table.given));
  }
  return storage::validation_error(
      "One or more parameter values were invalid: one of SourceTableName and SourceTableArn must "
      "be given");
}

Result<void> answer(const FixedAnswer& fixed, const OperationContext& context,
                    const JsonObject& body, std::string& reply) {
  std::array<MemberShape, kMembersMax> shapes;
  const size_t count = fixed.members.size();
  for (size_t i = 0; i < count; ++i)
    shapes[i] = {static_cast<uint8_t>(i), fixed.members[i].name, fixed.members[i].shape};
  Asked asked;
  TRY(check_types(body, std::span(shapes).first(count), std::span(asked.members).first(count)));
  Constraints constraints;
  for (size_t i = 0; i < count; ++i)
    check_member(constraints, fixed.members[i], asked.members[i], context.wording);
  TRY(constraints.check());
  if (fixed.absent != Absent::kIgnored) asked.table = TRY(find_asked_table(context, fixed, asked));
  return fixed.answer(fixed, asked, reply);
}

template <size_t kIndex>
Result<void> handle(const OperationContext& context, const JsonObject& body, std::string& reply) {
  return answer(kAnswers[kIndex], context, body, reply);
}

template <size_t... kIndexes>
constexpr auto operations_of(std::index_sequence<kIndexes...>) {
  return std::array{
      Operation{kAnswers[kIndexes].operation, handle<kIndexes>, false, Envelope::kBare}...};
}

constexpr auto kOperations = operations_of(std::make_index_sequence<kAnswers.size()>());

static_assert(std::is_sorted(kAnswers.begin(), kAnswers.end(),
                             [](const FixedAnswer& a, const FixedAnswer& b) {
                               return a.operation < b.operation;
                             }));
static_assert(std::all_of(kAnswers.begin(), kAnswers.end(), [](const FixedAnswer& fixed) {
  return fixed.members.size() <= kMembersMax;
}));

}  // namespace

std::span<const Operation> fixed_operations() { return kOperations; }

}  // namespace dynolith::api
