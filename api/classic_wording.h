// Sentences of the engine and the expression binder as they read before June 2026. What depends on
// more than the sentence (envelopes, echoes of values, member paths) is worded where it is found.
#pragma once

#include <string>

namespace dynolith::api {

std::string in_classic_words(std::string message);

}  // namespace dynolith::api
