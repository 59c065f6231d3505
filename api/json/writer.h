// JSON replies: appended to one string, front to back, items straight from their stored bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/encoding/item_view.h"

namespace dynolith::api {

// `utf8` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view utf8);

// A number that the service shows as a double: "1.0", "0.5".
void append_double(std::string& out, double value);

// A moment as seconds since 1970 with up to three decimals: "1795257249.23".
void append_timestamp(std::string& out, int64_t milliseconds);

// {"S":"..."} and its like; an item as the object of its attributes, {} for the absent item.
void append_value(std::string& out, const storage::ValueView& value);
void append_item(std::string& out, const storage::ItemView& item);
void append_attributes(std::string& out, const storage::MapView& attributes);

// Writes commas by itself. The caller pairs begins and ends and gives every member of an object a
// name first.
//
//   JsonWriter json(reply);
//   json.begin_object().name("Count").integer(3).name("Items").begin_array();
//   json.item(view).item(view);
//   json.end_array().end_object();
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out), begin_(out.size()) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& name(std::string_view plain);     // A member's name that needs no escapes.
  JsonWriter& any_name(std::string_view utf8);  // One that may.
  JsonWriter& string(std::string_view utf8);
  JsonWriter& integer(int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& real(double value);
  JsonWriter& timestamp(int64_t milliseconds);
  JsonWriter& value(const storage::ValueView& value);
  JsonWriter& item(const storage::ItemView& item);
  JsonWriter& attributes(const storage::MapView& attributes);
  JsonWriter& raw(std::string_view json);  // A whole JSON value.

 private:
  void separate();

  std::string& out_;
  size_t begin_;
};

}  // namespace dynolith::api
