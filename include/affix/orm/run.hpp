#pragma once

#include <chrono>
#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "affix/persistence/transaction.hpp"

namespace affix {

/// How often `run` tries, and how long it waits in between.
struct RunOptions {
  /// Calls of the work at most; at least one.
  int attempts = 5;
  /// The pause after the first attempt. Each further one is twice as long as the one before, and
  /// each is cut short by up to a half, at random, so that those who met do not meet again.
  std::chrono::milliseconds first_pause{10};
  std::chrono::milliseconds longest_pause{1000};
  /// Of the transaction of each attempt, as in `TransactionOptions`.
  IsolationLevel isolation = IsolationLevel::as_is;
  Writes writes = Writes::allowed;
  /// Waits instead of `run`, e.g. in a test. Without one, the thread sleeps.
  std::function<void(std::chrono::milliseconds)> wait{};
};

namespace detail {
void run_attempts(soci::session& sql, AttachmentManager& files,
                  const std::function<void(Transaction&)>& work, const RunOptions& options);
}

/// Calls `work` in a transaction of its own and commits; returns what it returned. If another
/// transaction was in the way, everything is rolled back, and after a pause `work` is called again,
/// in a new transaction. That is so for `Errc::conflict` and for what SOCI throws of a
/// serialization failure or a deadlock (`DatabaseError::conflict`), from the work or the commit.
/// After the last attempt, and for every other exception at once, what was thrown passes through,
/// and everything is rolled back, too. `Errc::in_doubt` is never tried again: it may have happened.
///
/// All of `work` is repeated, what it does outside of the database, too: send mails from
/// `after_commit`. Make a `Source` inside of it: one of a stream can be read only once, and of the
/// files that an attempt has stored or adopted none is left. Neither commit nor begin in it
/// yourself; `Transaction part(tx)` is fine.
///
/// `Errc::invalid_state` if the session is inside a transaction, since that cannot be repeated from
/// here; `Errc::invalid_argument` for options without an attempt. Needs the session for itself, and
/// leaves it outside of any transaction.
template <std::invocable<Transaction&> Work>
auto run(soci::session& sql, AttachmentManager& files, Work work, const RunOptions& options = {}) {
  using Result = std::decay_t<std::invoke_result_t<Work&, Transaction&>>;
  if constexpr (std::is_void_v<Result>) {
    detail::run_attempts(sql, files, std::ref(work), options);
  } else {
    std::optional<Result> result;
    detail::run_attempts(
        sql, files, [&](Transaction& tx) { result.emplace(std::invoke(work, tx)); }, options);
    return std::move(*result);
  }
}

}  // namespace affix
