// The embedded connection alone: what it costs, how it is opened, and that trees which programs
// made wrongly are refused.
#include "odm/connection/embedded_connection.h"

#include "tests/odm/connection/connection_conformance.h"
#include "tests/odm/connection/trees.h"
#include "tests/support/temp_dir.h"
#include "tests/support/value_text.h"

namespace dynolith::odm {
namespace {

ConnectionPtr in_memory() { return open_embedded({}).value(); }

INSTANTIATE_TEST_SUITE_P(Embedded, ConnectionConformance,
                         testing::Values(ConnectionFactory{"embedded", in_memory}),
                         connection_name);

TEST(EmbeddedConnection, SaysWhenADirectoryIsInUse) {
  const test::TempDir directory;
  const auto first = open_embedded({.directory = directory.path()});
  ASSERT_TRUE(first.ok()) << first.error().to_text();
  const auto second = open_embedded({.directory = directory.path()});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace dynolith::odm
