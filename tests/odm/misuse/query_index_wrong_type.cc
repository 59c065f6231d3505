// Error: a key member is given with a value of another type
#include "tests/odm/misuse/model.h"

MISUSE(auto query = users.query(kByEmail, 3);)
