#pragma once

#include <chrono>
#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "affix/orm/data_source_settings.hpp"
#include "affix/orm/medium.hpp"
#include "affix/orm/run.hpp"
#include "affix/orm/schema.hpp"
#include "affix/soci/dialect.hpp"
#include "affix/soci/session_pool.hpp"

namespace affix {

/// A session of a `DataSource`, for its owner alone until it is destroyed: lent by a pool, as a
/// `SessionLease`, or the one that the caller has. Destroy everything that was made of the session
/// before. Must not outlive the data source. Belongs to one thread at a time.
class DataSession {
 public:
  soci::session& operator*() const noexcept;
  soci::session* operator->() const noexcept { return &**this; }

 private:
  friend class DataSource;
  explicit DataSession(SessionLease lease) : session_(std::move(lease)) {}
  explicit DataSession(soci::session& session) : session_(&session) {}

  std::variant<SessionLease, soci::session*> session_;
};

/// A database by name: how it is reached, and sessions for it. No error of it has the password in
/// its text, its `where()` or its `cause()`.
///
/// Safe to use from many threads, unless it was made of a single session. It can be moved while
/// nobody uses it. A pool or session of the caller's must outlive it.
class DataSource {
 public:
  /// With a pool of its own; no session is opened yet. `Errc::invalid_argument` for settings that
  /// make no connection string, or a pool without room.
  ///
  /// A new session is set up as most expect it, before `pool.configure` sees it: SQLite checks
  /// foreign keys, and waits five seconds for another's lock (through ODBC as long as its driver
  /// does); MySQL, MariaDB and Firebird talk UTF-8 (not through ODBC). `options` can say otherwise
  /// by `timeout` and `charset`.
  DataSource(std::string name, DataSourceSettings settings, SessionPoolOptions pool = {});
  /// With a pool of the caller's.
  DataSource(std::string name, SessionPool& pool);
  /// With a session of the caller's, which is neither opened, configured nor closed here. For one
  /// thread.
  DataSource(std::string name, soci::session& session);
  DataSource(DataSource&& other) noexcept;
  DataSource& operator=(DataSource&& other) noexcept;
  /// Sessions that are lent must have come back.
  ~DataSource();

  const std::string& name() const noexcept;
  /// For people: what SOCI is given, `postgresql://host=… port=…`, without the password and without
  /// `options`, which may have one, too. Empty for a pool or session of the caller's.
  const std::string& connection_string() const noexcept;

  /// A session. Errors as `SessionPool::lease`.
  [[nodiscard]] DataSession session(
      std::chrono::milliseconds timeout = std::chrono::seconds(10)) const;

  /// Of the engine that is there. Connects the first time. Errors as `session` and `dialect_of`.
  const Dialect& dialect() const;

  /// Asks the database by one of the sessions; `Errc::database` if it does not answer. Of a pool,
  /// that session is replaced then.
  void check() const;

  /// Makes a model one of this database's: what is wrong in its declaration is told now, and
  /// `ensure_schema` knows it. `Errc::exists` for one whose table another has. Before the data
  /// source is used by many threads.
  template <Modelled T>
  DataSource& add() {
    static_assert(!std::same_as<T, Medium>, "ensure_media_schema makes the media table");
    add(detail::model_table<T>());
    return *this;
  }
  /// The tables of its models, in the order in which they were added.
  std::vector<std::string> tables() const;
  /// `ensure_model_schema` of all its models, for development and tests. Who migrates by hand does
  /// not call it.
  void ensure_schema() const;
  /// The same, and what files need: the ledger (`affix::ensure_schema`), and the media tables of
  /// the models that have fields there (`ensure_media_schema`).
  void ensure_schema(AttachmentManager& files) const;

  /// `affix::run` with a session of this.
  template <std::invocable<Transaction&> Work>
  auto run(AttachmentManager& files, Work work, const RunOptions& options = {}) const {
    const DataSession lent = session();
    return affix::run(*lent, files, std::move(work), options);
  }

 private:
  struct State;
  void add(const detail::ModelTable& model);

  std::unique_ptr<State> state_;
};

}  // namespace affix
