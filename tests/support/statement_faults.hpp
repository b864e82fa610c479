#pragma once

#include <soci/soci.h>

#include <functional>
#include <optional>
#include <string>

#include "manager/manager_core.hpp"
#include "support/album.hpp"

namespace affix::tests {

/// How the chosen statement goes wrong; but for a delay, it throws what a database does.
enum class StatementFault {
  refused,      ///< It is not run.
  answer_lost,  ///< It is run.
  delayed,      ///< It is run after `StatementFaults::meanwhile`, and does not fail by itself.
};

/// Makes the n-th statement of affix on the database go wrong, on every database.
class StatementFaults {
 public:
  explicit StatementFaults(AttachmentManager& files) : core_(detail::ManagerAccess::core(files)) {
    core_.around_statement = [this](std::string_view name, const std::function<void()>& run) {
      around(name, run);
    };
  }
  StatementFaults(const StatementFaults&) = delete;
  StatementFaults& operator=(const StatementFaults&) = delete;
  ~StatementFaults() { core_.around_statement = nullptr; }

  /// 1: the next statement. 0: none.
  void fail_at(int n, StatementFault fault = StatementFault::refused) {
    left_ = n;
    fault_ = fault;
    if (n > 0) tripped_.clear();
  }
  /// The name of the statement that went wrong; empty: none did.
  const std::string& tripped() const { return tripped_; }

  /// What others do while a statement is delayed.
  std::function<void()> meanwhile{};

 private:
  void around(std::string_view name, const std::function<void()>& run) {
    const bool fails = left_ > 0 && --left_ == 0;
    if (!fails) return run();
    tripped_ = name;
    if (fault_ == StatementFault::delayed) {
      meanwhile();
      return run();
    }
    if (fault_ == StatementFault::answer_lost) run();
    throw soci::soci_error("A fault that was asked for");
  }

  detail::ManagerCore& core_;
  int left_ = 0;
  StatementFault fault_ = StatementFault::refused;
  std::string tripped_;
};

/// Whether an operation fails, with an error of affix or, for a statement by hand, of SOCI.
/// Afterwards no transaction is open.
struct Attempt {
  std::optional<Errc> code{};  ///< Of affix's error.
  bool failed = false;

  template <class Operation>
  Attempt(soci::session& sql, Operation operation) {
    try {
      operation();
    } catch (const Error& error) {
      code = error.code();
      failed = true;
    } catch (const soci::soci_error&) {
      failed = true;
    }
    end_transaction(sql);
  }
};

}  // namespace affix::tests
