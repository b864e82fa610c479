#pragma once

#include <soci/soci.h>

#include <chrono>
#include <functional>
#include <string>

#include "affix/soci/dialect.hpp"

namespace affix::detail {

/// Commits `work`, and has the database write everything to its disk that was committed before,
/// by anybody: also where the database is configured to do that later.
void commit_durably(soci::session& sql, const std::function<void()>& work);

/// How long statements of this session wait for the locks of others, until this is destroyed. On
/// Firebird nothing can be set through SOCI, and they wait for ever.
class LockPatience {
 public:
  LockPatience(soci::session& sql, std::chrono::milliseconds patience);
  LockPatience(const LockPatience&) = delete;
  LockPatience& operator=(const LockPatience&) = delete;
  ~LockPatience();

 private:
  void set(std::chrono::milliseconds patience);

  soci::session& sql_;
  std::string restore_;
};

}  // namespace affix::detail
