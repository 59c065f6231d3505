// Error: add() needs a number or a set
#include "tests/odm/misuse/model.h"

MISUSE((void)users.update("a", "b").add(&User::email, "x").exec();)
