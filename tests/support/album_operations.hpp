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
};

}  // namespace affix::tests
