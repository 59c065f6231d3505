// Error: take exactly the members of Model<T>::key
#include "tests/odm/misuse/model.h"

MISUSE((void)users.get("acme", "1", "2");)
