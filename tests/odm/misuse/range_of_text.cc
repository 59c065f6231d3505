// Error: range(), at_least() and at_most() need a number or a time
#include "tests/odm/misuse/model.h"

DEFINE(user.attribute("nick", &User::nickname, range(1, 2));)
