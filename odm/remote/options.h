// How to reach a DynamoDB-compatible service: where, as whom, how long, how often.
//
// What is left empty is looked for where the AWS SDKs look: the environment, then the shared files
// ~/.aws/config and ~/.aws/credentials, then (credentials only) the container or the instance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace dynolith::odm {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};
  int64_t expires_at_ms = 0;  // Since 1970; 0: they do not expire.
};

struct RemoteOptions {
  std::string region = {};       // "eu-central-1"
  std::string endpoint = {};     // "http://localhost:8000"; serves streams, too.
  Credentials credentials = {};  // Used if access_key_id is set.
  std::string profile = {};      // Of the shared files; replaces AWS_PROFILE.
  int max_attempts = 4;          // The first included; 1: nothing is sent twice.
  int64_t connect_timeout_ms = 3'000;
  int64_t read_timeout_ms = 30'000;   // Without a single byte of the answer.
  int64_t total_timeout_ms = 60'000;  // All attempts and the waiting between them.
  size_t connections_max = 50;        // Further calls wait for a connection.
  int64_t idle_timeout_ms = 20'000;   // A connection unused for longer is not used again.
  std::string ca_bundle = {};         // A file in PEM form; else AWS_CA_BUNDLE, else the system's.
  bool verify_tls = true;             // False accepts any certificate: for tests.
  std::string user_agent_suffix = {};
};

}  // namespace dynolith::odm
