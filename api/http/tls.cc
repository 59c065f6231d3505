#include "api/http/tls.h"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace dynolith::api {
namespace {

namespace ssl = boost::asio::ssl;
using ErrorCodeOf = boost::system::error_code;

constexpr long kValidSeconds = 365L * 24 * 60 * 60;
constexpr long kClockSkewSeconds = 24L * 60 * 60;

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;

Error unusable(std::string why) {
  return storage::make_error(ErrorCode::kUnavailable, std::move(why));
}

bool add_extension(X509* certificate, int kind, const char* value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// For localhost by all its names; null if OpenSSL cannot.
Certificate self_signed(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  uint32_t serial = 0;
  if (certificate == nullptr || RAND_bytes(reinterpret_cast<uint8_t*>(&serial), sizeof serial) != 1)
    return nullptr;
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), -kClockSkewSeconds);
  X509_gmtime_adj(X509_getm_notAfter(x509), kValidSeconds);
  X509_set_pubkey(x509, key);
  X509_NAME* name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const uint8_t*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(x509, name);
  const bool made =
      add_extension(x509, NID_subject_alt_name,
                    "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1") &&
      add_extension(x509, NID_basic_constraints, "critical,CA:FALSE") &&
      X509_sign(x509, key, EVP_sha256()) != 0;
  return made ? std::move(certificate) : nullptr;
}

Result<void> use_self_signed(SSL_CTX* context) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = key != nullptr ? self_signed(key.get()) : nullptr;
  if (certificate == nullptr || SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return unusable("cannot make a certificate for TLS; give one with --tls-cert and --tls-key");
  }
  return {};
}

Result<void> use_files(ssl::context& context, const TlsOptions& options) {
  struct stat status {};
  if (stat(options.key.c_str(), &status) != 0) {
    return unusable(
        fmt::format("--tls-key {}: cannot be read: {}", options.key, std::strerror(errno)));
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return unusable(fmt::format(
        "--tls-key {}: other users may read it; make it yours alone with chmod 600", options.key));
  }
  ErrorCodeOf error;
  context.use_certificate_chain_file(options.certificate, error);
  if (error) {
    return unusable(fmt::format("--tls-cert {}: no certificate in PEM form can be read there: {}",
                                options.certificate, error.message()));
  }
  context.use_private_key_file(options.key, ssl::context::pem, error);
  if (error) {
    return unusable(fmt::format("--tls-key {}: no key of {} in PEM form can be read there: {}",
                                options.key, options.certificate, error.message()));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ssl::context>> make_tls_context(const TlsOptions& options) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(
      native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection gives its buffers back.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  // A password cannot be asked for: the server may have no terminal.
  SSL_CTX_set_default_passwd_cb(native, [](char*, int, int, void*) { return -1; });
  if (options.certificate.empty() && options.key.empty()) {
    TRY(use_self_signed(native));
  } else {
    TRY(use_files(*context, options));
  }
  return Result<std::unique_ptr<ssl::context>>(std::move(context));
}

}  // namespace dynolith::api
