// Random items from a seeded generator, for property tests: the same seed gives the same items.
// Texts and bytes are drawn to hurt: empty ones, zeros, 0xff, terminators, characters of one to
// four bytes, names that are prefixes of one another.
#pragma once

#include <random>
#include <string>

#include "storage/value/attribute_value.h"

namespace dynolith::test {

struct RandomItemOptions {
  int depth = 4;       // Levels of values at most, 1..32; one attribute reaches it.
  size_t bytes = 300;  // About so many bytes of content.
};

storage::Item random_item(std::mt19937_64& random, const RandomItemOptions& options = {});
storage::AttributeValue random_value(std::mt19937_64& random, int depth, size_t bytes);
storage::Number random_number(std::mt19937_64& random);
// Well-formed UTF-8 of at most `bytes_max` bytes.
std::string random_text(std::mt19937_64& random, size_t bytes_max);
std::string random_bytes(std::mt19937_64& random, size_t bytes_max);

}  // namespace dynolith::test
