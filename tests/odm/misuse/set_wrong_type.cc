// Error: is set to a value of another type
#include "tests/odm/misuse/model.h"

MISUSE((void)users.update("a", "b").set(&User::age, "x").exec();)
