// Error: key_pattern_has_an_unbalanced_brace | WellFormedKeyPattern
#include "tests/odm/misuse/model.h"

DEFINE(user.partition_key("pk", "ORG#{org");)
