// An update of one item, without its type: collects changes, checks them and makes one request of
// them. What Update<T> and the updates of dynamic entities are fronts of.
//
// What is wrong with a change is kept until the end, so that it can be said at once. Values pass
// the setters and checks of their attributes. Beside the changes, an update writes what the model
// says: the time of the update, version, counters, derived members and index keys whose members it
// changes; an upsert also what a new item needs and an existing one keeps.
//
// Threads: values, one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "odm/entity_core.h"
#include "odm/member_value.h"
#include "storage/expression/operators.h"

namespace dynolith::odm {

enum class UpdateMode : uint8_t {
  kMustExist,
  kUpsert,  // Creates the item if there is none.
};

// One change as the program asked for it.
struct UpdateChange {
  enum class Kind : uint8_t {
    kSet,
    kSetIfAbsent,
    kCompute,
    kAdd,
    kAppend,
    kPrepend,
    kRemove,
    kErase
  };
  Kind kind = Kind::kSet;
  FieldCore field;
  EncodedValue value = {};             // Of kRemove and plain copies: none.
  std::optional<FieldCore> from = {};  // kCompute: what is copied, or counted from.
  storage::Arithmetic arithmetic = storage::Arithmetic::kNone;
};

struct PreparedUpdate {
  UpdateRequest request;
  // What a failure of the condition means: arguments of EntityCore::explain_failure.
  EntityCore::Intent intent = EntityCore::Intent::kOther;
  ConditionCore condition = {};
  std::optional<int64_t> expected_version = {};
  // What is sent depends on what is stored: values of unique attributes may change, and with them
  // items of their own; or it would make no item of nothing, and has to.
  bool reads_first = false;
};

class UpdateCore {
 public:
  // Makes an initial object of the front's type: members that are derived are computed in one.
  using MakeObject = std::shared_ptr<void> (*)();

  UpdateCore(EntityCore entity, Result<EncodedItem> key,
             Result<std::vector<MemberValue>> key_members, UpdateMode mode, MakeObject make_object);

  // `member`: a value of the field's C++ type (a Value for dynamic schemas); it is changed by
  // setters. An absent one removes the attribute.
  void set(const FieldCore& field, void* member);
  void set_if_absent(const FieldCore& field, void* member);
  // Adds to a number (from 0) or members to a set; `codec`: of `operand`.
  void add(const FieldCore& field, const ValueCodec& codec, const void* operand);
  void subtract(const FieldCore& field, const ValueCodec& codec, const void* operand);
  // Members out of a set.
  void erase(const FieldCore& field, const ValueCodec& codec, const void* operand);
  // Elements to a list, which begins empty.
  void append(const FieldCore& field, const ValueCodec& codec, void* elements);
  void prepend(const FieldCore& field, const ValueCodec& codec, void* elements);
  void copy(const FieldCore& field, const FieldCore& from);
  void compute(const FieldCore& field, const FieldCore& from, storage::Arithmetic arithmetic,
               Result<EncodedValue> operand);
  // `may_be_absent`: whether the member's type has a value for that; elements of lists and members
  // of maps can always be removed.
  void remove(const FieldCore& field, bool may_be_absent = true);
  void when(const ConditionCore& condition);
  void expect_version(int64_t version) { expected_version_ = version; }
  void touch_expiry() { touches_expiry_ = true; }
  // Something that a front found wrong with a value.
  void add_problem(const FieldCore& field, std::string message);

  // The request alone, whatever is stored. Errors: kInvalid (with all problems), kBadKey (a derived
  // member or index key needs more members than are known; a key member is changed), kBadRequest
  // (nothing changes, two changes overlap), kBadModel.
  Result<PreparedUpdate> prepare() const;
  // What exec() would send. If that depends on what is stored it reads the item, as exec() does,
  // and gives the transaction that would follow. Errors: those of exec() found before it writes.
  Result<Request> request() const;
  // Fills an initial object with the item as it is afterwards. Errors: also kNotFound,
  // kConditionFailed, kVersionConflict, kUniqueViolation.
  Result<void> exec(void* object) const;
  // As it was before; false: there was none.
  Result<bool> exec_old(void* object) const;

  const EntityCore& entity() const { return entity_; }
  UpdateMode mode() const { return mode_; }

 private:
  friend class UpdateBuilder;

  bool accept(const FieldCore& field);
  void refuse_fixed(const FieldCore& field, UpdateChange::Kind kind);
  bool is_given_at_creation(const FieldCore& field, UpdateChange::Kind kind) const;
  void keep_error(Error error);
  std::optional<EncodedValue> encode(const FieldCore& field, const ValueCodec& codec,
                                     const void* operand);
  void set_value(UpdateChange::Kind kind, const FieldCore& field, void* member);
  void join(UpdateChange::Kind kind, const FieldCore& field, const ValueCodec& codec,
            void* elements);
  // The item before or after.
  Result<EncodedItem> send(UpdateRequest::Return returns) const;
  Result<EncodedItem> send_after_reading(const PreparedUpdate& prepared,
                                         UpdateRequest::Return returns) const;

  EntityCore entity_;
  Result<EncodedItem> key_;
  Result<std::vector<MemberValue>> key_members_;
  UpdateMode mode_;
  MakeObject make_object_;
  std::vector<UpdateChange> changes_;
  ConditionCore condition_;
  std::optional<int64_t> expected_version_;
  bool touches_expiry_ = false;
  Problems problems_;
  std::optional<Error> error_;  // The first that is not a problem of a value.
};

}  // namespace dynolith::odm
