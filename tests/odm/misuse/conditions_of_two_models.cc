// Error: conditions on two models are put together
#include "tests/odm/misuse/model.h"

MISUSE(auto condition = f(&User::age) > 3 && f(&Order::cents) > 3;)
