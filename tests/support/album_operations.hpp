#pragma once

#include <span>

#include "support/album.hpp"
#include "support/album_promises.hpp"

// What is walked through by the tests of faults and crashes, each on a filled album.

namespace affix::tests {

struct Operation {
  const char* name;
  void (*run)(Album&);
  void (*prepare)(Album&) = nullptr;
  Leftover leftover = Leftover::none;
  /// Takes back what `prepare` has made that is neither a row nor a file.
  void (*undo)(Album&) = nullptr;
};

inline void run_create(Album& album) {
  Transaction tx(album.sql, album.files);
  const Attachment one = tx.create(Album::text("A new avatar."), {.variants = {"thumb"}});
  album.insert(3, one, {tx.create_all(Album::texts({"A third.", "A fourth."}))});
  tx.commit();
}

inline void run_adopt(Album& album) {
  PendingAttachment pending = album.files.create(Album::text("Pending."), {.variants = {"thumb"}});
  Transaction tx(album.sql, album.files);
  album.insert(3, tx.adopt(std::move(pending)), {});
  tx.commit();
}

inline void run_discard(Album& album) {
  album.files.discard(album.files.create(Album::text("Pending."), {.variants = {"thumb"}}));
}

inline void run_replace(Album& album) {
  Transaction tx(album.sql, album.files);
  tx.replace(album.avatar, 1, Album::text("A new avatar."));
  tx.commit();
}

inline void run_first(Album& album) {
  Transaction tx(album.sql, album.files);
  tx.replace(album.avatar, 2, Album::text("A first avatar."));
  tx.commit();
}

inline void run_rolled_back(Album& album) {
  Transaction tx(album.sql, album.files);
  tx.replace(album.avatar, 1, Album::text("A new avatar."));
  tx.rollback();
}

/// Somebody else replaces the file in between.
inline void run_conflict(Album& album) {
  const auto open = [&] {
    run_replace(album);
    return make_memory_reader("Too late.");
  };
  Transaction tx(album.sql, album.files);
  try {
    tx.replace(album.avatar, 1, Source::from_reader(open, "note.txt"));
  } catch (const Error& error) {
    if (error.code() != Errc::conflict) throw;
    return tx.rollback();
  }
  throw std::runtime_error("two have replaced one file");
}

inline void run_clear(Album& album) {
  Transaction tx(album.sql, album.files);
  tx.clear(album.avatar, 1);
  tx.clear(album.gallery, 1);
  tx.commit();
}

inline void run_remove(Album& album) {
  Transaction tx(album.sql, album.files);
  tx.remove(album.avatar.load(album.sql, 1));
  tx.remove(album.gallery.load(album.sql, 1));
  album.sql << "delete from " + album.table + " where id = 1";
  tx.commit();
}

inline void run_append(Album& album) {
  Transaction tx(album.sql, album.files);
  tx.append(album.gallery, 1, Album::text("A third."), {.variants = {"thumb"}});
  tx.commit();
}

inline void run_take_out(Album& album) {
  const std::string id = album.gallery.load(album.sql, 1).items.front().id;
  Transaction tx(album.sql, album.files);
  tx.remove(album.gallery, 1, id);
  tx.commit();
}

inline void run_variants(Album& album) {
  Transaction tx(album.sql, album.files);
  tx.ensure_variants(album.avatar, 1, {"thumb", "card"});
  tx.commit();
}

inline void run_variants_in_list(Album& album) {
  const std::string id = album.gallery.load(album.sql, 1).items.back().id;
  Transaction tx(album.sql, album.files);
  tx.ensure_variants(album.gallery, 1, id, {"thumb", "card"});
  tx.commit();
}

inline void run_copy(Album& album) {
  const auto one = album.avatar.load(album.sql, 1);
  Transaction tx(album.sql, album.files);
  album.insert(3, tx.copy(*one), {});
  tx.commit();
}

/// One part that is kept and one that is not.
inline void run_parts(Album& album) {
  Transaction outer(album.sql, album.files);
  outer.replace(album.avatar, 1, Album::text("A new avatar."));
  {
    Transaction part(outer);
    part.append(album.gallery, 1, Album::text("A third."));
    part.commit();
  }
  {
    Transaction part(outer);
    part.replace(album.avatar, 2, Album::text("Not kept."));
    part.rollback();
  }
  outer.commit();
}

inline void run_reap(Album& album) {
  album.clock.advance(std::chrono::hours(25));
  album.reap_all();
}

inline void prepare_expired(Album& album) {
  static_cast<void>(album.files.create(Album::text("Pending."), {.variants = {"thumb"}}));
}

/// An id whose files are gone, of which one has come late.
inline void prepare_forgotten(Album& album) {
  const auto one = album.avatar.load(album.sql, 1);
  run_replace(album);
  reap(album.sql, album.files, {.purge_delay = {}, .lease = {}});
  const Key late = Key::parse(Key::parse(one->path).parent()) / "variants" / "late.txt";
  album.disk().put(late, *make_memory_reader("Late."));
}

/// The row has what was given up, because a statement by hand has put it back.
inline void prepare_restored(Album& album) {
  const auto one = album.avatar.load(album.sql, 1);
  run_clear(album);
  album.sql << "update " + album.table + " set avatar = :avatar where id = 1", soci::use(one);
  if (!dialect_of(album.sql).traits().autocommits) album.sql.commit();
}

inline void run_reap_unused(Album& album) { album.reap_unused(); }

inline void run_purge_now(Album& album) {
  const std::set<std::string> ids = column_of<std::string>(
      album.sql, "select id from " + album.ledger() + " where state = 'doomed'");
  purge_now(album.sql, album.files, std::vector<std::string>(ids.begin(), ids.end()));
}

inline void run_repair(Album& album) { album.repair_all(); }

/// The ledger has lost an attachment that a row has.
inline void prepare_unknown(Album& album) {
  album.reap_all();
  album.run("delete from " + album.ledger() + " where id = '" +
            album.avatar.load(album.sql, 1)->id + "'");
}

/// A file among the variants of an attachment, of which its row says nothing.
inline void prepare_unlisted(Album& album) {
  const auto one = album.avatar.load(album.sql, 1);
  const Key unlisted = Key::parse(Key::parse(one->path).parent()) / "variants" / "unlisted.txt";
  album.disk().put(unlisted, *make_memory_reader("Unlisted."));
}

/// A statement by hand has overwritten what the row had.
inline void prepare_unreferenced(Album& album) {
  album.run("update " + album.table + " set avatar = null where id = 1");
}

/// Files of which not even a marker is left.
inline void prepare_orphan(Album& album) {
  const auto& core = detail::ManagerAccess::core(album.files);
  const std::string id = album.files.create(Album::text("An orphan.")).id();
  album.disk().remove(core.marker_folder() / id);
}

inline void prepare_triggers(Album& album) {
  install_triggers(album.sql, album.files, album.triggers());
}

inline void undo_triggers(Album& album) {
  remove_triggers(album.sql, album.files, album.triggers());
}

/// By hand, and triggers give up what the row had.
inline void run_overwrite_by_hand(Album& album) {
  album.run("update " + album.table + " set avatar = null where id = 1");
}

/// The same for a whole row, whose attachments are removed once more.
inline void run_delete_by_hand(Album& album) {
  const auto one = album.avatar.load(album.sql, 1);
  const AttachmentList list = album.gallery.load(album.sql, 1);
  Transaction tx(album.sql, album.files);
  tx.begin();
  album.sql << "delete from " + album.table + " where id = 1";
  tx.remove(one);
  tx.remove(list);
  tx.commit();
}

inline constexpr Operation operations[] = {
    {"create and commit", &run_create},
    {"adopt a pending file", &run_adopt},
    {"discard a pending file", &run_discard},
    {"replace and commit", &run_replace},
    {"replace of nothing", &run_first},
    {"replace and roll back", &run_rolled_back},
    {"replace that is a conflict", &run_conflict},
    {"clear both fields", &run_clear},
    {"delete a row", &run_remove},
    {"append to a list", &run_append},
    {"take out of a list", &run_take_out},
    {"late variants", &run_variants, nullptr, Leftover::unlisted_variants},
    {"late variants in a list", &run_variants_in_list, nullptr, Leftover::unlisted_variants},
    {"copy", &run_copy},
    {"parts of a transaction", &run_parts},
    {"reap what was settled", &run_reap},
    {"reap what was replaced", &run_reap, &run_replace},
    {"reap what expired", &run_reap, &prepare_expired},
    {"reap what is forgotten", &run_reap, &prepare_forgotten},
    {"reap what a row has again", &run_reap_unused, &prepare_restored, Leftover::given_up},
    {"purge what was replaced", &run_purge_now, &run_replace},
    {"enter into the ledger", &run_repair, &prepare_unknown, Leftover::unverified},
    {"remove an unlisted variant", &run_repair, &prepare_unlisted, Leftover::unverified},
    {"give up what no row has", &run_repair, &prepare_unreferenced, Leftover::unverified},
    {"remove an orphan", &run_repair, &prepare_orphan, Leftover::unverified},
    {"replace with triggers", &run_replace, &prepare_triggers, Leftover::none, &undo_triggers},
    {"overwrite by hand with triggers", &run_overwrite_by_hand, &prepare_triggers, Leftover::none,
     &undo_triggers},
    {"delete by hand with triggers", &run_delete_by_hand, &prepare_triggers, Leftover::none,
     &undo_triggers},
};

}  // namespace affix::tests
