#include "affix/storage/checksum.hpp"

#include <openssl/evp.h>

#include <array>

#include "affix/value/error.hpp"

namespace affix {
namespace {

void require(int openssl_result) {
  if (openssl_result != 1) throw Error(Errc::unsupported, "SHA-256 failed in OpenSSL");
}

std::string to_hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

}  // namespace

struct Sha256::Context {
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> evp{EVP_MD_CTX_new()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  require(EVP_DigestInit_ex(context_->evp.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size()));
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  require(EVP_DigestFinal_ex(context_->evp.get(), digest.data(), &length));
  return to_hex(std::span(digest).first(length));
}

std::string checksum(std::span<const std::byte> bytes) {
  Sha256 sha256;
  sha256.update(bytes);
  return "sha256:" + sha256.hex();
}

}  // namespace affix
