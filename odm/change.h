// Records of a table's stream as changes of objects.
//
//   struct Change<User> { kind, before, after, expired, sequence, ... }
//
// A record is of the model whose tag its new image has (its old image, if it has no new one). From
// streams that keep keys only it is of the model whose key patterns the key fits, and only the
// members of the key are known.
//
// Threads: any, no state.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "odm/connection/connection.h"
#include "odm/model.h"
#include "odm/object.h"

namespace dynolith::odm {

enum class ChangeKind : uint8_t { kInsert, kModify, kRemove };
std::string_view to_text(ChangeKind kind);  // "insert", "modify", "remove".

struct ChangeInfo {
  ChangeKind kind = ChangeKind::kInsert;
  bool expired = false;    // Removed because its time to live was over.
  int64_t created_ms = 0;  // When it was written, since 1970.
  std::string sequence;    // Ascending for the changes of one item.
  EncodedItem key_item;    // The attributes of the table's key.
  // What does not fit the model: the object that it was about is missing.
  std::optional<Error> problem;
};

template <class T>
struct Change : ChangeInfo {
  std::optional<T> before, after;  // As far as the stream's view type keeps them.
  std::optional<T> key;            // Without images: an object of which only the key is known.
};

// A record that owns its items.
struct OwnedChange {
  storage::StreamEvent event = storage::StreamEvent::kInsert;
  storage::StreamOrigin origin = storage::StreamOrigin::kClient;
  int64_t created_ms = 0;
  EncodedItem key, old_image, new_image;
  std::string sequence;
  std::string source;  // The stream's name (ARN); empty from a connection.

  static OwnedChange of(const ChangeRecord& record);
  ChangeRecord view() const;  // Borrows it.
};

// The records of an event that AWS Lambda hands to a function of a stream, in its JSON. Errors:
// kBadRequest (it is none; the message says where). Records of other sources are left out.
Result<std::vector<OwnedChange>> parse_lambda_event(std::string_view json);

// --- Without types.

// Which of `models` the record is of. Nothing: of none.
std::optional<size_t> model_of_change(std::span<const Schema* const> models,
                                      const ChangeRecord& record);

// Fills `info` and the objects that the record has; `make` gives an initial one. What does not fit
// is in info.problem.
enum class Image : uint8_t { kBefore, kAfter, kKey };
void read_change(const Schema& schema, const ChangeRecord& record, ChangeInfo& info,
                 storage::FunctionRef<void*(Image image)> make);

// The key members of an object from the attributes of a key. Errors: kTypeMismatch (the key is not
// of this model).
Result<void> read_key(const Schema& schema, const ItemView& key, void* object);

// --- With types.

namespace internal {

template <class T>
Change<T> read_typed_change(const ChangeRecord& record) {
  Change<T> change;
  read_change(schema_of<T>(), record, change, [&change](Image image) -> void* {
    std::optional<T>& target = image == Image::kBefore  ? change.before
                               : image == Image::kAfter ? change.after
                                                        : change.key;
    return &target.emplace();
  });
  if (change.problem) change.before = change.after = change.key = std::nullopt;
  return change;
}

// Hands the record to `visitor` as a change of model number `model`.
template <class... Ts, class Visitor>
auto visit_change(size_t model, const ChangeRecord& record, Visitor&& visitor) {
  using Answer = std::common_type_t<std::invoke_result_t<Visitor&, const Change<Ts>&>...>;
  using Step = Answer (*)(const ChangeRecord&, Visitor&);
  constexpr std::array<Step, sizeof...(Ts)> kSteps{+[](const ChangeRecord& each, Visitor& to) {
    return static_cast<Answer>(to(read_typed_change<Ts>(each)));
  }...};
  return kSteps[model](record, visitor);
}

}  // namespace internal

// One record as a change of one of the models; nothing if it is of none. Needs no connection.
template <class... Ts>
std::optional<std::variant<Change<Ts>...>> decode_change(const ChangeRecord& record) {
  const std::array<const Schema*, sizeof...(Ts)> models{&schema_of<Ts>()...};
  const std::optional<size_t> model = model_of_change(models, record);
  if (!model) return std::nullopt;
  using Any = std::variant<Change<Ts>...>;
  using Step = Any (*)(const ChangeRecord&);
  constexpr std::array<Step, sizeof...(Ts)> kSteps{
      +[](const ChangeRecord& each) { return Any(internal::read_typed_change<Ts>(each)); }...};
  return kSteps[*model](record);
}

}  // namespace dynolith::odm
