// Error: sort(): the next member of the key has another type
#include "tests/odm/misuse/model.h"

MISUSE(auto query = users.query("acme").sort(ge(3));)
