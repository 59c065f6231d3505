#include "odm/connection/request_digest.h"

#include <openssl/evp.h>

#include <array>
#include <cstring>

#include "storage/expression/condition.h"
#include "storage/expression/update.h"

namespace dynolith::odm {
namespace {

using storage::Condition;
using storage::DocumentPath;
using storage::EncodedValue;
using storage::Operand;
using storage::UpdateOperand;

// Writes trees as bytes that no other trees have: every node begins with the number of its
// alternative, every text and list with its length.
class CanonicalWriter {
 public:
  void write(const TransactAction& action) {
    number(action.index());
    std::visit([this](const auto& request) { request_of(request); }, action);
  }
  const std::string& bytes() const { return bytes_; }
  size_t payload_bytes() const { return payload_bytes_; }

 private:
  void number(uint64_t value) {
    std::array<char, sizeof value> raw{};
    std::memcpy(raw.data(), &value, sizeof value);
    bytes_.append(raw.data(), raw.size());
  }
  void text(std::string_view text) {
    number(text.size());
    bytes_ += text;
  }
  void item(const EncodedItem& item) {
    payload_bytes_ += item.view().item_bytes();
    text(item.bytes);
  }

  void request_of(const PutRequest& put) {
    text(put.table);
    item(put.item);
    condition_of(put);
  }
  void request_of(const UpdateRequest& update) {
    text(update.table);
    item(update.key);
    number(update.update->actions.size());
    for (const auto& action : update.update->actions) {
      number(action.index());
      std::visit([this](const auto& node) { visit(node); }, action);
    }
    condition_of(update);
  }
  template <class Request>  // Delete and check.
  void request_of(const Request& request) {
    text(request.table);
    item(request.key);
    condition_of(request);
  }
  template <class Request>
  void condition_of(const Request& request) {
    number(request.return_old_on_failure);
    number(request.condition != nullptr);
    if (request.condition != nullptr) condition(*request.condition);
  }

  void path(const DocumentPath& path) {
    number(path.steps.size());
    for (const storage::PathStep& step : path.steps) {
      number(step.is_name() ? 0 : 1);
      if (const auto* name = step.name_if()) {
        payload_bytes_ += name->size();
        text(*name);
      } else {
        number(step.index());
      }
    }
  }
  void value(const EncodedValue& value) {
    payload_bytes_ += value.bytes.size();
    text(value.bytes);
  }
  template <class... Alternatives>
  void path_or_value(const std::variant<Alternatives...>& of) {
    if (const auto* named = std::get_if<DocumentPath>(&of)) path(*named);
    if (const auto* given = std::get_if<EncodedValue>(&of)) value(*given);
  }
  void operand(const Operand& operand) {
    number(operand.index());
    path_or_value(operand);
    const auto* size = std::get_if<storage::SizeOf>(&operand);
    if (size == nullptr) return;
    number(size->of.index());
    path_or_value(size->of);
  }
  void operand(const UpdateOperand& operand) {
    number(operand.node.index());
    path_or_value(operand.node);
    if (const auto* otherwise = std::get_if<storage::IfNotExists>(&operand.node)) {
      path(otherwise->path);
      this->operand(*otherwise->otherwise);
    } else if (const auto* append = std::get_if<storage::ListAppend>(&operand.node)) {
      this->operand(*append->first);
      this->operand(*append->second);
    }
  }

  void condition(const Condition& condition) {
    number(condition.node.index());
    std::visit([this](const auto& node) { visit(node); }, condition.node);
  }
  void conditions(const std::vector<Condition>& all) {
    number(all.size());
    for (const Condition& each : all) condition(each);
  }

  void visit(const storage::Comparison& node) {
    number(static_cast<uint64_t>(node.comparator));
    operand(node.left);
    operand(node.right);
  }
  void visit(const storage::Between& node) {
    operand(node.value);
    operand(node.low);
    operand(node.high);
  }
  void visit(const storage::In& node) {
    operand(node.value);
    number(node.list.size());
    for (const Operand& each : node.list) operand(each);
  }
  void visit(const storage::AttributeExists& node) { path(node.path); }
  void visit(const storage::AttributeNotExists& node) { path(node.path); }
  void visit(const storage::AttributeTypeIs& node) {
    operand(node.value);
    number(static_cast<uint64_t>(node.type));
  }
  void visit(const storage::BeginsWith& node) {
    operand(node.value);
    operand(node.prefix);
  }
  void visit(const storage::Contains& node) {
    operand(node.container);
    operand(node.value);
  }
  void visit(const storage::NotContains& node) {
    operand(node.container);
    operand(node.value);
  }
  void visit(const storage::Not& node) { condition(*node.inner); }
  void visit(const storage::And& node) { conditions(node.all); }
  void visit(const storage::Or& node) { conditions(node.any); }

  void visit(const storage::SetAction& node) {
    path(node.path);
    operand(node.left);
    number(static_cast<uint64_t>(node.arithmetic));
    if (node.right) operand(*node.right);
  }
  void visit(const storage::RemoveAction& node) { path(node.path); }
  void visit(const storage::AddAction& node) {
    path(node.path);
    value(node.value);
  }
  void visit(const storage::DeleteAction& node) {
    path(node.path);
    value(node.value);
  }

  std::string bytes_;
  size_t payload_bytes_ = 0;
};

}  // namespace

RequestDigest digest_of(const TransactWriteRequest& request) {
  CanonicalWriter writer;
  for (const TransactAction& action : request.actions) writer.write(action);
  RequestDigest digest;
  digest.payload_bytes = writer.payload_bytes();
  if (request.token.empty()) return digest;
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int length = 0;
  EVP_Digest(writer.bytes().data(), writer.bytes().size(), hash.data(), &length, EVP_sha256(),
             nullptr);
  digest.sha256.assign(reinterpret_cast<const char*>(hash.data()), length);
  return digest;
}

}  // namespace dynolith::odm
