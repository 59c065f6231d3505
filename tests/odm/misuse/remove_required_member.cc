// Error: remove() needs an optional member, a set, a list or a map
#include "tests/odm/misuse/model.h"

MISUSE((void)users.update("a", "b").remove(&User::age).exec();)
