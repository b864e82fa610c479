#pragma once

#include <functional>
#include <string>
#include <vector>

#include "affix/media/media_field.hpp"
#include "affix/media/media_library.hpp"
#include "affix/media/media_schema.hpp"
#include "affix/media/soci_media_store.hpp"
#include "affix/soci/session_state.hpp"
#include "support/album.hpp"

namespace affix::tests {

/// The media tables beside an album, whose rows can have a file there, too.
class Shelf {
 public:
  explicit Shelf(Album& owner)
      : album(owner),
        tables(tables_of(owner)),
        library({.store = make_soci_media_store(
                     owner.sql, {.tables = tables, .schema = SociMediaStoreOptions::Schema::never}),
                 .files = owner.files,
                 .collections = {{.name = "cover", .single = true, .presets = {"thumb"}},
                                 {.name = "images",
                                  .presets = {"thumb", "card"},
                                  .variants = MediaCollection::Variants::lazy}}}),
        avatar{.table = owner.table,
               .collection = "avatar",
               .key = "id",
               .variants = {"thumb"},
               .tables = &tables},
        gallery{{.table = owner.table, .collection = "gallery", .key = "id", .tables = &tables}} {}
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;

  static MediaTables tables_of(const Album& album) {
    return {.media = album.table + "_media",
            .links = album.table + "_links",
            .positions = album.table + "_places"};
  }

  /// A cover, two images of which a page has one, and a figure of the page's own; for row 1 of the
  /// album a file in the table. Makes the tables if there are none.
  void fill() {
    if (!is_there()) ensure_media_schema(album.sql, tables);
    Transaction tx(album.sql, album.files);
    cover().attach(tx, Album::text("The old cover."));
    const MediaRecord first = images().attach(tx, Album::text("The first image."));
    images().attach(tx, Album::text("The second image."));
    figures().attach(tx, std::vector{first.attachment.id});
    figures().attach(tx, Album::text("A figure."));
    tx.replace(avatar, 1, Album::text("The old file."));
    tx.commit();
  }

  /// No records.
  void empty() {
    Transaction tx(album.sql, album.files);
    for (const std::string& id : ids()) library.remove(tx, id);
    tx.commit();
    for (const std::string& table : {tables.links, tables.positions}) {
      album.sql << "delete from " + table;
    }
    if (!dialect_of(album.sql).traits().autocommits) album.sql.commit();
  }

  void drop() {
    for (const std::string& table : {tables.media, tables.links, tables.positions}) {
      album.sql << "drop table " + table;
      if (!dialect_of(album.sql).traits().autocommits) album.sql.commit();
    }
  }

  bool is_there() {
    const bool found = dialect_of(album.sql).has_table(album.sql, tables.links);
    end_transaction(album.sql);
    return found;
  }

  OwnerCollection cover() { return library.for_owner("Shop", 1).collection("cover"); }
  OwnerCollection images() { return library.for_owner("Shop", 1).collection("images"); }
  OwnerCollection figures() { return library.for_owner("Page", 1).collection("figures"); }

  std::vector<std::string> ids() {
    std::vector<std::string> found;
    {
      const soci::rowset<std::string> rows =
          (album.sql.prepare << "select id from " + tables.media);
      found = {rows.begin(), rows.end()};
    }
    end_transaction(album.sql);
    return found;
  }

  Album& album;
  const MediaTables tables;
  const MediaLibrary library;
  const MediaField avatar;
  const MediaListField gallery;
};

/// Calls `visit` for every record, in each of its places, and with what the place says of it.
inline void visit_shelf(Album& album,
                        const std::function<void(const std::string&, const Attachment&)>& visit) {
  Shelf shelf(album);
  if (!shelf.is_there()) return;
  for (const std::string& id : shelf.ids()) {
    const MediaRecord record = *shelf.library.find(id);
    for (const MediaLink& link : shelf.library.places(id)) {
      const MediaPlace& place = link.place;
      const bool is_own = place == record.place;
      visit(place.owner.type + " " + place.owner.id + " " + place.collection + " " +
                std::to_string(link.position) + (is_own ? " " : " shared ") +
                record.custom_properties.dump(),
            record.attachment);
    }
  }
}

/// Links of records that there are not.
inline int dangling_links(Album& album) {
  Shelf shelf(album);
  if (!shelf.is_there()) return 0;
  int found = 0;
  album.sql << "select count(*) from " + shelf.tables.links + " where media_id not in (select id " +
                   "from " + shelf.tables.media + ")",
      soci::into(found);
  end_transaction(album.sql);
  return found;
}

}  // namespace affix::tests
