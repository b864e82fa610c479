#include "affix/soci/session_pool.hpp"

#include <exception>
#include <utility>

#include "backend.hpp"
#include "session_failure.hpp"
#include "session_keeper.hpp"

namespace affix {

using Condition = detail::SessionKeeper::Condition;

SessionLease::SessionLease(std::shared_ptr<detail::SessionKeeper> keeper,
                           std::unique_ptr<detail::KeptSession> session) noexcept
    : keeper_(std::move(keeper)),
      session_(std::move(session)),
      exceptions_(std::uncaught_exceptions()) {}

SessionLease::SessionLease(SessionLease&& other) noexcept = default;

SessionLease& SessionLease::operator=(SessionLease&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  keeper_ = std::move(other.keeper_);
  session_ = std::move(other.session_);
  exceptions_ = other.exceptions_;
  return *this;
}

SessionLease::~SessionLease() { give_back(); }

soci::session& SessionLease::operator*() const noexcept { return session_->session; }
soci::session* SessionLease::operator->() const noexcept { return &session_->session; }

void SessionLease::discard() noexcept {
  if (session_) keeper_->take_back(std::move(session_), Condition::unwanted);
}

void SessionLease::give_back() noexcept {
  if (!session_) return;
  const bool failing = std::uncaught_exceptions() > exceptions_;
  keeper_->take_back(std::move(session_), failing ? Condition::doubtful : Condition::good);
}

SessionPool::SessionPool(const soci::connection_parameters& parameters, SessionPoolOptions options)
    : keeper_(std::make_shared<detail::SessionKeeper>(parameters, std::move(options))) {}

SessionPool::~SessionPool() { keeper_->close(); }

SessionLease SessionPool::lease(std::chrono::milliseconds timeout) {
  return SessionLease(keeper_, keeper_->lend(timeout));
}

SessionCounts SessionPool::counts() const { return keeper_->counts(); }

StatementGuard::StatementGuard(soci::session& session, soci::statement& statement) noexcept
    : session_(session), statement_(statement), exceptions_(std::uncaught_exceptions()) {}

StatementGuard::~StatementGuard() {
  if (std::uncaught_exceptions() > exceptions_) detail::let_go(session_, statement_);
}

void reconnect(soci::session& session) {
  detail::abandon_transaction(session);
  try {
    session.reconnect();
  } catch (const std::exception& error) {
    throw detail::database_error("The session could not be connected again", error);
  }
}

}  // namespace affix
