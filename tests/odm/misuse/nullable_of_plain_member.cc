// Error: nullable() needs an optional member
#include "tests/odm/misuse/model.h"

DEFINE(user.attribute("n", &User::age, nullable());)
