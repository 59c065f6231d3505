// Error: uuid() and ulid() need a string member
#include "tests/odm/misuse/model.h"

DEFINE(user.attribute("n", &User::age, uuid());)
