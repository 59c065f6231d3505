// A table seen through its models. Cheap to copy; copies share everything. Constructors do no
// network work.
//
//   Table app(embedded(database), "app");
//   auto users = app.entity<User>();
//   User user = users.create({.org = "acme", .email = "a@b.c"}).value();
//
// Threads: any, every call.
#pragma once

#include <memory>
#include <string>

#include "odm/connection/connection.h"
#include "odm/schema.h"

namespace dynolith::odm {

struct TableOptions {
  // Items whose time to live is over are not shown by any read, though the service has not deleted
  // them yet. Indexes that do not hold that time cannot be read then (kBadRequest).
  bool hide_expired = false;
  // Of what a batch left unprocessed: how often it is sent again, with growing waits.
  int batch_attempts_max = 8;
  int64_t batch_wait_ms = 50;  // Before the second attempt; doubles, up to 5 s, with jitter.
};

// What a Table and everything made from it share.
struct TableCore {
  ConnectionPtr connection;
  std::string name;
  TableOptions options;
};
using TableCorePtr = std::shared_ptr<const TableCore>;

template <class T>
class Entity;
template <class... Ts>
class CollectionQuery;
class DynamicEntity;
class DynamicSchema;
class Transaction;
class ReadTransaction;

class Table {
 public:
  Table(ConnectionPtr connection, std::string name, TableOptions options = {});

  const std::string& name() const { return core_->name; }
  Connection& connection() const { return *core_->connection; }
  const TableCorePtr& core() const { return core_; }

  // The items of one model. Include odm/entity.h.
  template <class T>
  Entity<T> entity() const {
    return Entity<T>(core_);
  }
  // Items of several models in one partition: the members of its key, perhaps after an Index.
  // Include odm/collection.h.
  template <class... Ts, class... Members>
  CollectionQuery<Ts...> collection(const Members&... members) const;
  // Those of a schema known at run time. Include odm/dynamic/dynamic_entity.h.
  DynamicEntity dynamic(const DynamicSchema& schema) const;
  // Include odm/transaction.h.
  Transaction transact() const;
  ReadTransaction read() const;

 private:
  TableCorePtr core_;
};

}  // namespace dynolith::odm
