#include "media/media_sessions.hpp"

#include "affix/soci/session_state.hpp"
#include "media/media_tables.hpp"
#include "persistence/transaction_access.hpp"

namespace affix::detail {

MediaSessions::MediaSessions(Source source, const SociMediaStoreOptions& options)
    : source_(source),
      tables_(with_exact_names(options.tables)),
      ready_(options.schema == SociMediaStoreOptions::Schema::never) {}

soci::session& MediaSessions::for_change(Transaction& tx) {
  TransactionAccess::work(tx).require_writes();
  return begun(tx);
}

soci::session& MediaSessions::begun(Transaction& tx) {
  prepare(tx.session());
  tx.begin();
  return tx.session();
}

void MediaSessions::prepare(soci::session& sql) {
  if (ready_ || in_transaction(sql)) return;
  const std::lock_guard lock(making_);
  if (ready_) return;
  ensure_media_schema(sql, tables_);
  ready_ = true;
}

}  // namespace affix::detail
