// Several functions as one, for std::visit: Overloaded{[](const A&) {}, [](const B&) {}}.
#pragma once

namespace dynolith::odm::internal {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace dynolith::odm::internal
