#include "odm/table.h"

namespace dynolith::odm {

Table::Table(ConnectionPtr connection, std::string name, TableOptions options)
    : core_(std::make_shared<const TableCore>(
          TableCore{std::move(connection), std::move(name), options})) {}

}  // namespace dynolith::odm
