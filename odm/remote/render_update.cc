// Update trees as UpdateExpression text.
#include <variant>

#include "odm/overloaded.h"
#include "odm/remote/render.h"
#include "storage/encoding/item_encoding.h"

namespace dynolith::odm {

namespace {

using internal::Overloaded;
using storage::AddAction;
using storage::Arithmetic;
using storage::AttributeType;
using storage::DeleteAction;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::RemoveAction;
using storage::SetAction;
using storage::UpdateOperand;
using storage::ValueView;

// The service's ADD knows no lists; that of AttributeUpdates does.
bool appends_list(const AddAction& add) { return add.value.view().type() == AttributeType::kList; }

ValueView empty_list() {
  static const EncodedValue list = [] {
    storage::ItemEncoder encoder;
    encoder.begin_value();
    encoder.begin_list();
    encoder.end();
    return encoder.finish_value();
  }();
  return list.view();
}

class UpdateWriter {
 public:
  UpdateWriter(std::string& out, PlaceholderTable& placeholders)
      : out_(out), placeholders_(placeholders), begin_(out.size()) {}

  // Writes those actions for which `write_one` finds that they belong to the section.
  template <class WriteOne>
  void section(std::string_view keyword, const storage::Update& update, WriteOne write_one) {
    keyword_ = keyword;
    any_ = false;
    for (const auto& action : update.actions) std::visit(write_one, action);
  }

  void set(const SetAction& action) {
    begin_action();
    path(action.path);
    out_ += " = ";
    operand(action.left);
    if (action.arithmetic == Arithmetic::kNone || !action.right) return;
    out_ += action.arithmetic == Arithmetic::kAdd ? " + " : " - ";
    operand(*action.right);
  }
  void append_list(const AddAction& action) {
    begin_action();
    path(action.path);
    out_ += " = list_append(if_not_exists(";
    path(action.path);
    out_ += ", ";
    placeholders_.append_value(out_, empty_list());
    out_ += "), ";
    placeholders_.append_value(out_, action.value.view());
    out_ += ')';
  }
  void remove(const RemoveAction& action) {
    begin_action();
    path(action.path);
  }
  void path_and_value(const DocumentPath& at, const EncodedValue& value) {
    begin_action();
    path(at);
    out_ += ' ';
    placeholders_.append_value(out_, value.view());
  }

 private:
  void begin_action() {
    if (any_) {
      out_ += ", ";
    } else {
      if (out_.size() > begin_) out_ += ' ';
      out_.append(keyword_).append(" ");
    }
    any_ = true;
  }
  void path(const DocumentPath& at) { append_path(out_, at, placeholders_); }
  void operand(const UpdateOperand& operand) {
    std::visit([this](const auto& node) { write(node); }, operand.node);
  }
  void write(const DocumentPath& at) { path(at); }
  void write(const EncodedValue& value) { placeholders_.append_value(out_, value.view()); }
  void write(const storage::IfNotExists& node) {
    out_ += "if_not_exists(";
    path(node.path);
    out_ += ", ";
    operand(*node.otherwise);
    out_ += ')';
  }
  void write(const storage::ListAppend& node) {
    out_ += "list_append(";
    operand(*node.first);
    out_ += ", ";
    operand(*node.second);
    out_ += ')';
  }

  std::string& out_;
  PlaceholderTable& placeholders_;
  size_t begin_;
  std::string_view keyword_;
  bool any_ = false;
};

}  // namespace

void append_update(std::string& out, const storage::Update& update,
                   PlaceholderTable& placeholders) {
  UpdateWriter writer(out, placeholders);
  writer.section("SET", update,
                 Overloaded{[&](const SetAction& action) { writer.set(action); },
                            [&](const AddAction& action) {
                              if (appends_list(action)) writer.append_list(action);
                            },
                            [](const auto&) {}});
  writer.section(
      "REMOVE", update,
      Overloaded{[&](const RemoveAction& action) { writer.remove(action); }, [](const auto&) {}});
  writer.section("ADD", update,
                 Overloaded{[&](const AddAction& action) {
                              if (!appends_list(action))
                                writer.path_and_value(action.path, action.value);
                            },
                            [](const auto&) {}});
  writer.section("DELETE", update,
                 Overloaded{[&](const DeleteAction& action) {
                              writer.path_and_value(action.path, action.value);
                            },
                            [](const auto&) {}});
}

}  // namespace dynolith::odm
