// Structs of six of the schemas in schemas.json, so that what they write can be held against what
// the dynamic schemas and Dynamoose write.
#pragma once

#include <set>

#include "odm/model.h"

namespace dynolith::odm::interop {

struct Plain {
  std::string id;
  std::optional<std::string> text;
  std::optional<Number> number;
  std::optional<bool> flag;
  std::optional<Binary> raw;
};

struct Ranged {
  std::string team;
  int64_t place = 0;
  std::optional<std::string> text;
};

struct Dates {
  std::string id;
  std::optional<Timestamp> ms, sec, iso;
};

struct Stamped {
  std::string id;
  std::optional<std::string> text;
  Timestamp created{}, updated{};
};

struct Street {
  std::string name;
  std::optional<Number> number;
};
struct Place {
  std::string city;
  std::optional<std::string> kind;
  std::optional<Street> street;
};
struct Nested {
  std::string id;
  std::optional<Place> place;
};

struct Sets {
  std::string id;
  std::set<std::string> texts;
  std::set<Number> numbers;
  std::set<Binary> raws;
};

}  // namespace dynolith::odm::interop

namespace dynolith::odm {

template <>
struct Model<interop::Plain> {
  using T = interop::Plain;
  using key = Key<&T::id>;
  static void define(Definition<T>& plain) {
    plain.partition_key("id", &T::id)
        .attribute("text", &T::text)
        .attribute("number", &T::number)
        .attribute("flag", &T::flag)
        .attribute("raw", &T::raw);
  }
};

template <>
struct Model<interop::Ranged> {
  using T = interop::Ranged;
  using key = Key<&T::team, &T::place>;
  static void define(Definition<T>& ranged) {
    ranged.partition_key("team", &T::team)
        .sort_key("place", &T::place)
        .attribute("text", &T::text, matches("^[a-z ]*$"));
  }
};

template <>
struct Model<interop::Dates> {
  using T = interop::Dates;
  using key = Key<&T::id>;
  static void define(Definition<T>& dates) {
    dates.partition_key("id", &T::id)
        .attribute("ms", &T::ms)
        .attribute("sec", &T::sec, seconds())
        .attribute("iso", &T::iso, iso());
  }
};

template <>
struct Model<interop::Stamped> {
  using T = interop::Stamped;
  using key = Key<&T::id>;
  static void define(Definition<T>& stamped) {
    stamped.partition_key("id", &T::id)
        .attribute("text", &T::text, required())
        .created_at("createdAt", &T::created)
        .updated_at("updatedAt", &T::updated);
  }
};

template <>
struct Model<interop::Street> {
  using T = interop::Street;
  static void define(Definition<T>& street) {
    street.attribute("name", &T::name, required()).attribute("number", &T::number);
  }
};

template <>
struct Model<interop::Place> {
  using T = interop::Place;
  static void define(Definition<T>& place) {
    place.attribute("city", &T::city, required())
        .attribute("kind", &T::kind, default_value("home"))
        .attribute("street", &T::street);
  }
};

template <>
struct Model<interop::Nested> {
  using T = interop::Nested;
  using key = Key<&T::id>;
  static void define(Definition<T>& nested) {
    nested.partition_key("id", &T::id).attribute("place", &T::place);
  }
};

template <>
struct Model<interop::Sets> {
  using T = interop::Sets;
  using key = Key<&T::id>;
  static void define(Definition<T>& sets) {
    sets.partition_key("id", &T::id)
        .attribute("texts", &T::texts)
        .attribute("numbers", &T::numbers)
        .attribute("raws", &T::raws);
  }
};

}  // namespace dynolith::odm
