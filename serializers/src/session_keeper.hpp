#pragma once

#include <soci/soci.h>

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include "affix/soci/session_pool.hpp"

namespace affix::detail {

/// A session of a pool. It is never moved: SOCI's sessions refer to themselves.
struct KeptSession {
  explicit KeptSession(const soci::connection_parameters& parameters) : session(parameters) {}

  soci::session session;
  std::optional<TimePoint> asked{};     ///< When it was last known to answer; empty: to be asked.
  std::unique_ptr<KeptSession> next{};  ///< Of the idle ones.
};

/// What pool and leases share, so that a lease can outlive its pool.
class SessionKeeper {
 public:
  SessionKeeper(const soci::connection_parameters& parameters, SessionPoolOptions options);
  SessionKeeper(const SessionKeeper&) = delete;
  SessionKeeper& operator=(const SessionKeeper&) = delete;
  ~SessionKeeper() = default;

  std::unique_ptr<KeptSession> lend(std::chrono::milliseconds timeout);
  /// How a session comes back: as it should, with an exception, or to be closed.
  enum class Condition { good, doubtful, unwanted };
  void take_back(std::unique_ptr<KeptSession> session, Condition condition) noexcept;
  /// Closes what is idle and, from now on, what comes back.
  void close() noexcept;
  SessionCounts counts() const;

 private:
  void take_turn(std::chrono::milliseconds timeout);
  void end_turn() noexcept;
  void call_next() noexcept;
  std::unique_ptr<KeptSession> take_idle();
  /// Puts it among the idle ones; gives it back if the pool is closed.
  std::unique_ptr<KeptSession> keep(std::unique_ptr<KeptSession> session) noexcept;
  bool answers(KeptSession& session);
  std::unique_ptr<KeptSession> open();
  std::unique_ptr<KeptSession> connect();
  void destroy(std::unique_ptr<KeptSession> session) noexcept;

  const soci::connection_parameters parameters_;
  const SessionPoolOptions options_;

  /// Held while a session is made or destroyed: each has a copy of the parameters, and these share
  /// a counter that is not made for threads.
  std::mutex copying_;

  mutable std::mutex mutex_;                 ///< Of everything below.
  std::list<std::condition_variable> line_;  ///< Who waits; who came first is in front.
  std::unique_ptr<KeptSession> idle_;        ///< The one that came back last is in front.
  std::size_t lent_ = 0;
  std::size_t idle_count_ = 0;
  bool closed_ = false;
};

}  // namespace affix::detail
