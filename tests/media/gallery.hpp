#pragma once

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "affix/media/media_library.hpp"
#include "affix/media/soci_media_store.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

namespace affix::tests {

/// A shop whose products and pages have texts for pictures, in a database in a file.
class Gallery {
 public:
  explicit Gallery(std::vector<MediaCollection> collections = {})
      : shop(Backing::memory, nullptr, std::make_shared<TextConverter>()) {
    connect(sql);
    ensure_schema(sql, shop.files);
    ensure_media_schema(sql);
    store = make_soci_media_store(sql);
    library = std::make_unique<MediaLibrary>(MediaLibraryOptions{
        .store = store, .files = shop.files, .collections = std::move(collections)});
  }

  void connect(soci::session& session) {
    session.open(soci::sqlite3, "db=\"" + (shop.directory.path() / "shop.db").string() + "\"");
    session << "pragma busy_timeout = 200";
  }

  OwnerCollection of(const std::string& type, int id, const std::string& collection = "images") {
    return library->for_owner(type, id).collection(collection);
  }

  static Source text(const std::string& content) {
    return Source::from_memory(content, content + ".txt");
  }

  /// A committed record.
  MediaRecord attach(const OwnerCollection& where, const std::string& content) {
    Transaction tx(sql, shop.files);
    MediaRecord record = where.attach(tx, text(content));
    tx.commit();
    return record;
  }

  /// Runs a step in a unit of work of its own, and commits.
  template <class Step>
  auto committed(Step step) {
    Transaction tx(sql, shop.files);
    const auto result = step(tx);
    tx.commit();
    return result;
  }

  static std::vector<std::string> names(const std::vector<MediaRecord>& records) {
    std::vector<std::string> all;
    for (const MediaRecord& record : records) all.push_back(record.attachment.name);
    return all;
  }

  /// The display names of what has files, after the reaper, in no order.
  std::set<std::string> kept() {
    reap(sql, shop.files, {.purge_delay = {}, .tombstone_ttl = {}, .lease = {}});
    std::set<std::string> found;
    for (const std::string& key : shop.stored()) {
      const std::string file = key.substr(key.rfind('/') + 1);
      found.insert(file.substr(0, file.find('.')));
    }
    return found;
  }

  Workshop shop;
  soci::session sql;
  std::shared_ptr<MediaStore> store;
  std::unique_ptr<MediaLibrary> library;
};

}  // namespace affix::tests
