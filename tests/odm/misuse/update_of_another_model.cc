// Error: a member of another model
#include "tests/odm/misuse/model.h"

MISUSE((void)users.update("a", "b").set(&Order::cents, 1).exec();)
