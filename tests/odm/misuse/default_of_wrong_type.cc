// Error: default_value() does not fit the member
#include "tests/odm/misuse/model.h"

DEFINE(user.attribute("n", &User::age, default_value("old"));)
