// Error: matches() needs a string
#include "tests/odm/misuse/model.h"

DEFINE(user.attribute("n", &User::age, matches("x"));)
