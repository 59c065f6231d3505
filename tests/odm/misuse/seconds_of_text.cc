// Error: seconds(), milliseconds() and iso() need a time
#include "tests/odm/misuse/model.h"

DEFINE(user.attribute("e", &User::email, seconds());)
