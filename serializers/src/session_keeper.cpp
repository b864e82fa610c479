#include "session_keeper.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "affix/value/error.hpp"
#include "connection_error.hpp"
#include "session_failure.hpp"

namespace affix::detail {
namespace {

SessionPoolOptions checked(SessionPoolOptions options) {
  if (options.size == 0) {
    throw Error(Errc::invalid_argument, "A pool needs room for one session at least",
                {.member = "size"});
  }
  if (!options.clock) options.clock = system_clock();
  return options;
}

}  // namespace

SessionKeeper::SessionKeeper(const soci::connection_parameters& parameters,
                             SessionPoolOptions options)
    : parameters_(parameters), options_(checked(std::move(options))) {}

std::unique_ptr<KeptSession> SessionKeeper::lend(std::chrono::milliseconds timeout) {
  take_turn(timeout);
  try {
    std::unique_ptr<KeptSession> session = take_idle();
    if (session && answers(*session)) return session;
    destroy(std::move(session));
    return open();
  } catch (...) {
    end_turn();
    throw;
  }
}

void SessionKeeper::take_turn(std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365);  // No overflow.
  std::unique_lock lock(mutex_);
  line_.emplace_back();
  const auto place = std::prev(line_.end());
  const bool served = place->wait_for(lock, std::min(timeout, longest), [&] {
    return place == line_.begin() && lent_ < options_.size;
  });
  line_.erase(place);
  if (served) ++lent_;
  call_next();
  if (served) return;
  throw Error(Errc::database, "No session of the pool became free in time", {},
              "lock_timeout: all " + std::to_string(options_.size) + " are lent");
}

void SessionKeeper::end_turn() noexcept {
  const std::lock_guard lock(mutex_);
  --lent_;
  call_next();
}

void SessionKeeper::call_next() noexcept {
  if (lent_ < options_.size && !line_.empty()) line_.front().notify_one();
}

std::unique_ptr<KeptSession> SessionKeeper::take_idle() {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<KeptSession> first = std::move(idle_);
  if (!first) return first;
  idle_ = std::move(first->next);
  --idle_count_;
  return first;
}

bool SessionKeeper::answers(KeptSession& session) {
  const TimePoint now = options_.clock->now();
  const auto& asked = session.asked;
  // A clock may also be set back.
  if (asked && *asked <= now && now - *asked < options_.check_after) return true;
  if (session.session.is_connected()) {
    session.asked = now;
    return true;
  }
  const std::lock_guard lock(mutex_);  // What one has lost, the others may have lost too.
  for (KeptSession* one = idle_.get(); one != nullptr; one = one->next.get()) one->asked.reset();
  return false;
}

std::unique_ptr<KeptSession> SessionKeeper::open() {
  std::unique_ptr<KeptSession> opened = connect();
  try {
    if (options_.configure) options_.configure(opened->session);
    abandon_transaction(opened->session);
    opened->asked = options_.clock->now();
    return opened;
  } catch (...) {
    destroy(std::move(opened));
    throw;
  }
}

std::unique_ptr<KeptSession> SessionKeeper::connect() {
  const std::lock_guard lock(copying_);
  try {
    return std::make_unique<KeptSession>(parameters_);
  } catch (const std::exception& error) {
    throw connection_error(error, parameters_.get_connect_string());
  }
}

void SessionKeeper::destroy(std::unique_ptr<KeptSession> session) noexcept {
  if (!session) return;
  abandon_transaction(session->session);
  const std::lock_guard lock(copying_);
  session.reset();
}

void SessionKeeper::take_back(std::unique_ptr<KeptSession> session, Condition condition) noexcept {
  const bool sound = abandon_transaction(session->session) && condition != Condition::unwanted;
  if (condition == Condition::doubtful) session->asked.reset();
  destroy(sound ? keep(std::move(session)) : std::move(session));
  end_turn();
}

std::unique_ptr<KeptSession> SessionKeeper::keep(std::unique_ptr<KeptSession> session) noexcept {
  const std::lock_guard lock(mutex_);
  if (closed_) return session;
  session->next = std::move(idle_);
  idle_ = std::move(session);
  ++idle_count_;
  return nullptr;
}

void SessionKeeper::close() noexcept {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  while (std::unique_ptr<KeptSession> session = take_idle()) destroy(std::move(session));
}

SessionCounts SessionKeeper::counts() const {
  const std::lock_guard lock(mutex_);
  return {.lent = lent_, .idle = idle_count_, .waiting = line_.size()};
}

}  // namespace affix::detail
