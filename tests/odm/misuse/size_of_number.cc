// Error: size() needs a string, binary, set, list or map
#include "tests/odm/misuse/model.h"

MISUSE(auto condition = size(f(&User::age)) > 3;)
