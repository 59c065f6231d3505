// Error: this type cannot be stored
#include "tests/odm/misuse/model.h"

struct Holder {
  shop::Unmapped inner;
};
template <>
struct dynolith::odm::Model<Holder> {
  static void define(Definition<Holder>& holder) { holder.attribute("inner", &Holder::inner); }
};
const dynolith::odm::Schema& schema = dynolith::odm::schema_of<Holder>();
