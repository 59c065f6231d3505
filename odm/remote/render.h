// Expression trees as the text that the service parses: `#n0 = :v0 AND size(#n1) > :v1`, with the
// names and values that the placeholders stand for. Parentheses only where the tree needs them (the
// service refuses superfluous ones), so that parsing gives the same tree again.
//
// Every attribute name is a placeholder, whatever it is: reserved words and odd characters need no
// thought. All expressions of a request share one table, in which each name and each value stands
// once.
//
// Threads: plain values.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "api/json/writer.h"
#include "storage/expression/condition.h"
#include "storage/expression/key_condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"

namespace dynolith::odm {

// What the placeholders of one request stand for. Borrows names and values from the trees.
class PlaceholderTable {
 public:
  // Append the placeholder: "#n0", ":v0".
  void append_name(std::string& out, std::string_view attribute);
  void append_value(std::string& out, const storage::ValueView& value);

  // Writes the members ExpressionAttributeNames and ExpressionAttributeValues, if there are any.
  void write(api::JsonWriter& json) const;

 private:
  template <class Entry, class Key>
  struct Entries {
    size_t position(const Entry& entry, const Key& key);
    std::vector<Entry> list;
    std::map<Key, size_t> index;  // Once there are so many that searching one by one is slow.
  };
  Entries<std::string_view, std::string_view> names_;
  Entries<storage::ValueView, std::tuple<uint8_t, std::string_view>> values_;
};

// Append the text of an expression. Recursion is as deep as the tree.
//
// A legacy NotContains becomes `attribute_exists(p) AND NOT contains(p, v)`, which means the same.
void append_condition(std::string& out, const storage::Condition& condition,
                      PlaceholderTable& placeholders);
void append_key_condition(std::string& out, const std::vector<storage::KeyClause>& clauses,
                          PlaceholderTable& placeholders);
void append_projection(std::string& out, const storage::Projection& projection,
                       PlaceholderTable& placeholders);
// Actions by section: SET, REMOVE, ADD, DELETE; those of one section in their order. A legacy ADD
// of a list becomes a SET that appends. Nothing if there are no actions.
void append_update(std::string& out, const storage::Update& update, PlaceholderTable& placeholders);

// Of the above.
void append_path(std::string& out, const storage::DocumentPath& path,
                 PlaceholderTable& placeholders);

}  // namespace dynolith::odm
