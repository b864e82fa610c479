#include "media/media_table.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "affix/soci/session_state.hpp"
#include "affix/value/id.hpp"
#include "media/media_documents.hpp"
#include "media/media_rows.hpp"
#include "media/media_tables.hpp"

namespace affix::detail {
namespace {

// No more than every engine takes.
constexpr std::size_t bytes_of_a_statement = 1024 * 1024;

std::size_t rows_of_a_statement(Engine engine) {
  constexpr std::size_t usual = 50;
  constexpr std::size_t few = 10;  // SQLite looks for each parameter among those before it.
  if (engine == Engine::firebird) return 1;
  return engine == Engine::sqlite ? few : usual;
}

/// Where an owner has a record.
struct Spot {
  std::string collection;
  long long position = 0;
};

/// Puts records into the order of their spots, then of their ids. The database's order of texts is
/// not that of their bytes.
std::vector<MediaRecord> in_order(std::vector<MediaRecord> records,
                                  const std::vector<Spot>& spots) {
  const auto key = [&](std::size_t i) {
    return std::tie(spots[i].collection, spots[i].position, records[i].attachment.id);
  };
  std::vector<std::size_t> order(records.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (std::ranges::is_sorted(order, {}, key)) return records;
  std::ranges::sort(order, {}, key);
  std::vector<MediaRecord> sorted;
  sorted.reserve(records.size());
  for (const std::size_t i : order) sorted.push_back(std::move(records[i]));
  return sorted;
}

void read_listed(Query& query, std::vector<MediaRecord>& records, std::vector<Spot>& spots) {
  MediaRow row;
  Spot spot;
  query.fetch_with(
      [&](soci::statement& statement) {
        row.define(statement);
        statement.exchange(soci::into(spot.collection));
        statement.exchange(soci::into(spot.position));
      },
      [&] {
        records.push_back(row.take());
        spots.push_back(spot);
      });
}

void fetch_rows(Query& query, const RowVisitor& visit) {
  MediaRow row;
  query.fetch_with([&](soci::statement& statement) { row.define(statement); }, [&] { visit(row); });
}

/// `(:p21, :p22, …)` for the row of this number.
std::string row_parameters(std::size_t row) {
  std::string text = "(";
  for (std::size_t i = 0; i < media_columns.size(); ++i) {
    text += i == 0 ? ":p" : ", :p";
    text += std::to_string(row * media_columns.size() + i);
  }
  return text += ')';
}

/// How many of these go into one statement.
std::size_t batch_size(std::span<const PrintedRecord> records, std::size_t most) {
  std::size_t bytes = records.front().size();
  std::size_t count = 1;
  while (count < std::min(most, records.size())) {
    bytes += records[count].size();
    if (bytes > bytes_of_a_statement) break;
    ++count;
  }
  return count;
}

}  // namespace

MediaTable::MediaTable(soci::session& sql, const MediaTables& tables)
    : sql_(sql),
      dialect_(dialect_of(sql)),
      tables_(tables),
      table_(dialect_.identifier(tables.media)) {}

std::string MediaTable::name(std::string MediaColumns::*column) const {
  return dialect_.identifier(tables_.columns.*column);
}

Where MediaTable::place(std::string_view id) const {
  return {.attachment = std::string(id), .table = tables_.media};
}

void MediaTable::save(const MediaRecord& record, TimePoint now) const {
  const PrintedRecord printed(record, now);
  on_media(place(record.attachment.id), [&] {
    const std::vector<std::string> keys{tables_.columns.id};
    Query query(sql_, dialect_.upsert(tables_.media, column_names(tables_.columns), keys));
    printed.bind(query);
    query.execute();
  });
}

void MediaTable::insert(std::span<const MediaRecord> records, TimePoint now) const {
  std::vector<PrintedRecord> printed;
  printed.reserve(records.size());
  for (const MediaRecord& record : records) printed.emplace_back(record, now);
  const std::size_t most = rows_of_a_statement(dialect_.engine());
  std::string start = "insert into " + table_ + " (";
  for (const auto member : media_columns) {
    start += (member == media_columns.front() ? "" : ", ") + name(member);
  }
  start += ") values ";
  on_media(place(), [&] {
    for (std::span<const PrintedRecord> rest(printed); !rest.empty();) {
      const std::size_t count = batch_size(rest, most);
      std::string text = start;
      for (std::size_t i = 0; i < count; ++i) {
        text += i == 0 ? "" : ", ";
        text += row_parameters(i);
      }
      Query query(sql_, std::move(text));
      for (const PrintedRecord& one : rest.first(count)) one.bind(query);
      query.execute();
      rest = rest.subspan(count);
    }
  });
}

std::optional<MediaRecord> MediaTable::find(std::string_view id, RowLock lock) const {
  if (!is_attachment_id(id)) return std::nullopt;
  return on_media(place(id), [&] {
    std::optional<MediaRecord> found;
    MediaRow row;
    Query query(sql_, "select " + selected_columns(sql_, tables_.columns) + " from " + table_ +
                          " where " + name(&MediaColumns::id) + " = :p0" + dialect_.row_lock(lock));
    query.bind(std::string(id));
    query.fetch_with([&](soci::statement& statement) { row.define(statement); },
                     [&] { found = row.take(); });
    return found;
  });
}

void MediaTable::visit(std::span<const std::string> ids, RowLock lock,
                       const RowVisitor& visit) const {
  constexpr std::size_t ids_of_a_statement = 50;
  for (; !ids.empty(); ids = ids.subspan(std::min(ids_of_a_statement, ids.size()))) {
    const auto some = ids.first(std::min(ids_of_a_statement, ids.size()));
    std::string parameters;
    for (std::size_t i = 0; i < some.size(); ++i) {
      parameters += i == 0 ? ":p" : ", :p";
      parameters += std::to_string(i);
    }
    Query query(sql_, "select " + selected_columns(sql_, tables_.columns) + " from " + table_ +
                          " where " + name(&MediaColumns::id) + " in (" + parameters + ")" +
                          dialect_.row_lock(lock));
    for (const std::string& id : some) query.bind(id);
    on_media(place(), [&] { fetch_rows(query, visit); });
  }
}

std::optional<std::string> MediaTable::visit_page(const std::optional<std::string>& after,
                                                  std::size_t limit,
                                                  const RowVisitor& visit) const {
  const std::string id = name(&MediaColumns::id);
  Query query(sql_, "select " + selected_columns(sql_, tables_.columns) + " from " + table_ +
                        (after ? " where " + id + " > :p0" : "") + " order by " + id +
                        dialect_.page(limit, 0));
  if (after) query.bind(*after);
  std::optional<std::string> last;
  on_media(place(), [&] {
    fetch_rows(query, [&](MediaRow& row) {
      last = row.id();
      visit(row);
    });
  });
  return last;
}

/// What was stored for the owner of `:p0` and `:p1`.
std::string MediaTable::own_rows(const std::string& collection_condition) const {
  return "select " + selected_columns(sql_, tables_.columns, "m") + ", " +
         whole_text(sql_, "m." + name(&MediaColumns::collection)) + " as there_collection, m." +
         name(&MediaColumns::position) + " as there_position from " + table_ + " m where m." +
         name(&MediaColumns::owner_type) + " = :p0 and m." + name(&MediaColumns::owner_id) +
         " = :p1" + (collection_condition.empty() ? "" : " and m." + collection_condition);
}

/// What is shared with the owner.
std::string MediaTable::shared_rows(const std::string& collection_condition) const {
  const std::string position = dialect_.identifier("position");
  std::string text = "select " + selected_columns(sql_, tables_.columns, "m") + ", " +
                     whole_text(sql_, "l.collection") + " as there_collection, l." + position +
                     " as there_position from " + dialect_.identifier(tables_.links) + " l join " +
                     table_ + " m on m." + name(&MediaColumns::id) +
                     " = l.media_id where l.owner_type = :p3 and l.owner_id = :p4";
  if (!collection_condition.empty()) text += " and l." + collection_condition;
  text += " and not (m." + name(&MediaColumns::owner_type) + " = l.owner_type and m." +
          name(&MediaColumns::owner_id) + " = l.owner_id and m." + name(&MediaColumns::collection) +
          " = l.collection)";
  return text;
}

/// A plain SELECT in a transaction of MySQL's reads what was there at its first one.
bool MediaTable::sees_the_past(RowLock lock) const {
  const Engine engine = dialect_.engine();
  return lock == RowLock::wait && (engine == Engine::mysql || engine == Engine::mariadb);
}

std::vector<MediaRecord> MediaTable::list_by_owner(const MediaOwner& owner,
                                                   std::optional<std::string_view> collection,
                                                   RowLock lock) const {
  const auto condition = [&](const std::string& column, const char* parameter) {
    return collection ? column + " = " + parameter : std::string();
  };
  std::vector<std::string> branches{own_rows(condition(name(&MediaColumns::collection), ":p2")),
                                    shared_rows(condition("collection", ":p5"))};
  std::vector<std::string> statements{branches[0] + " union all " + branches[1]};
  if (sees_the_past(lock)) {
    for (std::string& branch : branches) branch += dialect_.row_lock(lock);
    statements = std::move(branches);
  }
  std::vector<MediaRecord> records;
  std::vector<Spot> spots;
  for (std::string& statement : statements) {
    Query query(sql_, std::move(statement));
    for (std::size_t branch = statements.size() - 1; branch < 2; ++branch) {
      query.bind(owner.type).bind(owner.id);
      if (collection) query.bind(std::string(*collection));
    }
    on_media(place(), [&] { read_listed(query, records, spots); });
  }
  return in_order(std::move(records), spots);
}

std::vector<std::string> MediaTable::ids_to_lock(const MediaOwner& owner,
                                                 std::optional<std::string_view> collection) const {
  std::vector<std::string> ids;
  if (!sees_the_past(RowLock::wait)) return ids;
  const auto branch = [&](const std::string& id, const std::string& table,
                          const MediaColumns& columns, int first) {
    const auto is = [&](const std::string& column) {
      return dialect_.identifier(column) + " = :p" + std::to_string(first++);
    };
    std::string text = "select " + whole_text(sql_, id) + " from " + table + " where ";
    text += is(columns.owner_type) + " and " + is(columns.owner_id);
    return collection ? text + " and " + is(columns.collection) : text;
  };
  Query query(sql_, branch(name(&MediaColumns::id), table_, tables_.columns, 0) + " union all " +
                        branch("media_id", dialect_.identifier(tables_.links), {}, 3));
  for (int i = 0; i < 2; ++i) {
    query.bind(owner.type).bind(owner.id);
    if (collection) query.bind(std::string(*collection));
  }
  std::string id;
  on_media(place(), [&] { query.fetch([&] { ids.push_back(id); }, soci::into(id)); });
  return ids;
}

bool MediaTable::remove(std::string_view id) const {
  if (!is_attachment_id(id)) return false;
  return on_media(place(id), [&] {
    Query query(sql_, "delete from " + table_ + " where " + name(&MediaColumns::id) + " = :p0");
    return query.bind(std::string(id)).execute() > 0;
  });
}

std::optional<MediaRecord> MediaTable::merge_variants(
    std::string_view id, const std::map<std::string, Variant, std::less<>>& add,
    TimePoint now) const {
  std::optional<MediaRecord> record = find(id, RowLock::wait);
  if (!record) return std::nullopt;
  for (const auto& [variant_name, variant] : add) {
    record->attachment.variants.insert_or_assign(variant_name, variant);
  }
  record->updated_at = now;
  std::string variants = print_variants(record->attachment.variants);
  on_media(place(id), [&] {
    Query query(sql_, "update " + table_ + " set " + name(&MediaColumns::conversions) + " = :p0, " +
                          name(&MediaColumns::updated_at) + " = :p1 where " +
                          name(&MediaColumns::id) + " = :p2");
    query.bind_document(std::move(variants)).bind(format_time(*record->updated_at));
    query.bind(std::string(id)).execute();
  });
  return record;
}

}  // namespace affix::detail
