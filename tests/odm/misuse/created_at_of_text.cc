// Error: created_at(), updated_at() and expires_at() need a time
#include "tests/odm/misuse/model.h"

DEFINE(user.created_at("c", &User::email);)
