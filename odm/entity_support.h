// What the operations on entities have in common. Internal to the mapper.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "odm/condition.h"
#include "odm/connection/connection.h"
#include "odm/object.h"

namespace dynolith::odm::internal {

storage::DocumentPath path_of(std::string_view attribute);
ConditionCore share(storage::Condition tree);
ConditionCore exists(std::string_view attribute);
ConditionCore absent(std::string_view attribute);
// The attribute has this value; without one, there is no such attribute.
ConditionCore holds(std::string_view attribute, const std::optional<storage::ValueView>& value);
ConditionCore holds(storage::DocumentPath path, const std::optional<storage::ValueView>& value);
EncodedValue number_value(const Number& number);

// What writes ask of the item that is there, so that none of another entity is changed: that it is
// of this one; that it is, or that there is none (without an entity: nothing).
ConditionCore is_there(const Schema& schema);
ConditionCore is_own_or_absent(const Schema& schema);
// Whether an item is there, and another entity's.
bool is_other_entitys(const Schema& schema, const ItemView& item);
Error other_entity_error(const Schema& schema, EncodedItem item);

Error no_table_key(const Schema& schema);
// How errors call what an attribute is for a program: by the model's name, not the stored one.
std::string_view shown_name(const Schema& schema, std::string_view stored_name);

// The optimistic lock. Of models without one: nothing, and no condition.
std::optional<int64_t> version_of(const Schema& schema, const void* object);
std::optional<int64_t> stored_version(const Schema& schema, const ItemView& item);
// 0 means that the item has none, or that 0 is what others wrote.
ConditionCore version_condition(const Schema& schema, std::optional<int64_t> expected);

// All mapped members to absent, so that an item can be read into an object that was used already.
// Members that are no attributes stay.
void reset_object(const Schema& schema, void* object);

// Before the attempt after the given one (from 1): `base_ms`, doubled with each attempt, at most
// five seconds, of which a random part of up to a half is left out.
void wait_before_retry(Connection& connection, int attempt, int64_t base_ms);

// The item is of the schema's version: changes that are meant for such an item do not fit others.
ConditionCore schema_version_condition(const Schema& schema);
// What an update would make of the stored item had it been upgraded to `newer`, as an update of the
// item as it is. `condition`: of the request, without the schema's version.
Result<UpdateRequest> upgrading_request(const Schema& schema, const UpdateRequest& request,
                                        const ConditionCore& condition, const ItemView& stored,
                                        const ItemView& newer);

// Sends a write. If its condition fails for an item that needs another form of the write, that form
// is sent, and again while others change the item meanwhile. `fit` gives the form for a stored
// item; nothing: it is the write itself.
template <class Write, class Fit, class Send>
auto send_fitting(const Write& write, Fit fit, Send send) -> decltype(send(write)) {
  constexpr int kFormsMax = 8;
  auto reply = send(write);
  for (int form = 1; form <= kFormsMax; ++form) {
    if (reply.ok() || reply.error().code != ErrorCode::kConditionFailed ||
        !reply.error().item.exists())
      return reply;
    const EncodedItem stored = reply.error().item;
    const std::optional<Write> fitting = TRY(fit(stored.view()));
    if (!fitting && form == 1) return reply;
    reply = send(fitting ? *fitting : write);
    if (!reply.ok() && reply.error().item == stored) return reply;
  }
  return reply;
}

}  // namespace dynolith::odm::internal
