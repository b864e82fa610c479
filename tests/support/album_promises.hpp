#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "affix/storage/checksum.hpp"
#include "support/album.hpp"
#include "support/disk_contents.hpp"
#include "support/shelf.hpp"

// The promises, looked at from outside: in what rows, ledger and disk have.

namespace affix::tests {

/// What rows have.
struct Rows {
  std::map<std::string, std::string> contents;  ///< `1 avatar` → the texts of its files.
  std::set<std::string> keys;                   ///< Of all their files.
  std::set<std::string> ids;                    ///< Of their attachments.
};

/// The first column of a query outside of a transaction.
template <class Value>
std::set<Value> column_of(soci::session& sql, const std::string& query) {
  std::set<Value> found;
  {
    const soci::rowset<Value> rows = (sql.prepare << query);
    found = {rows.begin(), rows.end()};
  }
  end_transaction(sql);
  return found;
}

/// Reads the rows with all their files. What is not what the row says becomes a text of its own.
class RowReader {
 public:
  explicit RowReader(Album& album) : album_(album) {}

  Rows read() {
    for (const int id : column_of<int>(album_.sql, "select id from " + album_.table)) {
      rows_.contents[std::to_string(id)] = "is there";
    }
    album_.avatar.each(album_.sql, [&](const RowKey& row, const Attachment& one) {
      add(row.text() + " avatar", one);
    });
    album_.gallery.each(album_.sql, [&](const RowKey& row, const AttachmentList& list) {
      for (const Attachment& one : list) add(row.text() + " gallery", one);
    });
    visit_shelf(album_, [&](const std::string& place, const Attachment& one) { add(place, one); });
    return std::move(rows_);
  }

 private:
  void add(const std::string& place, const Attachment& one) {
    rows_.ids.insert(one.id);
    std::string& content = rows_.contents[place];
    content += read_file(one.path, one.size, one.checksum);
    for (const auto& [name, variant] : one.variants) {
      content += " (" + read_file(variant.path, variant.size, variant.checksum) + ")";
    }
  }

  std::string read_file(const std::string& path, std::int64_t size, const std::string& sum) {
    rows_.keys.insert(path);
    try {
      const std::string content = read_all(*album_.disk().open(Key::parse(path)));
      const auto bytes = std::as_bytes(std::span(content));
      const bool is_it = static_cast<std::int64_t>(bytes.size()) == size && checksum(bytes) == sum;
      return is_it ? content : "DAMAGED " + path;
    } catch (const Error& error) {
      return std::string("MISSING ") + path + ": " + error.what();
    }
  }

  Album& album_;
  Rows rows_;
};

/// Ids that the ledger has.
inline std::set<std::string> ledger_of(Album& album) {
  return column_of<std::string>(album.sql, "select id from " + album.ledger());
}

inline std::string text_of(const std::map<std::string, std::string>& contents) {
  std::string text;
  for (const auto& [place, content] : contents) text += place + ": " + content + "; ";
  return text;
}

/// The id in the key of an attachment's file: `attachments/<id>/...`.
inline std::string id_in(const std::string& key) {
  const std::size_t start = key.find('/') + 1;
  return key.substr(start, key.find('/', start) - start);
}

/// What is wrong, a sentence each.
using Damage = std::vector<std::string>;

/// What an operation that was interrupted may leave to somebody else than the reaper alone.
enum class Leftover {
  none,
  unlisted_variants,  ///< Of attachments that rows have.
  given_up,           ///< Attachments that a row has again, by a statement by hand.
  unverified,         ///< What only `verify` can repair.
};

/// What must hold at every moment when nobody is in a transaction: the rows are as one of `allowed`
/// says, every file is complete, and somebody knows it, the ledger or a marker.
inline Damage damage_at_once(Album& album, const std::vector<Rows>& allowed,
                             Leftover leftover = Leftover::none) {
  Damage damage;
  const Rows rows = RowReader(album).read();
  if (std::ranges::none_of(allowed,
                           [&](const Rows& one) { return one.contents == rows.contents; })) {
    damage.push_back("rows that nobody has written: " + text_of(rows.contents));
  }
  if (dangling_links(album) > 0) damage.emplace_back("links of records that there are not");
  const std::set<std::string> known = ledger_of(album);
  const std::set<std::string> markers = markers_on(album.disk());
  for (const std::string& key : files_on(album.disk())) {
    const std::string id = id_in(key);
    const bool is_known = known.contains(id) || markers.contains(id);
    if (!is_known && leftover != Leftover::unverified) damage.push_back("nobody knows " + key);
    if (!read_all(*album.disk().open(Key::parse(key))).ends_with('.')) {
      damage.push_back("a part of " + key);
    }
  }
  return damage;
}

/// Has the reaper do all that is due, but what a row has again.
inline ReapResult reap_for(Album& album, Leftover leftover) {
  return leftover == Leftover::given_up ? album.reap_unused() : album.reap_all();
}

/// What must hold when everything that is due has been reaped: the rows are as before, the disk has
/// their files and no marker, and the ledger knows just their attachments.
inline Damage damage_after_reaping(Album& album, Leftover leftover = Leftover::none) {
  Damage damage;
  const Rows rows = RowReader(album).read();
  album.clock.advance(std::chrono::hours(25));
  if (leftover == Leftover::unverified) {
    const VerifyReport report = album.repair_all();
    if (report.repaired < report.total_findings) damage.emplace_back("a repair was not done");
  }
  for (int pass = 0; pass < 2; ++pass) {
    const ReapResult done = reap_for(album, leftover);
    if (done.failed > 0 || done.more) damage.emplace_back("the reaper could not do its work");
  }
  if (RowReader(album).read().contents != rows.contents) {
    damage.emplace_back("the reaper has changed what rows have");
  }
  std::set<std::string> stored = files_on(album.disk());
  if (leftover == Leftover::unlisted_variants) {
    std::erase_if(stored, [&](const std::string& key) {
      return key.find("/variants/") != key.npos && rows.ids.contains(id_in(key)) &&
             !rows.keys.contains(key);
    });
  }
  for (const std::string& key : stored) {
    if (!rows.keys.contains(key)) damage.push_back("no row has " + key);
  }
  for (const std::string& id : markers_on(album.disk())) damage.push_back("a marker of " + id);
  if (ledger_of(album) != rows.ids) damage.emplace_back("the ledger has other ids than the rows");
  return damage;
}

}  // namespace affix::tests
