#include "affix/orm/run.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "affix/soci/database_error.hpp"
#include "affix/soci/session_state.hpp"

namespace affix {
namespace {

using std::chrono::milliseconds;

bool is_conflict(const std::exception& error) {
  const auto* const known = dynamic_cast<const Error*>(&error);
  return known ? known->code() == Errc::conflict : classify(error) == DatabaseError::conflict;
}

/// Between a half and the whole of it.
milliseconds shortened(milliseconds pause) {
  thread_local std::minstd_rand random(std::random_device{}());
  return milliseconds(
      std::uniform_int_distribution<milliseconds::rep>(pause.count() / 2, pause.count())(random));
}

void wait(const RunOptions& options, milliseconds pause) {
  options.wait ? options.wait(pause) : std::this_thread::sleep_for(pause);
}

void run_once(soci::session& sql, AttachmentManager& files,
              const std::function<void(Transaction&)>& work, const RunOptions& options) {
  if (in_transaction(sql)) {
    throw Error(Errc::invalid_state,
                "The session is inside a transaction; what may be repeated has to begin its own");
  }
  Transaction tx(sql, files, {.isolation = options.isolation, .writes = options.writes});
  work(tx);
  tx.commit();
}

void check(const RunOptions& options) {
  const auto refuse = [](const char* member) {
    throw Error(Errc::invalid_argument, "An option of run is out of its range", {.member = member});
  };
  if (options.attempts < 1) refuse("attempts");
  if (options.first_pause < milliseconds::zero()) refuse("first_pause");
  if (options.longest_pause < milliseconds::zero()) refuse("longest_pause");
}

}  // namespace

void detail::run_attempts(soci::session& sql, AttachmentManager& files,
                          const std::function<void(Transaction&)>& work,
                          const RunOptions& options) {
  check(options);
  milliseconds pause = std::min(options.first_pause, options.longest_pause);
  for (int attempt = 1;; ++attempt) {
    try {
      return run_once(sql, files, work, options);
    } catch (const std::exception& error) {
      if (attempt == options.attempts || !is_conflict(error)) throw;
    }
    wait(options, shortened(pause));
    pause = pause > options.longest_pause / 2 ? options.longest_pause : pause * 2;
  }
}

}  // namespace affix
