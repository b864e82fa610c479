#pragma once

#include <atomic>
#include <mutex>
#include <variant>

#include "affix/media/soci_media_store.hpp"
#include "affix/persistence/transaction.hpp"
#include "persistence/row_access.hpp"

namespace affix::detail {

/// The sessions that a store of media records works on, and whether their database has its tables.
class MediaSessions {
 public:
  /// Where those for reads outside of a unit of work come from.
  using Source = std::variant<soci::session*, SessionPool*>;

  MediaSessions(Source source, const SociMediaStoreOptions& options);

  /// With exact names.
  const MediaTables& tables() const noexcept { return tables_; }

  /// Creates the tables if that has to be done, and can be: not inside of a transaction.
  void prepare(soci::session& sql);

  /// The session of a unit of work that has begun, for a change. `Errc::invalid_state` if it only
  /// reads.
  soci::session& for_change(Transaction& tx);

  /// Calls `read` with a session, that of the unit of work if there is one.
  template <class Read>
  auto read(Transaction* tx, Read read) {
    if (tx) return read(begun(*tx));
    if (auto* const sql = std::get_if<soci::session*>(&source_)) return alone(**sql, read);
    const SessionLease lease = std::get<SessionPool*>(source_)->lease();
    return alone(*lease, read);
  }

 private:
  soci::session& begun(Transaction& tx);
  template <class Read>
  auto alone(soci::session& sql, Read read) {
    prepare(sql);
    const OpenedByStatement opened(sql);
    return read(sql);
  }

  const Source source_;
  const MediaTables tables_;
  std::mutex making_;
  std::atomic<bool> ready_;
};

}  // namespace affix::detail
