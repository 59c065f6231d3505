// Random expression trees from a seeded generator, such as the service accepts: the same seed gives
// the same trees.
#pragma once

#include <random>
#include <vector>

#include "storage/expression/condition.h"
#include "storage/expression/key_condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"

namespace dynolith::test {

// Without NotContains, of at most `depth` levels of AND, OR and NOT.
storage::Condition random_condition(std::mt19937_64& random, int depth);
// Its actions by section, as text has them.
storage::Update random_update(std::mt19937_64& random);
storage::Projection random_projection(std::mt19937_64& random);
std::vector<storage::KeyClause> random_key_clauses(std::mt19937_64& random);

}  // namespace dynolith::test
