// Error: takes at most the members of
#include "tests/odm/misuse/model.h"

MISUSE(auto query = users.query("acme", "1", "2");)
