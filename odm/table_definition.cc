#include "odm/table_definition.h"

#include <algorithm>

#include "storage/limits.h"

namespace dynolith::odm {
namespace {

using storage::IndexDefinition;
using storage::IndexKind;
using storage::KeyAttribute;
using storage::KeySchema;
using storage::ProjectionType;

std::string_view letter_of(AttributeType type) {
  switch (type) {
    case AttributeType::kNumber:
      return "N";
    case AttributeType::kBinary:
      return "B";
    default:
      return "S";
  }
}

std::string to_text(const KeyAttribute& attribute) {
  return attribute.name + " (" + std::string(letter_of(attribute.type)) + ")";
}

std::string joined(const std::vector<KeyAttribute>& attributes) {
  std::string text;
  for (const KeyAttribute& attribute : attributes) {
    if (!text.empty()) text += ", ";
    text += to_text(attribute);
  }
  return text;
}

void add_name(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

// Adds one model after the other to a table's definition.
class Designer {
 public:
  explicit Designer(storage::TableDefinition& table) : table_(table) {}

  Result<void> add(const Schema& model) {
    if (model.error) return *model.error;
    if (!model.partition)
      return make_error(ErrorCode::kBadModel,
                        model.model + " has no key and cannot be kept in a table");
    TRY(add_table_key(model));
    for (const IndexSchema& index : model.indexes) TRY(add_index(model, index));
    return add_time_to_live(model);
  }

  // What the models as a whole must satisfy.
  Result<void> finish(std::span<const Schema* const> models) {
    for (const Schema* model : models) TRY(check_attributes(*model));
    for (IndexDefinition& index : table_.indexes) include_own_names(index, models);
    std::stable_partition(
        table_.indexes.begin(), table_.indexes.end(),
        [](const IndexDefinition& index) { return index.kind == IndexKind::kLocal; });
    return check_counts();
  }

  const std::string& time_to_live() const { return time_to_live_; }

 private:
  static Error conflict(const std::string& a, const std::string& a_says, const std::string& b,
                        const std::string& b_says) {
    return make_error(ErrorCode::kBadModel, a + " and " + b + " contradict each other: " + a +
                                                " has " + a_says + ", " + b + " has " + b_says);
  }

  Result<KeyAttribute> key_attribute(const Schema& model, const KeyPart& part) {
    const KeyAttribute attribute{part.attribute, part.type};
    const auto [known, is_new] =
        owners_.try_emplace(attribute.name, Owner{model.model, attribute.type});
    if (is_new)
      table_.attribute_definitions.push_back(attribute);
    else if (known->second.type != attribute.type)
      return conflict(
          known->second.model,
          "the key attribute " + to_text(KeyAttribute{attribute.name, known->second.type}),
          model.model, to_text(attribute));
    return attribute;
  }

  Result<KeySchema> key_schema(const Schema& model, const std::vector<KeyPart>& partition,
                               const std::vector<KeyPart>& sort) {
    KeySchema key;
    for (const KeyPart& part : partition) key.partition.push_back(TRY(key_attribute(model, part)));
    for (const KeyPart& part : sort) key.sort.push_back(TRY(key_attribute(model, part)));
    return key;
  }

  Result<void> add_table_key(const Schema& model) {
    KeySchema key;
    key.partition = {{model.partition->attribute, model.partition->type}};
    if (model.sort) key.sort = {{model.sort->attribute, model.sort->type}};
    if (!first_) {
      first_ = &model;
    } else if (key != table_.key) {
      return conflict(first_->model, odm::to_text(table_.key), model.model, odm::to_text(key));
    }
    std::vector<KeyPart> sort;
    if (model.sort) sort.push_back(*model.sort);
    table_.key = TRY(key_schema(model, {*model.partition}, sort));
    return {};
  }

  Result<void> add_index(const Schema& model, const IndexSchema& index) {
    IndexDefinition wanted;
    wanted.name = index.name;
    wanted.kind = index.kind;
    wanted.key = TRY(key_schema(model, index.partition, index.sort));
    wanted.projection = index.projection;
    const auto known = std::find_if(table_.indexes.begin(), table_.indexes.end(),
                                    [&](const auto& each) { return each.name == wanted.name; });
    if (known == table_.indexes.end()) {
      index_owners_[wanted.name] = model.model;
      table_.indexes.push_back(std::move(wanted));
      return {};
    }
    if (known->kind != wanted.kind || known->key != wanted.key ||
        known->projection.type != wanted.projection.type)
      return conflict(index_owners_[wanted.name], text_of(*known), model.model, text_of(wanted));
    for (const std::string& name : wanted.projection.non_key_attributes)
      add_name(known->projection.non_key_attributes, name);
    return {};
  }

  static std::string text_of(const IndexDefinition& index) {
    return std::string("the ") + (index.kind == IndexKind::kLocal ? "local" : "global") +
           " index \"" + index.name + "\" with " + odm::to_text(index.key) + ", " +
           odm::to_text(index.projection);
  }

  Result<void> add_time_to_live(const Schema& model) {
    if (!model.expires_at) return {};
    const std::string& name = model.attributes[*model.expires_at].stored_name;
    if (time_to_live_.empty()) {
      time_to_live_ = name;
      time_to_live_owner_ = model.model;
    } else if (time_to_live_ != name) {
      return conflict(time_to_live_owner_, "the time to live attribute \"" + time_to_live_ + "\"",
                      model.model, "\"" + name + "\"");
    }
    return {};
  }

  // The service refuses items in which a key attribute of any index has another type.
  Result<void> check_attributes(const Schema& model) const {
    for (const Attribute& attribute : model.attributes) {
      if (attribute.role == AttributeRole::kExtra || attribute.codec->meaning() == Meaning::kAny)
        continue;
      const auto key = owners_.find(attribute.stored_name);
      if (key == owners_.end() || key->second.type == attribute.codec->type()) continue;
      return conflict(key->second.model,
                      "the key attribute " + to_text({key->first, key->second.type}), model.model,
                      "an attribute of this name and another type");
    }
    return {};
  }

  bool is_key(const IndexDefinition& index, const std::string& name) const {
    const auto has = [&](const std::vector<KeyAttribute>& attributes) {
      return std::any_of(attributes.begin(), attributes.end(),
                         [&](const KeyAttribute& each) { return each.name == name; });
    };
    return has(index.key.partition) || has(index.key.sort) || has(table_.key.partition) ||
           has(table_.key.sort);
  }

  // Entries without the tag are nobody's; those without the schema's version would be upgraded.
  void include_own_names(IndexDefinition& index, std::span<const Schema* const> models) const {
    if (index.projection.type == ProjectionType::kAll) return;
    std::vector<std::string>& included = index.projection.non_key_attributes;
    for (const Schema* model : models) {
      if (model->find_index(index.name) == nullptr) continue;
      if (!model->entity.empty()) add_name(included, model->tag_attribute);
      if (model->version > 0) add_name(included, model->version_attribute);
    }
    included.erase(std::remove_if(included.begin(), included.end(),
                                  [&](const std::string& name) { return is_key(index, name); }),
                   included.end());
    if (included.empty())
      index.projection.type = ProjectionType::kKeysOnly;
    else
      index.projection.type = ProjectionType::kInclude;
  }

  Result<void> check_counts() const {
    const auto local = static_cast<size_t>(
        std::count_if(table_.indexes.begin(), table_.indexes.end(),
                      [](const auto& index) { return index.kind == IndexKind::kLocal; }));
    if (local > storage::kLocalIndexesMax)
      return make_error(ErrorCode::kBadModel, "the models of table \"" + table_.name + "\" have " +
                                                  std::to_string(local) +
                                                  " local indexes; there may be 5");
    if (table_.indexes.size() - local > storage::kGlobalIndexesMax)
      return make_error(ErrorCode::kBadModel, "the models of table \"" + table_.name + "\" have " +
                                                  std::to_string(table_.indexes.size() - local) +
                                                  " global indexes; there may be 20");
    return {};
  }

  struct Owner {
    std::string model;
    AttributeType type;
  };

  storage::TableDefinition& table_;
  const Schema* first_ = nullptr;
  std::map<std::string, Owner, std::less<>> owners_;  // Of key attributes.
  std::map<std::string, std::string> index_owners_;
  std::string time_to_live_, time_to_live_owner_;
};

Result<void> add_settings(const TableSettings& settings, storage::TableDefinition& table) {
  table.billing_mode = settings.billing_mode.value_or(BillingMode::kPayPerRequest);
  const bool is_provisioned = table.billing_mode == BillingMode::kProvisioned;
  if (is_provisioned && !settings.throughput)
    return make_error(ErrorCode::kBadRequest,
                      "a provisioned table needs TableSettings::throughput");
  if (!is_provisioned && (settings.throughput || !settings.index_throughput.empty()))
    return make_error(ErrorCode::kBadRequest,
                      "TableSettings::throughput is of provisioned tables alone");
  if (is_provisioned) table.throughput = *settings.throughput;
  for (const auto& [name, throughput] : settings.index_throughput) {
    const bool is_known =
        std::any_of(table.indexes.begin(), table.indexes.end(), [&name = name](const auto& index) {
          return index.name == name && index.kind == IndexKind::kGlobal;
        });
    if (!is_known)
      return make_error(ErrorCode::kBadRequest, "TableSettings::index_throughput names \"" + name +
                                                    "\", which is no global index of the models");
  }
  for (IndexDefinition& index : table.indexes) {
    if (!is_provisioned || index.kind == IndexKind::kLocal) continue;
    const auto own = settings.index_throughput.find(index.name);
    index.throughput = own == settings.index_throughput.end() ? table.throughput : own->second;
  }
  table.table_class = settings.table_class;
  if (settings.stream) table.stream_view_type = settings.stream->view_type;
  table.deletion_protection = settings.deletion_protection.value_or(false);
  table.tags = settings.tags;
  return {};
}

}  // namespace

std::string to_text(const KeySchema& key) {
  std::string text = "partition key " + joined(key.partition);
  if (!key.sort.empty()) text += ", sort key " + joined(key.sort);
  return text;
}

std::string to_text(const storage::IndexProjection& projection) {
  switch (projection.type) {
    case ProjectionType::kAll:
      return "all attributes";
    case ProjectionType::kKeysOnly:
      return "keys only";
    case ProjectionType::kInclude:
      break;
  }
  std::string text;
  for (const std::string& name : projection.non_key_attributes)
    text += (text.empty() ? "the attributes " : ", ") + name;
  return text;
}

Result<TableDesign> design_table(std::string_view table, std::span<const Schema* const> models,
                                 const TableSettings& settings) {
  if (models.empty())
    return make_error(ErrorCode::kBadRequest,
                      "no model says what table \"" + std::string(table) + "\" is");
  TableDesign design;
  design.definition.name = table;
  design.settings = settings;
  Designer designer(design.definition);
  for (const Schema* model : models) TRY(designer.add(*model));
  TRY(designer.finish(models));
  design.time_to_live_attribute = designer.time_to_live();
  TRY(add_settings(settings, design.definition));
  return design;
}

}  // namespace dynolith::odm
