// Error: two attributes of different types are compared
#include "tests/odm/misuse/model.h"

MISUSE(auto condition = f(&User::age) == f(&User::email);)
