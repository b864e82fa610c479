#pragma once

#include <string>
#include <vector>

#include "affix/media/media_field.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/transaction.hpp"
#include "database.hpp"
#include "files_left.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

namespace affix::tests {

/// A table whose rows can have files in a column of theirs, and in the media table.
class Fielded {
 public:
  explicit Fielded(const Target& target)
      : db(target),
        table(db.documents()),
        tables{.media = db.new_name("media"),
               .links = db.new_name("links"),
               .positions = db.new_name("places")},
        shop(Backing::memory, nullptr, std::make_shared<TextConverter>(), db.ledger()),
        column{.table = table, .column = "doc", .key = "id", .variants = {"thumb"}},
        medium{.table = table,
               .collection = "cover",
               .key = "id",
               .variants = {"thumb"},
               .tables = &tables},
        column_list{column},
        media_list{medium} {
    ensure_schema(db.sql, shop.files);
    ensure_media_schema(db.sql, tables);
  }

  /// A row without a file.
  void add(int id) { db.run("insert into " + table + "(id) values(" + std::to_string(id) + ")"); }

  static Source text(const std::string& content) {
    return Source::from_memory(content, content + ".txt");
  }

  /// Puts a file into a row, committed.
  template <class Field>
  Attachment put(const Field& field, int id, const std::string& content) {
    Transaction tx(db.sql, shop.files);
    const Attachment created = tx.replace(field, id, text(content));
    tx.commit();
    return created;
  }
  template <class Field>
  Attachment append(const Field& field, int id, const std::string& content) {
    Transaction tx(db.sql, shop.files);
    const Attachment created = tx.append(field, id, text(content));
    tx.commit();
    return created;
  }

  bool has_just(const std::vector<Attachment>& attachments) {
    return tests::has_just(db, shop, attachments);
  }

  Database db;
  std::string table;
  MediaTables tables;
  Workshop shop;
  ColumnField column;
  MediaField medium;
  ColumnListField column_list;
  MediaListField media_list;
};

}  // namespace affix::tests
