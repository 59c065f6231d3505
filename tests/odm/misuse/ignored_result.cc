// Error: nodiscard
#include "tests/odm/misuse/model.h"

MISUSE(users.remove("a", "b");)
