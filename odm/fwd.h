// Names of the mapper, for headers that only pass them on.
#pragma once

#include <memory>

namespace dynolith::odm {

class Connection;
using ConnectionPtr = std::shared_ptr<Connection>;
class Cursor;
class EntityCore;
class ReadTransaction;
class Schema;
class Table;
class Transaction;
struct Error;
struct TableOptions;

template <class T>
class Condition;
template <class T>
class Definition;
template <class T>
class Entity;
template <class T, class M>
class Field;
template <class T>
struct Model;
template <class T>
class Result;
template <class T>
class Scan;
template <class T>
class Update;

}  // namespace dynolith::odm
