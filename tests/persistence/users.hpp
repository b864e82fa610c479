#pragma once

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/soci/attachment.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

namespace affix::tests {

inline constexpr ColumnField user_avatar{
    .table = "users", .column = "avatar", .key = "id", .variants = {"thumb"}};

/// A database in a file with the table `users`, and the files that belong to it.
class Users {
 public:
  explicit Users(Backing backing = Backing::memory, std::shared_ptr<Observer> observer = nullptr,
                 std::shared_ptr<const Converter> converter = make_vips_converter(),
                 LedgerOptions ledger = {})
      : shop(backing, std::move(observer), std::move(converter), std::move(ledger)) {
    connect(sql);
    if (ledger.mode == LedgerOptions::Mode::on) ensure_schema(sql, shop.files);
    sql << "create table users(id integer primary key, name varchar(100), avatar text)";
  }

  void connect(soci::session& session) {
    session.open(soci::sqlite3, "db=\"" + (shop.directory.path() / "users.db").string() + "\"");
    session << "pragma busy_timeout = 200";
  }

  /// A user with a committed avatar.
  Attachment add(int id, const std::string& image = "coffee.png") {
    Transaction tx(sql, shop.files);
    const Attachment avatar = tx.create(picture(image), {.variants = {"thumb"}});
    insert(id, avatar);
    tx.commit();
    return avatar;
  }

  void insert(int id, const std::optional<Attachment>& avatar) {
    const std::string name = "User " + std::to_string(id);
    sql << "insert into users(id, name, avatar) values(:id, :name, :avatar)", soci::use(id),
        soci::use(name), soci::use(avatar);
  }

  /// Has the reaper do all that is due at once.
  ReapResult reap_all() {
    return reap(sql, shop.files, {.purge_delay = {}, .tombstone_ttl = {}, .lease = {}});
  }

  std::optional<Attachment> avatar(int id) { return user_avatar.load(sql, id); }

  int count() {
    int rows = 0;
    sql << "select count(*) from users", soci::into(rows);
    return rows;
  }

  /// The keys that the committed rows name.
  std::set<std::string> referenced() {
    std::set<std::string> keys;
    soci::session other;
    connect(other);
    const soci::rowset<Attachment> rows =
        (other.prepare << "select avatar from users where avatar is not null");
    for (const Attachment& one : rows) {
      keys.insert(one.path);
      for (const auto& [name, variant] : one.variants) keys.insert(variant.path);
    }
    return keys;
  }

  Workshop shop;
  soci::session sql;
};

}  // namespace affix::tests
