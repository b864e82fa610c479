#include "media/media_counter.hpp"

#include <algorithm>
#include <vector>

#include "affix/soci/database_error.hpp"
#include "affix/soci/session_state.hpp"
#include "media/media_checks.hpp"
#include "media/media_tables.hpp"
#include "persistence/query.hpp"

namespace affix::detail {
namespace {

Query& bind_place(Query& query, const MediaPlace& place) {
  return query.bind(place.owner.type).bind(place.owner.id).bind(place.collection);
}

/// The counter's and the links' own names for the columns of a place.
const MediaColumns& own_names() {
  static const MediaColumns names;
  return names;
}

}  // namespace

MediaCounter::MediaCounter(soci::session& sql, const MediaTables& tables)
    : sql_(sql),
      dialect_(dialect_of(sql)),
      tables_(tables),
      table_(dialect_.identifier(tables.positions)) {}

std::int64_t MediaCounter::next(const MediaPlace& place, std::size_t count) const {
  check_place(place);
  return on_media({.table = tables_.positions}, [&] {
    lock_row(place);
    const auto known = read(place);
    const std::int64_t first = known ? *known : behind_all(place);
    write(place, first + static_cast<std::int64_t>(count));
    return first;
  });
}

/// Creates the row if there is none; waits for others that do.
void MediaCounter::lock_row(const MediaPlace& place) const {
  const std::vector<std::string> keys{"owner_type", "owner_id", "collection"};
  Query query(sql_, dialect_.upsert(tables_.positions, keys, keys));
  try {
    bind_place(query, place).execute();
  } catch (const std::exception& error) {
    if (classify(error) != DatabaseError::unique) throw;
    // Another transaction has made it, and cannot be seen here (Firebird).
    throw Error(Errc::conflict, "Somebody else has just put something into this place", {},
                cause_of(error));
  }
}

std::optional<std::int64_t> MediaCounter::read(const MediaPlace& place) const {
  Query query(sql_, "select next_position from " + table_ +
                        " where owner_type = :p0 and owner_id = :p1 and collection = :p2" +
                        dialect_.row_lock(RowLock::wait));
  long long next = 0;
  soci::indicator state = soci::i_null;
  bind_place(query, place).fetch([] {}, soci::into(next, state));
  return state == soci::i_ok ? std::optional<std::int64_t>(next) : std::nullopt;
}

void MediaCounter::write(const MediaPlace& place, std::int64_t next) const {
  Query query(sql_, "update " + table_ +
                        " set next_position = :p0 where owner_type = :p1 and owner_id = :p2 and "
                        "collection = :p3");
  bind_place(query.bind(next), place).execute();
}

/// For a place in which others have put something before there was a counter.
std::int64_t MediaCounter::behind_all(const MediaPlace& place) const {
  return std::max(behind(tables_.media, tables_.columns, place),
                  behind(tables_.links, own_names(), place));
}

std::int64_t MediaCounter::behind(const std::string& table, const MediaColumns& columns,
                                  const MediaPlace& place) const {
  const auto name = [&](const std::string& column) { return dialect_.identifier(column); };
  std::string text = "select max(" + name(columns.position) + ") from " + name(table) + " where " +
                     name(columns.owner_type) + " = :p0 and " + name(columns.owner_id) +
                     " = :p1 and " + name(columns.collection) + " = :p2";
  const Engine engine = dialect_.engine();
  // Any other read sees what was there when the transaction began.
  if (engine == Engine::mysql || engine == Engine::mariadb) text += " for update";
  Query query(sql_, std::move(text));
  long long highest = 0;
  soci::indicator state = soci::i_null;
  bind_place(query, place).fetch([] {}, soci::into(highest, state));
  return state == soci::i_ok ? highest + 1 : 0;
}

}  // namespace affix::detail
