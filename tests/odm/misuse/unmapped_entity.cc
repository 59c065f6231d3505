// Error: this structure has no Model
#include "tests/odm/misuse/model.h"

MISUSE(auto entity = table.entity<Unmapped>(); auto got = entity.get("a");)
