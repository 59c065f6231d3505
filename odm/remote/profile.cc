#include "odm/remote/profile.h"

#include <algorithm>

namespace dynolith::odm {
namespace {

constexpr std::string_view kSpaces = " \t\r";

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 32);
  }
  return out;
}

// Without a comment that begins after a space.
std::string_view without_comment(std::string_view text) {
  for (size_t i = 1; i < text.size(); ++i) {
    if ((text[i] == '#' || text[i] == ';') && (text[i - 1] == ' ' || text[i - 1] == '\t'))
      return trimmed(text.substr(0, i));
  }
  return trimmed(text);
}

// "[profile  x]" is "profile x".
std::string section_name(std::string_view line) {
  const std::string_view inside = trimmed(line.substr(1, line.find(']') - 1));
  const size_t space = inside.find_first_of(" \t");
  if (space == std::string_view::npos) return std::string(inside);
  std::string name(inside.substr(0, space));
  return name.append(" ").append(trimmed(inside.substr(space)));
}

const Settings* find(const Sections& sections, const std::string& name) {
  const auto found = sections.find(name);
  return found == sections.end() ? nullptr : &found->second;
}

std::string path_of(const System& system, const char* variable, std::string_view in_home) {
  const auto expanded = [&system](std::string path) {
    if (path.starts_with("~/"))
      path.replace(0, 1, system.environment("HOME").value_or(std::string()));
    return path;
  };
  return expanded(system.environment(variable).value_or(std::string(in_home)));
}

}  // namespace

Sections parse_sections(std::string_view text) {
  Sections sections;
  Settings* section = nullptr;
  std::string outer;  // The setting without a value that nested ones belong to.
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view raw = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::string_view line = trimmed(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      const bool closed = line.find(']') != std::string_view::npos;
      section = closed ? &sections[section_name(line)] : nullptr;
      outer.clear();
      continue;
    }
    const size_t equals = line.find('=');
    if (section == nullptr || equals == 0 || equals == std::string_view::npos) continue;
    std::string name = lowered(trimmed(line.substr(0, equals)));
    const std::string_view value = without_comment(line.substr(equals + 1));
    const bool is_nested = raw[0] == ' ' || raw[0] == '\t';
    if (is_nested) {
      if (!outer.empty()) (*section)[outer + "." + name] = value;
      continue;
    }
    outer = value.empty() ? name : std::string();
    (*section)[std::move(name)] = value;
  }
  return sections;
}

Profile Profile::load(const System& system, const std::string& name) {
  Profile profile;
  const auto chosen = system.environment("AWS_PROFILE");
  profile.is_chosen_ = !name.empty() || chosen.has_value();
  profile.name_ = !name.empty() ? name : chosen.value_or("default");

  const auto read = [&system](const std::string& path) {
    return parse_sections(system.read_file(path).value_or(std::string()));
  };
  const Sections config = read(path_of(system, "AWS_CONFIG_FILE", "~/.aws/config"));
  const Sections credentials =
      read(path_of(system, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"));

  const Settings* in_config = find(config, "profile " + profile.name_);
  if (in_config == nullptr && profile.name_ == "default") in_config = find(config, "default");
  const Settings* in_credentials = find(credentials, profile.name_);
  profile.exists_ = in_config != nullptr || in_credentials != nullptr;
  if (in_credentials != nullptr) profile.settings_ = *in_credentials;
  if (in_config != nullptr) profile.settings_.insert(in_config->begin(), in_config->end());
  // Keys of two files must not be mixed.
  if (in_credentials != nullptr && in_credentials->contains("aws_access_key_id") &&
      !in_credentials->contains("aws_session_token"))
    profile.settings_.erase("aws_session_token");

  if (const auto services = profile.get("services"); !services.empty()) {
    if (const Settings* found = find(config, "services " + std::string(services)))
      profile.services_ = *found;
  }
  return profile;
}

std::string_view Profile::get(std::string_view setting) const {
  const auto found = settings_.find(setting);
  return found == settings_.end() ? std::string_view() : found->second;
}

std::string_view Profile::service(std::string_view setting) const {
  const auto found = services_.find(setting);
  return found == services_.end() ? std::string_view() : found->second;
}

}  // namespace dynolith::odm
