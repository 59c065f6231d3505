#include "odm/remote/process_credentials.h"

#include <cstring>
#include <utility>

#include "api/json/reader.h"
#include "odm/remote/credentials.h"
#include "storage/result.h"
#include "storage/value/utf8.h"

namespace dynolith::odm {
namespace {

using End = ProcessResult::End;

constexpr std::string_view kBlanks = " \t\r\n";

Error bad_command(std::string_view why) {
  return make_error(ErrorCode::kNoCredentials, std::string(why));
}

// One line of printable text.
std::string shown(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  text = text.substr(begin, text.find_last_not_of(' ') - begin + 1);
  // The beginning may have been cut off within a character.
  if (!storage::is_valid_utf8(text))
    for (char& c : text)
      if (static_cast<unsigned char>(c) > '~') c = '?';
  return text;
}

// What is wrong with how it ended; empty: nothing.
std::string bad_end(const ProcessResult& result) {
  switch (result.end) {
    case End::kNotStarted:
      return std::string("it cannot be started: ") + std::strerror(result.status);
    case End::kTimedOut:
      return "it did not end within a minute";
    case End::kTooMuchOutput:
      return "it prints more than credentials";
    case End::kSignalled:
      return "it was ended by signal " + std::to_string(result.status);
    case End::kExited:
      break;
  }
  return result.status == 0 ? std::string()
                            : "it ended with status " + std::to_string(result.status);
}

// Null is absent. False: it is something else.
bool read_text(const api::JsonObject& object, std::string_view name, std::string& text) {
  api::JsonValue value;
  if (object[name].get(value) != simdjson::SUCCESS || value.is_null()) return true;
  std::string_view view;
  if (value.get_string().get(view) != simdjson::SUCCESS) return false;
  text = view;
  return true;
}

Result<Credentials> parse_output(const std::string& output, std::string_view who) {
  api::JsonParser parser;
  const auto object = parser.parse(output);
  if (!object) return no_credentials(who, "it prints no JSON object");
  int64_t version = 0;
  if ((*object)["Version"].get_int64().get(version) != simdjson::SUCCESS)
    return no_credentials(who, "what it prints has no Version");
  if (version != 1) {
    return no_credentials(who, "what it prints is of version " + std::to_string(version) +
                                   ", and only version 1 is known");
  }
  Credentials keys;
  std::string expiration;
  if (!read_text(*object, "AccessKeyId", keys.access_key_id) ||
      !read_text(*object, "SecretAccessKey", keys.secret_access_key) ||
      !read_text(*object, "SessionToken", keys.session_token) ||
      !read_text(*object, "Expiration", expiration))
    return no_credentials(who, "what it prints has a member that is no text");
  return made_credentials(std::move(keys), expiration, who);
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view command) {
  std::vector<std::string> words;
  bool is_inside = false;  // Of a word.
  char quote = '\0';
  for (size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (quote == '\0' && kBlanks.find(c) != std::string_view::npos) {
      is_inside = false;
      continue;
    }
    if (!is_inside) words.emplace_back();
    is_inside = true;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'') {
      if (i + 1 == command.size()) return bad_command("the command ends with a backslash");
      const char next = command[i + 1];
      const bool counts = quote == '\0' || next == '"' || next == '\\';
      words.back().push_back(counts ? next : c);
      if (counts) ++i;
    } else {
      words.back().push_back(c);
    }
  }
  if (quote != '\0') return bad_command("the command has a quote that is not closed");
  if (words.empty() || words.front().empty()) return bad_command("the command names no program");
  return words;
}

Result<Credentials> process_credentials(const System& system, std::string_view command,
                                        const std::string& profile) {
  const std::string who = "credential_process of the profile " + profile;
  const auto arguments = split_command(command);
  if (!arguments) return no_credentials(who, arguments.error().message);
  const ProcessResult result = system.run(*arguments);
  const std::string problem = bad_end(result);
  auto found = problem.empty() ? parse_output(result.output, who)
                               : Result<Credentials>(no_credentials(who, problem));
  if (found) return found;
  Error error = std::move(found).error();
  if (const std::string errors = shown(result.errors); !errors.empty())
    error.message.append("; it reports: ").append(errors);
  return error;
}

}  // namespace dynolith::odm
