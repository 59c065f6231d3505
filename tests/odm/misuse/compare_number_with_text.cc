// Error: an attribute is compared with a value of another type
#include "tests/odm/misuse/model.h"

MISUSE(auto condition = f(&User::age) == "abc";)
