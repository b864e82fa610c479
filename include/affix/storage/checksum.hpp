#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace affix {

/// SHA-256 of a stream of bytes, by OpenSSL.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  /// 64 lower-case hex digits. Call once, at the end.
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// `sha256:` and the 64 hex digits of the bytes: the form of `Attachment::checksum`.
std::string checksum(std::span<const std::byte> bytes);

}  // namespace affix
