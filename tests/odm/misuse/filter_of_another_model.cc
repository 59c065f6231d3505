// Error: a condition on another model
#include "tests/odm/misuse/model.h"

MISUSE(auto query = users.query("acme").where(f(&Order::cents) > 3);)
