// Error: [index] needs a list
#include "tests/odm/misuse/model.h"

MISUSE(auto field = f(&User::email)[0u];)
