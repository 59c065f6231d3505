// Error: key_pattern_has_an_empty_name | WellFormedKeyPattern
#include "tests/odm/misuse/model.h"

DEFINE(user.partition_key("pk", "ORG#{}");)
