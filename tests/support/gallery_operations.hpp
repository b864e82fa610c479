#pragma once

#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "affix/media/move.hpp"
#include "support/album_operations.hpp"
#include "support/shelf.hpp"

// What is done with a media table, to be walked through as the operations on an album are.

namespace affix::tests {

inline void fill_shelf(Album& album) { Shelf(album).fill(); }

/// Runs a step on the shelf in a unit of work of its own, and commits.
template <class Step>
void on_shelf(Album& album, Step step) {
  Shelf shelf(album);
  Transaction tx(album.sql, album.files);
  step(shelf, tx);
  tx.commit();
}

/// The ids of what is in the place.
inline std::vector<std::string> ids_in(const OwnerCollection& place) {
  std::vector<std::string> ids;
  for (const MediaRecord& record : place.list()) ids.push_back(record.attachment.id);
  return ids;
}

inline void run_attach(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    shelf.images().attach(tx, Album::text("A third image."));
  });
}

inline void run_attach_single(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    shelf.cover().attach(tx, Album::text("A new cover."));
  });
}

inline void run_attach_pending(Album& album) {
  PendingAttachment pending = album.files.create(Album::text("Pending."), {.variants = {"thumb"}});
  on_shelf(album,
           [&](Shelf& shelf, Transaction& tx) { shelf.cover().attach(tx, std::move(pending)); });
}

inline void run_attach_rolled_back(Album& album) {
  Shelf shelf(album);
  Transaction tx(album.sql, album.files);
  shelf.cover().attach(tx, Album::text("Not kept."));
  tx.rollback();
}

inline void run_share(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    shelf.figures().attach(tx, ids_in(shelf.images()));
  });
}

/// Adds one, takes one out with its file, and turns the others.
inline void run_set(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    const auto figures = ids_in(shelf.figures());
    const auto covers = ids_in(shelf.cover());
    shelf.figures().set(tx, std::vector{covers[0], figures[0]});
  });
}

inline void run_detach(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    shelf.images().detach(tx, std::vector{ids_in(shelf.images()).back()});
  });
}

/// The creator lets go, and the page inherits.
inline void run_detach_shared(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    shelf.images().detach(tx, std::vector{ids_in(shelf.images()).front()});
  });
}

inline void run_reorder(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    const auto ids = ids_in(shelf.figures());
    shelf.figures().reorder(tx, std::vector{ids[1], ids[0]});
  });
}

inline void run_shelf_variants(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    shelf.library.ensure_variants(tx, ids_in(shelf.images()).front());
  });
}

inline void run_update(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    shelf.library.update(tx, ids_in(shelf.images()).front(), [](MediaRecord& record) {
      set_custom_property(record, "alt.en", "The front");
    });
  });
}

/// Out of all places.
inline void run_remove_record(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    shelf.library.remove(tx, ids_in(shelf.images()).front());
  });
}

/// Three records of one owner, of which another has one.
inline void run_remove_owners(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    shelf.library.remove_owners(tx, "Shop", std::vector<RowKey>{1});
  });
}

inline void run_put(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    tx.replace(shelf.avatar, 1, Album::text("A new file."));
  });
}

inline void run_put_first(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    tx.replace(shelf.avatar, 2, Album::text("A first file."));
  });
}

inline void run_clear_field(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) { tx.clear(shelf.avatar, 1); });
}

inline void run_append_to_field(Album& album) {
  on_shelf(album, [](Shelf& shelf, Transaction& tx) {
    tx.append(shelf.gallery, 1, Album::text("One more."));
  });
}

/// Ends with the error that ended a move, as any other operation does.
inline void require_moved(const MoveReport& report) {
  if (!report.failures.empty()) throw Error(report.failures.front());
  if (report.rows != 1) throw std::runtime_error("nothing has moved");
}

/// What the column has moves into the table.
inline void run_move_to_table(Album& album) {
  Shelf shelf(album);
  require_moved(move_to_table(album.sql, album.files, album.gallery, shelf.gallery));
}

inline void run_move_to_column(Album& album) {
  Shelf shelf(album);
  require_moved(move_to_column(album.sql, album.files, shelf.gallery, album.gallery));
}

inline void prepare_moved(Album& album) {
  fill_shelf(album);
  run_move_to_table(album);
}

inline constexpr Operation gallery_operations[] = {
    {"attach", &run_attach, &fill_shelf},
    {"attach to a single collection", &run_attach_single, &fill_shelf},
    {"attach a pending file", &run_attach_pending, &fill_shelf},
    {"attach and roll back", &run_attach_rolled_back, &fill_shelf},
    {"share", &run_share, &fill_shelf},
    {"set", &run_set, &fill_shelf},
    {"detach from the last place", &run_detach, &fill_shelf},
    {"detach what is shared", &run_detach_shared, &fill_shelf},
    {"reorder", &run_reorder, &fill_shelf},
    {"variants of a record", &run_shelf_variants, &fill_shelf, Leftover::unlisted_variants},
    {"custom properties", &run_update, &fill_shelf},
    {"remove a record", &run_remove_record, &fill_shelf},
    {"remove an owner", &run_remove_owners, &fill_shelf},
    {"replace in a media field", &run_put, &fill_shelf},
    {"replace of nothing in a media field", &run_put_first, &fill_shelf},
    {"clear a media field", &run_clear_field, &fill_shelf},
    {"append to a media field", &run_append_to_field, &fill_shelf},
    {"move to the table", &run_move_to_table, &fill_shelf},
    {"move to the column", &run_move_to_column, &prepare_moved},
};

/// Those of both models.
inline std::vector<Operation> all_operations() {
  std::vector<Operation> all(std::begin(operations), std::end(operations));
  all.insert(all.end(), std::begin(gallery_operations), std::end(gallery_operations));
  return all;
}

}  // namespace affix::tests
