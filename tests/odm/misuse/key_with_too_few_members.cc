// Error: takes exactly the members of
#include "tests/odm/misuse/model.h"

MISUSE((void)users.get("acme");)
