// Error: contains(): the set has members of another type
#include "tests/odm/misuse/model.h"

MISUSE(auto condition = contains(&User::tags, 3);)
