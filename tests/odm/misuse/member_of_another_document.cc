// Error: this member is not one of that document
#include "tests/odm/misuse/model.h"

MISUSE(auto condition = f(&User::home) / &Order::cents == 3;)
