// Error: only() names a member of another model
#include "tests/odm/misuse/model.h"

MISUSE(auto query = users.query("acme").only(&User::age, &Order::cents);)
