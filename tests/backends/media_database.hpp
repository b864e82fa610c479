#pragma once

#include <memory>
#include <string>

#include "affix/media/soci_media_store.hpp"
#include "affix/testing/media_store_conformance.hpp"
#include "database.hpp"
#include "support/media_units.hpp"

namespace affix::tests {

/// A database with names for media tables of the test's own.
class MediaDatabase {
 public:
  explicit MediaDatabase(const Target& target, MediaColumns columns = {})
      : db(target),
        tables{.media = db.new_name("media"),
               .links = db.new_name("links"),
               .positions = db.new_name("places"),
               .columns = std::move(columns)},
        files(idle_manager()) {
    be_patient(db.sql);
  }

  std::shared_ptr<MediaStore> store(
      SociMediaStoreOptions::Schema schema = SociMediaStoreOptions::Schema::on_first_use) {
    return make_soci_media_store(db.sql, {.tables = tables, .schema = schema});
  }

  std::shared_ptr<Transaction> begin() {
    return begin_unit(
        [&](soci::session& sql) {
          db.connect(sql);
          be_patient(sql);
        },
        *files);
  }

  /// An empty store, and units of work on sessions of their own.
  testing::MediaStoreSubject subject(std::shared_ptr<MediaStore> store) {
    for (const std::string& table : {tables.media, tables.links, tables.positions}) {
      if (db.dialect().has_table(db.sql, table)) db.run("delete from " + quoted(table));
      db.done();
    }
    return {std::move(store), [this] { return begin(); }};
  }

  std::string quoted(const std::string& name) { return db.dialect().identifier(name); }
  std::vector<ColumnInfo> columns(const std::string& table) {
    const auto found = db.dialect().columns(db.sql, table);
    db.done();
    return found;
  }

  Database db;
  MediaTables tables;
  std::unique_ptr<AttachmentManager> files;

 private:
  /// SQLite has one writer at a time.
  void be_patient(soci::session& sql) {
    if (db.dialect().engine() == Engine::sqlite) sql << "pragma busy_timeout = 20000";
  }
};

}  // namespace affix::tests
