#pragma once

#include <memory>

#include "affix/media/media_schema.hpp"
#include "affix/media/media_store.hpp"
#include "affix/soci/session_pool.hpp"

namespace affix {

struct SociMediaStoreOptions {
  MediaTables tables{};
  /// `on_first_use` creates what is missing of the tables (`ensure_media_schema`) before the first
  /// call that is outside of a transaction; a failure is not remembered. `never` leaves that to
  /// you.
  enum class Schema { on_first_use, never } schema = Schema::on_first_use;
  /// Of all times that the store sets. Null: the computer's.
  std::shared_ptr<const Clock> clock{};
};

/// Keeps records in the media tables, on every database. Transactional, and knows all functions of
/// the contract. Opens, closes and owns no session. Outside of a unit of work it reads through
/// `sql`, so the store then belongs to the session's thread; inside, through the session of the
/// unit of work, which must be of the same database. Where there is no autocommit, a read leaves no
/// transaction behind that was not there before. `sql` must outlive the store.
std::shared_ptr<MediaStore> make_soci_media_store(soci::session& sql,
                                                  const SociMediaStoreOptions& options = {});
/// The same for many threads: what is read outside of a unit of work leases a session.
std::shared_ptr<MediaStore> make_soci_media_store(SessionPool& pool,
                                                  const SociMediaStoreOptions& options = {});

}  // namespace affix
