#pragma once

#include <soci/soci.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "affix/value/clock.hpp"

namespace affix {

namespace detail {
class SessionKeeper;
struct KeptSession;
}  // namespace detail

struct SessionPoolOptions {
  /// Most sessions open at once, lent and idle together; at least one.
  std::size_t size = 8;
  /// Before a session is lent, it is asked whether its server still answers (a round trip), unless
  /// that was done, or the session opened, less than this ago. Zero: always. For as long a session
  /// can be lent that has lost its server.
  std::chrono::milliseconds check_after = std::chrono::seconds(1);
  /// Called once on every new session, for settings that are to last (pragmas, `set names` …). What
  /// it leaves open is rolled back. What it throws passes through `SessionPool::lease`. May be
  /// called from several threads at once.
  std::function<void(soci::session&)> configure{};
  /// Without one, `system_clock()`.
  std::shared_ptr<const Clock> clock{};
};

/// What a pool is doing, for watching it.
struct SessionCounts {
  std::size_t lent = 0;     ///< Sessions in use or being opened.
  std::size_t idle = 0;     ///< Open sessions that nobody has.
  std::size_t waiting = 0;  ///< Callers for whom there is none yet.

  bool operator==(const SessionCounts&) const = default;
};

/// A session of a pool, for its owner alone until it is destroyed. Then what is open in it is
/// rolled back, and the session goes back to the pool. A session that is broken is closed instead;
/// one that comes back while an exception passes is asked before it is lent again.
///
/// Destroy every statement, rowset and `Transaction` of the session before the lease: they refer to
/// the session, and nothing can check that. Settings that you make on the session stay on it; give
/// it up with `discard` if the next user must not have them.
///
/// Belongs to one thread at a time. May outlive its pool: the session is closed then.
class SessionLease {
 public:
  /// Only to be destroyed or assigned to afterwards.
  SessionLease(SessionLease&& other) noexcept;
  SessionLease& operator=(SessionLease&& other) noexcept;
  ~SessionLease();

  soci::session& operator*() const noexcept;
  soci::session* operator->() const noexcept;

  /// Rolls back and closes the session now, instead of giving it back: the pool opens another one
  /// when it needs it. The lease is as after a move.
  void discard() noexcept;

 private:
  friend class SessionPool;
  SessionLease(std::shared_ptr<detail::SessionKeeper> keeper,
               std::unique_ptr<detail::KeptSession> session) noexcept;
  void give_back() noexcept;

  std::shared_ptr<detail::SessionKeeper> keeper_;
  std::unique_ptr<detail::KeptSession> session_;
  int exceptions_;  ///< How many were passing when the session was lent.
};

/// Sessions of one database that are opened when they are needed and used again. Part of
/// `affix::soci`. Differs from `soci::connection_pool` in that a session never comes with the open
/// transaction of the user before, and that one which has lost its server is replaced.
///
/// Safe to use from many threads; `lease` must have returned in all of them before the pool is
/// destroyed.
class SessionPool {
 public:
  /// Opens nothing yet. `Errc::invalid_argument` for a pool without room. Parameters made from a
  /// text of their own: SOCI's copies share a counter that other threads must not touch meanwhile.
  explicit SessionPool(const soci::connection_parameters& parameters,
                       SessionPoolOptions options = {});
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;
  /// Closes the sessions that are not lent.
  ~SessionPool();

  /// A session outside of any transaction. Who comes first is served first. If all are lent for as
  /// long as `timeout`, `Errc::database` with the cause `lock_timeout: …`. If a session cannot be
  /// opened, `Errc::database` with what the database says, unless that repeats a part of the
  /// connection string that may be secret.
  [[nodiscard]] SessionLease lease(std::chrono::milliseconds timeout = std::chrono::seconds(10));

  /// As of now; another thread may have changed it since.
  SessionCounts counts() const;

 private:
  std::shared_ptr<detail::SessionKeeper> keeper_;
};

/// Makes a statement safe to destroy when an exception passes: SOCI 4.0 ends the process when a
/// Firebird statement is destroyed that was at work while the server died (also one of
/// `session << …`, which cannot be guarded). Comes after the statement, so that it is destroyed
/// before it. Nothing on other databases. Part of `affix::soci`.
class StatementGuard {
 public:
  StatementGuard(soci::session& session, soci::statement& statement) noexcept;
  StatementGuard(const StatementGuard&) = delete;
  StatementGuard& operator=(const StatementGuard&) = delete;
  ~StatementGuard();

 private:
  soci::session& session_;
  soci::statement& statement_;
  int exceptions_;  ///< How many were passing at the beginning.
};

/// Connects a session anew after `DatabaseError::connection_lost`. Rolls back first, for as long as
/// it takes: SOCI would end the process over a Firebird session that is inside a transaction.
/// Destroy every statement of the session before; they would refer to what is gone. What was set on
/// the session must be set again. `Errc::database` if there is no connection: the session is closed
/// then, and can be tried again. Part of `affix::soci`.
void reconnect(soci::session& session);

}  // namespace affix
