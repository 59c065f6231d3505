// Error: this is a member of another structure
#include "tests/odm/misuse/model.h"

DEFINE(user.attribute("cents", &Order::cents);)
