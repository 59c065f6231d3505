// Statements about one item, ready for the store: INSERT, UPDATE, DELETE, EXISTS, and SELECT with
// the whole primary key.
#pragma once

#include <string_view>

#include "api/operation_context.h"
#include "api/partiql/statement.h"
#include "storage/engine/write.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

// Stays where it is: the write borrows from the statement.
struct ItemAccess {
  Statement statement;
  storage::TablePtr table = {};
  // Key, condition and action; for a SELECT just its key, what remains of WHERE being the filter.
  storage::ItemWrite write = {};
  // prepare() failed because of the table's keys: of a transaction, that is a reason to cancel it.
  bool misfits = false;

  ItemAccess() = default;
  explicit ItemAccess(Statement bound) : statement(std::move(bound)) {}
  ItemAccess(const ItemAccess&) = delete;
  ItemAccess& operator=(const ItemAccess&) = delete;
};

// What an operation says of a SELECT that is not about one item of a table.
struct SelectWords {
  std::string_view no_key, index;
};

// Finds the table, and holds the statement against its keys.
// Errors: kResourceNotFound; kValidation: a clause that does not name one item, keys and items that
// do not fit the table.
storage::Result<void> prepare(const OperationContext& context, ItemAccess& access,
                              const SelectWords& words);

// What the store says of a failed INSERT, in its words: there is an item with that key.
storage::Error in_words_of(const Statement& statement, storage::Error error);

// What RETURNING asks for; absent if nothing does, or there is nothing.
storage::EncodedItem returned_item(const ItemAccess& access, storage::WriteOutcome outcome);

// The item that a SELECT found, projected; absent if its filter drops it.
storage::EncodedItem selected_item(const ItemAccess& access, const storage::ItemView& item);

}  // namespace dynolith::api::partiql
