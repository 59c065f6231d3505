#include "api/request/table_name.h"

#include <algorithm>
#include <optional>

namespace dynolith::api {

namespace {

constexpr std::string_view kArnPrefix = "arn:";
constexpr size_t kNameBytesMax = 255;

// The model lets names of one character through since ARNs are allowed; before, three were needed.
size_t name_bytes_min(Wording wording) { return wording == Wording::kClassic ? 3 : 1; }

bool is_region(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Cuts `text` at the first colon; nullopt if there is none.
std::optional<std::string_view> next_part(std::string_view& text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  return part;
}

// arn:aws:dynamodb:<region>:<account>:table/<name>; nullopt if it is anything else.
std::optional<std::string_view> table_of_arn(std::string_view arn) {
  constexpr std::string_view kResource = "table/";
  next_part(arn);  // "arn".
  const auto partition = next_part(arn);
  const auto service = next_part(arn);
  const auto region = next_part(arn);
  const auto account = next_part(arn);
  if (!account || !partition->starts_with("aws") || *service != "dynamodb") return std::nullopt;
  if (!is_region(*region) || !is_account(*account)) return std::nullopt;
  if (!arn.starts_with(kResource)) return std::nullopt;
  const std::string_view name = arn.substr(kResource.size());
  if (!is_name_text(name) || name.size() > kNameBytesMax) return std::nullopt;
  return name;
}

}  // namespace

void check_table_name(Constraints& constraints, const Slot& slot, Wording wording) {
  constexpr std::string_view kPath = "tableName";
  const auto text = slot.text();
  if (!text) return constraints.null(kPath);
  if (text->empty() && wording == Wording::kAws2026) {
    return constraints.quiet("TableName", at_least("length", 1));
  }
  check_name_text(constraints, *text, kPath, wording);
}

void check_name_text(Constraints& constraints, std::string_view text, std::string_view path,
                     Wording wording) {
  if (text.starts_with(kArnPrefix)) return;
  const size_t bytes_min = name_bytes_min(wording);
  if (!is_name_text(text)) constraints.echo(text, path, kNameConstraint);
  if (text.size() < bytes_min) {
    constraints.echo(text, path, at_least("length", static_cast<int64_t>(bytes_min)));
  }
  if (text.size() > kNameBytesMax) {
    constraints.echo(text, path, at_most("length", static_cast<int64_t>(kNameBytesMax)));
  }
}

Result<void> check_table_name_alone(const Slot& slot, Wording wording) {
  if (wording == Wording::kClassic) return {};
  Constraints constraints;
  check_table_name(constraints, slot, wording);
  return constraints.check();
}

bool is_table_name(std::string_view given, Wording wording) {
  if (given.starts_with(kArnPrefix)) return true;
  return is_name_text(given) && given.size() >= name_bytes_min(wording) &&
         given.size() <= kNameBytesMax;
}

Result<TableReference> table_reference(std::string_view given) {
  if (!given.starts_with(kArnPrefix)) [[likely]]
    return TableReference{given, given};
  if (const auto name = table_of_arn(given)) return TableReference{*name, given};
  return storage::validation_error(
      std::string("Invalid TableArn: Invalid ResourceArn provided as input ").append(given));
}

}  // namespace dynolith::api
