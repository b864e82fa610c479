#include "media/media_links.hpp"

#include <algorithm>
#include <tuple>

#include "affix/soci/session_state.hpp"
#include "affix/value/id.hpp"
#include "media/media_checks.hpp"
#include "media/media_tables.hpp"
#include "persistence/query.hpp"

namespace affix::detail {
namespace {

/// Now, or just behind the last one: the order of the links is that of their times.
std::string time_behind(const std::string& last, TimePoint now) {
  const auto before = parse_time(last);
  return format_time(before ? std::max(now, *before + std::chrono::milliseconds(1)) : now);
}

/// Receives owner, collection and position.
struct LinkRow {
  std::string owner_type, owner_id, collection;
  long long position = 0;

  MediaLink link(std::string_view id) const {
    return {std::string(id), {{owner_type, owner_id}, collection}, position};
  }
};

}  // namespace

MediaLinks::MediaLinks(soci::session& sql, const MediaTables& tables)
    : sql_(sql),
      dialect_(dialect_of(sql)),
      tables_(tables),
      table_(dialect_.identifier(tables.links)) {}

bool MediaLinks::add(const MediaLink& link, TimePoint now) const {
  check_place(link.place);
  return on_media({.attachment = link.media_id, .table = tables_.links}, [&] {
    const auto record = own(link.media_id, RowLock::wait);
    if (!record) throw Error(Errc::record_not_found, "There is no media record with this id");
    const std::vector<Dated> there = read(link.media_id, RowLock::wait);
    const auto is_there = [&](const Dated& one) { return one.link.place == link.place; };
    if (record->place == link.place || std::ranges::any_of(there, is_there)) return false;
    insert(link, time_behind(there.empty() ? std::string() : there.back().created_at, now));
    return true;
  });
}

bool MediaLinks::remove(std::string_view id, const MediaPlace& place) const {
  if (!is_attachment_id(id)) return false;
  return on_media({.attachment = std::string(id), .table = tables_.links}, [&] {
    Query query(sql_, "delete from " + table_ +
                          " where media_id = :p0 and owner_type = :p1 and owner_id = :p2 and "
                          "collection = :p3");
    query.bind(std::string(id)).bind(place.owner.type).bind(place.owner.id).bind(place.collection);
    return query.execute() > 0;
  });
}

void MediaLinks::remove_all(std::string_view id) const {
  on_media({.attachment = std::string(id), .table = tables_.links}, [&] {
    Query(sql_, "delete from " + table_ + " where media_id = :p0").bind(std::string(id)).execute();
  });
}

bool MediaLinks::reposition(const MediaLink& link) const {
  return on_media({.attachment = link.media_id, .table = tables_.links}, [&] {
    Query query(sql_, "update " + table_ + " set " + dialect_.identifier("position") +
                          " = :p0 where media_id = :p1 and owner_type = :p2 and owner_id = :p3 "
                          "and collection = :p4");
    const MediaPlace& place = link.place;
    query.bind(link.position).bind(link.media_id).bind(place.owner.type).bind(place.owner.id);
    return query.bind(place.collection).execute() > 0;
  });
}

std::vector<MediaLink> MediaLinks::of(std::string_view id, RowLock lock) const {
  return on_media({.attachment = std::string(id), .table = tables_.links}, [&] {
    std::vector<MediaLink> all;
    const auto record = own(id, lock);
    if (!record) return all;
    all.push_back(*record);
    for (Dated& one : read(id, lock)) {
      if (one.link.place != record->place) all.push_back(std::move(one.link));
    }
    return all;
  });
}

/// The place that the record was stored for.
std::optional<MediaLink> MediaLinks::own(std::string_view id, RowLock lock) const {
  if (!is_attachment_id(id)) return std::nullopt;
  const MediaColumns& columns = tables_.columns;
  const auto name = [&](const std::string& column) { return dialect_.identifier(column); };
  const auto text = [&](const std::string& column) { return whole_text(sql_, name(column)); };
  Query query(sql_, "select " + text(columns.owner_type) + ", " + text(columns.owner_id) + ", " +
                        text(columns.collection) + ", " + name(columns.position) + " from " +
                        name(tables_.media) + " where " + name(columns.id) + " = :p0" +
                        dialect_.row_lock(lock));
  query.bind(std::string(id));
  std::optional<MediaLink> found;
  LinkRow row;
  query.fetch([&] { found = row.link(id); }, soci::into(row.owner_type), soci::into(row.owner_id),
              soci::into(row.collection), soci::into(row.position));
  return found;
}

/// In the order in which they were made.
std::vector<MediaLinks::Dated> MediaLinks::read(std::string_view id, RowLock lock) const {
  const auto text = [&](const std::string& column) { return whole_text(sql_, column); };
  Query query(sql_, "select " + text("owner_type") + ", " + text("owner_id") + ", " +
                        text("collection") + ", " + dialect_.identifier("position") +
                        ", created_at from " + table_ + " where media_id = :p0" +
                        dialect_.row_lock(lock));
  query.bind(std::string(id));
  std::vector<Dated> links;
  LinkRow row;
  std::string created_at;
  query.fetch(
      [&] {
        links.push_back({row.link(id), created_at});
      },
      soci::into(row.owner_type), soci::into(row.owner_id), soci::into(row.collection),
      soci::into(row.position), soci::into(created_at));
  std::ranges::sort(links, {}, &Dated::created_at);
  return links;
}

void MediaLinks::insert(const MediaLink& link, const std::string& created_at) const {
  Query query(sql_, "insert into " + table_ + " (media_id, owner_type, owner_id, collection, " +
                        dialect_.identifier("position") +
                        ", created_at) values (:p0, :p1, :p2, :p3, :p4, :p5)");
  query.bind(link.media_id).bind(link.place.owner.type).bind(link.place.owner.id);
  query.bind(link.place.collection).bind(link.position).bind(created_at).execute();
}

}  // namespace affix::detail
