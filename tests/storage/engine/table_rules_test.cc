#include "storage/engine/table_rules.h"

#include <functional>

#include "tests/storage/engine/fixture.h"

namespace dynolith::test {
namespace {

using namespace dynolith::storage;

constexpr char kP[] = "One or more parameter values were invalid: ";

TableDefinition sound() {
  return definition("Table", key_schema({"p"}, {"s:N"}),
                    {local_index("Local", key_schema({"p"}, {"l"})),
                     global_index("Global", key_schema({"g"}, {"s:N"}))});
}

struct RuleCase {
  const char* name;
  std::function<void(TableDefinition&)> change;
  std::string message;
};

void redefine(TableDefinition& table) {
  table.attribute_definitions = attribute_definitions_of(table);
}

std::vector<std::string> names(size_t count, const std::string& prefix) {
  std::vector<std::string> all;
  for (size_t i = 0; i < count; ++i) all.push_back(prefix + std::to_string(i));
  return all;
}

void replace_indexes(TableDefinition& table, std::vector<IndexDefinition> indexes) {
  table.indexes = std::move(indexes);
  redefine(table);
}

void provision(TableDefinition& table, int64_t read, int64_t write) {
  table.billing_mode = BillingMode::kProvisioned;
  table.throughput = {read, write};
}

std::vector<IndexDefinition> many(size_t count, bool local) {
  std::vector<IndexDefinition> indexes;
  for (size_t i = 0; i < count; ++i) {
    const std::string name = "Index" + std::to_string(i);
    indexes.push_back(local ? local_index(name, key_schema({"p"}, {"l"}))
                            : global_index(name, key_schema({"l"})));
  }
  return indexes;
}

std::vector<IndexDefinition> projecting(size_t total) {
  std::vector<IndexDefinition> indexes;
  for (size_t i = 0; total > 0; ++i) {
    const size_t here = std::min<size_t>(total, 20);
    indexes.push_back(global_index("Index" + std::to_string(i), key_schema({"g"}),
                                   ProjectionType::kInclude, names(here, "a")));
    total -= here;
  }
  return indexes;
}

const RuleCase kCases[] = {
    {"sound", [](auto&) {}, "no error"},
    {"name of two", [](auto& t) { t.name = "ab"; },
     "Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than "
     "or equal to 3"},
    {"name of three", [](auto& t) { t.name = "abc"; }, "no error"},
    {"name of 255", [](auto& t) { t.name = std::string(255, 'a'); }, "no error"},
    {"name of 256", [](auto& t) { t.name = std::string(256, 'a'); },
     "Value '" + std::string(256, 'a') +
         "' at 'tableName' failed to satisfy constraint: Member must have length less than or "
         "equal to 255"},
    {"name with a slash", [](auto& t) { t.name = "abc/d"; },
     "Value 'abc/d' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
     "expression pattern: [a-zA-Z0-9_.-]+"},
    {"global index names come first",
     [](auto& t) {
       t.indexes[0].name = "l";
       t.indexes[1].name = "g";
     },
     "Value 'g' at 'globalSecondaryIndexes.1.member.indexName' failed to satisfy constraint: "
     "Member "
     "must have length greater than or equal to 3"},
    {"key attribute name of 255",
     [](auto& t) {
       replace_indexes(t, {global_index("Gsi", key_schema({std::string(255, 'k')}))});
     },
     "no error"},
    {"key attribute name of 256", [](auto& t) { t.key.partition[0].name = std::string(256, 'k'); },
     "Value '" + std::string(256, 'k') +
         "' at 'keySchema.1.member.attributeName' failed to satisfy constraint: Member must have "
         "length less than or equal to 255"},
    {"key of type BOOL", [](auto& t) { t.attribute_definitions[0].type = AttributeType::kBoolean; },
     "Value 'BOOL' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: "
     "Member must satisfy enum value set: [B, N, S]"},

    {"provisioned without units", [](auto& t) { t.billing_mode = BillingMode::kProvisioned; },
     kP + std::string("ReadCapacityUnits and WriteCapacityUnits must both be specified when "
                      "BillingMode is PROVISIONED")},
    {"on demand with units",
     [](auto& t) {
       t.throughput = {1, 1};
     },
     kP + std::string("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                      "BillingMode is PAY_PER_REQUEST")},
    {"units at the bound",
     [](auto& t) {
       provision(t, 1'000'000'000'000, 1);
       t.indexes[1].throughput = Throughput{1, 1};
     },
     "no error"},
    {"read units out of bounds", [](auto& t) { provision(t, 1'000'000'000'001, 1); },
     "Given value 1000000000001 for ReadCapacityUnits is out of bounds"},
    {"write units out of bounds", [](auto& t) { provision(t, 1, 1'000'000'000'001); },
     "Given value 1000000000001 for WriteCapacityUnits is out of bounds"},
    {"on-demand limits when provisioned",
     [](auto& t) {
       provision(t, 1, 1);
       t.on_demand_limits = ThroughputLimits{5, {}};
     },
     kP + std::string("MaxReadRequestUnits for OnDemandThroughput cannot be specified when table "
                      "BillingMode is PROVISIONED.")},
    {"index units when on demand",
     [](auto& t) {
       t.indexes[1].throughput = Throughput{1, 1};
     },
     kP + std::string("ProvisionedThroughput should not be specified for index: Global when "
                      "BillingMode is PAY_PER_REQUEST")},
    {"no index units when provisioned", [](auto& t) { provision(t, 1, 1); },
     kP + std::string("ProvisionedThroughput must be specified for index: Global")},

    {"attribute defined twice",
     [](auto& t) { t.attribute_definitions.push_back(t.attribute_definitions[0]); },
     kP + std::string("Duplicate attribute name in AttributeDefinitions: p")},
    {"table key not defined",
     [](auto& t) {
       t.indexes.clear();
       t.attribute_definitions = {key_attribute("p"), key_attribute("x")};
     },
     kP +
         std::string("Some index key attributes are not defined in AttributeDefinitions. Keys: [p, "
                     "s], AttributeDefinitions: [p, x]")},
    {"index key not defined",
     [](auto& t) {
       t.attribute_definitions.pop_back();
       t.attribute_definitions.push_back(key_attribute("x"));
     },
     kP +
         std::string("Some index key attributes are not defined in AttributeDefinitions. Keys: [g, "
                     "s], AttributeDefinitions: [p, s, l, x]")},
    {"too many definitions, no index", [](auto& t) { t.indexes.clear(); },
     kP + std::string(
              "Number of attributes in KeySchema does not exactly match number of attributes "
              "defined in AttributeDefinitions")},
    {"too many definitions", [](auto& t) { t.attribute_definitions.push_back(key_attribute("x")); },
     kP + std::string("Some AttributeDefinitions are not used. AttributeDefinitions: [p, s, l, g, "
                      "x], keys used: [p, s, l, g]")},

    {"no partition key", [](auto& t) { t.key = key_schema({}, {"s:N"}); },
     "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
    {"two partition keys",
     [](auto& t) {
       t.key = key_schema({"p", "s:N"});
     },
     "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"},
    {"same name", [](auto& t) { t.key = key_schema({"p"}, {"p"}); },
     "Invalid KeySchema: Both the Hash Key and the Range Key element in the KeySchema have the "
     "same "
     "name"},

    {"local index on a table without a sort key",
     [](auto& t) {
       t.key = key_schema({"p"});
       redefine(t);
     },
     kP +
         std::string("Table KeySchema does not have a range key, which is required when specifying "
                     "a LocalSecondaryIndex")},
    {"local index without a sort key",
     [](auto& t) { replace_indexes(t, {local_index("Local", key_schema({"p"}))}); },
     kP + std::string("Index KeySchema does not have a range key for index: Local")},
    {"local index of another partition key",
     [](auto& t) { replace_indexes(t, {local_index("Local", key_schema({"x"}, {"s:N"}))}); },
     kP + std::string("Index KeySchema does not have the same leading hash key as table KeySchema "
                      "for index: Local. index hash key: x, table hash key: p")},
    {"local index sorted by its partition key",
     [](auto& t) { replace_indexes(t, {local_index("Local", key_schema({"p"}, {"p"}))}); },
     "Invalid KeySchema: Both the Hash Key and the Range Key element in the KeySchema have the "
     "same "
     "name"},
    {"local index of two sort keys",
     [](auto& t) {
       replace_indexes(t, {local_index("Local", key_schema({"p"}, {"l", "m"}))});
     },
     "Invalid KeySchema: Too many KeySchemaElements: a key has at most 2, not 3"},

    {"INCLUDE of nothing", [](auto& t) { t.indexes[0].projection.type = ProjectionType::kInclude; },
     kP + std::string("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")},
    {"ALL and more", [](auto& t) { t.indexes[0].projection.non_key_attributes = {"a"}; },
     kP + std::string("ProjectionType is ALL, but NonKeyAttributes is specified")},
    {"KEYS_ONLY and more",
     [](auto& t) {
       t.indexes[1].projection = {ProjectionType::kKeysOnly, {"a"}};
     },
     kP + std::string("ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified")},
    {"projected twice",
     [](auto& t) {
       t.indexes[1].projection = {ProjectionType::kInclude, {"a", "b", "a"}};
     },
     kP + std::string("Duplicate attribute name in NonKeyAttributes: a")},
    {"20 projected",
     [](auto& t) {
       t.indexes[1].projection = {ProjectionType::kInclude, names(20, "a")};
     },
     "no error"},
    {"projected name of 256",
     [](auto& t) {
       t.indexes[1].projection = {ProjectionType::kInclude, {std::string(256, 'a')}};
     },
     "Value '" + std::string(256, 'a') +
         "' at 'globalSecondaryIndexes.1.member.projection.nonKeyAttributes.1.member' failed to "
         "satisfy constraint: Member must have length less than or equal to 255"},
    {"100 projected over all", [](auto& t) { replace_indexes(t, projecting(100)); }, "no error"},
    {"101 projected over all", [](auto& t) { replace_indexes(t, projecting(101)); },
     kP + std::string("Number of projected non-key attributes over all indexes (101) exceeds the "
                      "per-table limit of 100")},

    {"one name, two indexes", [](auto& t) { t.indexes[1].name = "Local"; },
     kP + std::string("Duplicate index name: Local")},
    {"5 local indexes", [](auto& t) { replace_indexes(t, many(5, true)); }, "no error"},
    {"6 local indexes", [](auto& t) { replace_indexes(t, many(6, true)); },
     kP + std::string("Number of LocalSecondaryIndexes exceeds per-table limit of 5")},
    {"20 global indexes", [](auto& t) { replace_indexes(t, many(20, false)); }, "no error"},
    {"21 global indexes", [](auto& t) { replace_indexes(t, many(21, false)); },
     kP + std::string("GlobalSecondaryIndex count exceeds the per-table limit of 20")},

    {"global index of 4 + 4",
     [](auto& t) {
       replace_indexes(
           t, {global_index("Gsi", key_schema({"a", "b", "c", "d"}, {"e", "f", "g", "h"}))});
     },
     "no error"},
    {"global index of 5 + 0",
     [](auto& t) {
       replace_indexes(t, {global_index("Gsi", key_schema({"a", "b", "c", "d", "e"}))});
     },
     "Invalid KeySchema: The number of HASH key elements exceeds the limit of 4 for index: Gsi"},
    {"global index of 1 + 5",
     [](auto& t) {
       replace_indexes(t, {global_index("Gsi", key_schema({"a"}, {"b", "c", "d", "e", "f"}))});
     },
     "Invalid KeySchema: The number of RANGE key elements exceeds the limit of 4 for index: Gsi"},
    {"global index without a partition key",
     [](auto& t) { replace_indexes(t, {global_index("Gsi", key_schema({}, {"a"}))}); },
     "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
    {"global index with an attribute twice",
     [](auto& t) {
       replace_indexes(t, {global_index("Gsi", key_schema({"a", "a"}))});
     },
     "Invalid KeySchema: Two elements in the KeySchema have the same name: a"},
    {"global index with an attribute in both roles",
     [](auto& t) {
       replace_indexes(t, {global_index("Gsi", key_schema({"a", "b"}, {"a"}))});
     },
     "Invalid KeySchema: Both the Hash Key and the Range Key element in the KeySchema have the "
     "same "
     "name"},
    {"indexes on the table's own key",
     [](auto& t) {
       replace_indexes(t, {local_index("Local", key_schema({"p"}, {"s:N"})),
                           global_index("Gsi", key_schema({"p"}, {"s:N"}))});
     },
     "no error"},
    {"50 tags", [](auto& t) { t.tags.resize(50); }, "no error"},
    {"51 tags", [](auto& t) { t.tags.resize(51); },
     kP + std::string("Too many tags: a table has at most 50")},
};

TEST(TableRules, AnswerEachDefinitionInTheServicesWords) {
  for (const RuleCase& rule : kCases) {
    TableDefinition table = sound();
    rule.change(table);
    EXPECT_EQ(message_of(check_table_definition(table)), rule.message) << rule.name;
  }
}

TEST(TableRules, ErrorsOfSingleMembersAreOfTheRequest) {
  TableDefinition table = sound();
  table.name = "x";
  EXPECT_EQ(check_table_definition(table).error().scope, ErrorScope::kRequest);
  table = sound();
  table.indexes[1].name = "Local";
  EXPECT_EQ(check_table_definition(table).error().scope, ErrorScope::kTable);
}

TEST(TableRules, KeyElementsMustBeInOrder) {
  const KeyElement kPartitionLast[] = {
      {"a", KeyRole::kPartition}, {"b", KeyRole::kSort}, {"c", KeyRole::kPartition}};
  EXPECT_EQ(message_of(check_key_elements(SchemaOf::kGlobalIndex, kPartitionLast, "Gsi")),
            "Invalid KeySchema: HASH must precede RANGE: a HASH key element follows a RANGE one "
            "for index: Gsi");
  EXPECT_EQ(message_of(check_key_elements(SchemaOf::kTable, {})),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
}

}  // namespace
}  // namespace dynolith::test
