// Error: a condition on another model
#include "tests/odm/misuse/model.h"

MISUSE((void)users.create(User{}, f(&Order::cents) > 3);)
