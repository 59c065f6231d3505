// The whole mapper:
//
//   #include "odm/odm.h"
//
// Models: model.h, options.h. Operations: entity.h. Conditions: condition.h, field.h. Updates:
// update.h. Ranges: query.h, scan.h. Transactions: transaction.h. Changes: change_stream.h. JSON:
// json.h. Logs and metrics: observer.h. Tables from models: table_plan.h. Models made at run time:
// dynamic/dynamic_schema.h. What it talks to: connection/embedded_connection.h (a database in this
// process), remote/remote_connection.h (a server, or AWS). For tests of programs:
// connection/recording_connection.h, which this does not include.
#pragma once

#include "odm/change_stream.h"
#include "odm/collection.h"
#include "odm/condition.h"
#include "odm/connection/connection.h"
#include "odm/connection/embedded_connection.h"
#include "odm/dynamic/dynamic_schema.h"
#include "odm/entity.h"
#include "odm/field.h"
#include "odm/json.h"
#include "odm/model.h"
#include "odm/observer.h"
#include "odm/query.h"
#include "odm/reference.h"
#include "odm/remote/remote_connection.h"
#include "odm/result.h"
#include "odm/scan.h"
#include "odm/table.h"
#include "odm/table_plan.h"
#include "odm/transaction.h"
#include "odm/update.h"
#include "odm/value.h"
