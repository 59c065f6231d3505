// Error: append() and prepend() need a list
#include "tests/odm/misuse/model.h"

MISUSE((void)users.update("a", "b").append(&User::email, "x").exec();)
