// Error: only() names a member of another model
#include "tests/odm/misuse/model.h"

MISUSE(auto some = users.only(f(&Order::cents));)
