// A consumer of the table's changes: counts sales by day. It can be stopped and started anywhere,
// by any program, and counts every order once: what it counted and how far it came are written in
// one transaction.
//
// Threads: one for each object; several objects of one name take turns by their version.
#pragma once

#include <map>
#include <string>

#include "tests/orders/model.h"

namespace dynolith::orders {

class Bookkeeper {
 public:
  Bookkeeper(odm::Table table, std::string name);

  // Reads what is new, until there is nothing more. Gives the number of changes that were its
  // business. Errors: kVersionConflict inside kTransactionCanceled, if another one of its name was
  // faster: start again.
  odm::Result<size_t> catch_up();

  odm::Result<Sales> sales_on(const std::string& day) const;

 private:
  struct Tally {
    int64_t orders = 0;
    int64_t cents = 0;
  };
  odm::Result<void> write(const Consumer& before, const std::string& position,
                          const std::map<std::string, Tally>& tallies);

  odm::Table table_;
  std::string name_;
};

}  // namespace dynolith::orders
