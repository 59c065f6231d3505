// Credentials that a program of the user's prints: `credential_process` of a profile.
//
//   {"Version": 1, "AccessKeyId": "...", "SecretAccessKey": "...",
//    "SessionToken": "...", "Expiration": "2026-11-21T10:44:37Z"}   the last two if there are any
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "odm/remote/options.h"
#include "odm/remote/system.h"
#include "odm/result.h"

namespace dynolith::odm {

// A command's words, as a shell would part them: quotes keep words together, a backslash takes the
// next character as it is ('...' takes all as it is; in "..." a backslash counts before '"' and
// '\'). Nothing else means anything: no variables, no "~", no wildcards, no pipes.
// Errors: kNoCredentials (a quote that is not closed, no word).
Result<std::vector<std::string>> split_command(std::string_view command);

// Runs it, a minute at most (process.h), and reads what it prints. Errors: kNoCredentials. They
// show the end of what it wrote to standard error, where it must write no secrets, and never what
// it printed.
Result<Credentials> process_credentials(const System& system, std::string_view command,
                                        const std::string& profile);

}  // namespace dynolith::odm
