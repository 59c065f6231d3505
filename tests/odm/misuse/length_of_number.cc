// Error: length() needs a string, binary, list, map or set
#include "tests/odm/misuse/model.h"

DEFINE(user.attribute("n", &User::age, length(1, 2));)
