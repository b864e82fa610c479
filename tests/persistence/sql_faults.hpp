#pragma once

namespace soci {
class session;
}

namespace affix::tests {

/// Makes the n-th SQL statement of a SQLite session fail, counted from now: SQLite's authorizer
/// refuses it when it is prepared. Begin, commit and rollback count too.
class SqlFaults {
 public:
  explicit SqlFaults(soci::session& sql);
  SqlFaults(const SqlFaults&) = delete;
  SqlFaults& operator=(const SqlFaults&) = delete;
  ~SqlFaults();

  /// 1: the next statement. 0: none fails.
  void fail_at(int n);
  bool tripped() const { return tripped_; }

  /// Called by the authorizer.
  bool refuses_next();

 private:
  soci::session& sql_;
  int left_ = 0;
  bool tripped_ = false;
};

/// Makes every COMMIT of a session fail and roll back, until it is destroyed.
class CommitRefusal {
 public:
  explicit CommitRefusal(soci::session& sql);
  CommitRefusal(const CommitRefusal&) = delete;
  CommitRefusal& operator=(const CommitRefusal&) = delete;
  ~CommitRefusal();

 private:
  soci::session& sql_;
};

}  // namespace affix::tests
