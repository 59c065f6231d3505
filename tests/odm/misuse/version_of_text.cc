// Error: version() needs an integer
#include "tests/odm/misuse/model.h"

DEFINE(user.version("v", &User::email);)
