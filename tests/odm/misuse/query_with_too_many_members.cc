// Error: query() takes no more members than Model<T>::key has
#include "tests/odm/misuse/model.h"

MISUSE(auto query = users.query("acme", "1", "2");)
