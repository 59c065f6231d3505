// Error: this structure has no Model
#include "tests/odm/misuse/model.h"

MISUSE(auto condition = f(&Unmapped::x) == 1;)
