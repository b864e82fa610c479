#include "persistence/session_settings.hpp"

#include <algorithm>
#include <optional>
#include <thread>

#include "affix/soci/database_error.hpp"
#include "affix/soci/session_state.hpp"
#include "persistence/row_access.hpp"

namespace affix::detail {
namespace {

/// SQLite: every commit of the session is synced, as long as this lives.
class FullySynchronous {
 public:
  explicit FullySynchronous(soci::session& sql) : sql_(sql) {
    sql_ << "select synchronous from pragma_synchronous", soci::into(before_);
    if (before_ < extra) sql_ << "pragma synchronous = " + std::to_string(extra);
  }
  FullySynchronous(const FullySynchronous&) = delete;
  FullySynchronous& operator=(const FullySynchronous&) = delete;
  ~FullySynchronous() {
    try {
      if (before_ < extra) sql_ << "pragma synchronous = " + std::to_string(before_);
    } catch (...) {  // Safer than before, only slower.
    }
  }

 private:
  // FULL does not sync the directory after a rollback journal was removed: with the power the
  // journal may come back, and undo the commit.
  static constexpr int extra = 3;
  soci::session& sql_;
  int before_ = extra;
};

/// MySQL and MariaDB, which may write their log that much later than they say, and a second.
void flush_logs(soci::session& sql) {
  int at_commit = 1;
  int at_timeout = 1;
  sql << "select @@innodb_flush_log_at_trx_commit, @@innodb_flush_log_at_timeout",
      soci::into(at_commit), soci::into(at_timeout);
  if (at_commit == 1) return;
  try {
    sql << "flush no_write_to_binlog engine logs";
  } catch (const std::exception&) {  // It takes a privilege that the session need not have.
    std::this_thread::sleep_for(std::chrono::seconds(at_timeout + 1));
  }
}

}  // namespace

void commit_durably(soci::session& sql, const std::function<void()>& work) {
  const Engine engine = dialect_of(sql).engine();
  std::optional<FullySynchronous> synchronous;
  if (engine == Engine::sqlite) synchronous.emplace(sql);
  in_own_transaction(sql, [&] {
    if (engine == Engine::postgresql) sql << "set local synchronous_commit = on";
    work();
  });
  if (engine == Engine::mysql || engine == Engine::mariadb) flush_logs(sql);
}

LockPatience::LockPatience(soci::session& sql, std::chrono::milliseconds patience) : sql_(sql) {
  try {
    set(patience);
  } catch (const std::exception& error) {
    throw database_error("The session could not be told how long to wait for locks", error);
  }
}

void LockPatience::set(std::chrono::milliseconds patience) {
  long long before = 0;
  std::string text;
  const std::string wanted = std::to_string(patience.count());
  switch (dialect_of(sql_).engine()) {
    case Engine::sqlite:
      // Not `select ... from pragma_busy_timeout`, which waits for a lock itself.
      sql_ << "pragma busy_timeout", soci::into(before);
      restore_ = "pragma busy_timeout = " + std::to_string(before);
      sql_ << "pragma busy_timeout = " + wanted;
      return;
    case Engine::postgresql:
      sql_ << "select cast(current_setting('lock_timeout') as varchar(30))", soci::into(text);
      restore_ = "set lock_timeout = '" + text + "'";
      sql_ << "set lock_timeout = '" + wanted + "ms'";
      return;
    case Engine::mysql:
    case Engine::mariadb:
      sql_ << "select @@innodb_lock_wait_timeout", soci::into(before);
      restore_ = "set innodb_lock_wait_timeout = " + std::to_string(before);
      sql_ << "set innodb_lock_wait_timeout = " +
                  std::to_string(std::max<long long>(1, (patience.count() + 999) / 1000));
      return;
    case Engine::firebird:
      return;
  }
}

LockPatience::~LockPatience() {
  try {
    if (!restore_.empty()) sql_ << restore_;
  } catch (...) {  // The connection is gone, and with it the setting.
  }
}

}  // namespace affix::detail
