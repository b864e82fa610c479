#pragma once

#include <optional>
#include <string>
#include <vector>

#include "affix/persistence/column_field.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/transaction.hpp"
#include "database.hpp"
#include "files_left.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

namespace affix::tests {

/// A table of documents whose field is an attachment with its files.
class Owners {
 public:
  explicit Owners(const Target& target)
      : db(target),
        table(db.documents()),
        field{.table = table, .column = "doc", .key = "id", .variants = {"thumb"}},
        ledger(db.ledger()),
        shop(Backing::memory, nullptr, make_vips_converter(), ledger) {
    ensure_schema(db.sql, shop.files);
  }

  void insert(int id, const std::optional<Attachment>& value) {
    const std::string name = "Owner " + std::to_string(id);
    db.sql << "insert into " + table + "(id, doc, name) values(:id, :doc, :name)", soci::use(id),
        soci::use(value), soci::use(name);
  }

  /// A row with committed files.
  Attachment add(int id) {
    Transaction tx(db.sql, shop.files);
    const Attachment created = tx.create(picture("coffee.png"), {.variants = {"thumb"}});
    insert(id, created);
    tx.commit();
    return created;
  }

  std::optional<Attachment> stored(int id) { return field.load(db.sql, id); }

  bool has_just(const std::vector<Attachment>& attachments) {
    return tests::has_just(db, shop, attachments);
  }

  Database db;
  std::string table;
  ColumnField field;
  LedgerOptions ledger;
  Workshop shop;
};

}  // namespace affix::tests
