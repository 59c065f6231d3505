// Error: begins_with() needs a string or binary
#include "tests/odm/misuse/model.h"

MISUSE(auto condition = begins_with(f(&User::age), 3);)
