// The shared files of the AWS SDKs and the profile chosen in them.
//
//   ~/.aws/config       [profile work]      region = eu-central-1
//   ~/.aws/credentials  [work]              aws_access_key_id = ...
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "odm/remote/system.h"

namespace dynolith::odm {

// Settings by section and name; names in lower case. A setting that is nested under another is
// "outer.inner".
using Settings = std::map<std::string, std::string, std::less<>>;
using Sections = std::map<std::string, Settings, std::less<>>;

// Reads the files' form: sections in brackets, "name = value", comments after '#' or ';' at the
// start of a line or after a space. Lines that are nothing of it are skipped, as the SDKs do.
Sections parse_sections(std::string_view text);

// Threads: a value; any may read.
class Profile {
 public:
  // `name`: what the program chose, or empty; then AWS_PROFILE, then "default". The files are
  // AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, or those in ~/.aws. Files that are absent
  // are empty.
  static Profile load(const System& system, const std::string& name);

  const std::string& name() const { return name_; }
  // Somebody asked for it by name.
  bool is_chosen() const { return is_chosen_; }
  // One of the files has it.
  bool exists() const { return exists_; }
  // Empty if it is not set. The credentials file goes before the config file.
  std::string_view get(std::string_view setting) const;
  // Of the section [services x] that the profile's `services` names: "dynamodb.endpoint_url".
  std::string_view service(std::string_view setting) const;

 private:
  std::string name_;
  bool is_chosen_ = false;
  bool exists_ = false;
  Settings settings_, services_;
};

}  // namespace dynolith::odm
