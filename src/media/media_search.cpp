#include "media/media_search.hpp"

#include <algorithm>
#include <limits>

#include "affix/soci/session_state.hpp"
#include "media/media_cursor.hpp"
#include "media/media_rows.hpp"
#include "media/media_tables.hpp"

namespace affix::detail {
namespace {

/// The WHERE of a statement, and the values of its parameters in their order.
class Conditions {
 public:
  Conditions(const Dialect& dialect, const MediaColumns& columns, const MediaFilter& filter) {
    const auto equal = [&](const std::string& column, const std::optional<std::string>& value) {
      if (value) begin() += dialect.identifier(column) + " = " + parameter(*value);
    };
    equal(columns.owner_type, filter.owner_type);
    equal(columns.owner_id, filter.owner_id);
    equal(columns.collection, filter.collection);
    equal(columns.disk, filter.disk);
  }

  /// Rows behind the cursor in the order of these two columns.
  void add_behind(const MediaCursor& cursor, const std::string& time, const std::string& id) {
    begin() += "(" + time + " > " + parameter(cursor.created_at);
    text_ += " or (" + time + " = " + parameter(cursor.created_at);
    text_ += " and " + id + " > " + parameter(cursor.id) + "))";
  }

  const std::string& text() const { return text_; }
  Query& bind(Query& query) const {
    for (const std::string& value : values_) query.bind(value);
    return query;
  }

 private:
  std::string& begin() { return text_ += text_.empty() ? " where " : " and "; }
  std::string parameter(const std::string& value) {
    values_.push_back(value);
    std::string text = ":p";
    return text += std::to_string(values_.size() - 1);
  }

  std::string text_;
  std::vector<std::string> values_;
};

}  // namespace

MediaSearch::MediaSearch(soci::session& sql, const MediaTables& tables)
    : sql_(sql),
      dialect_(dialect_of(sql)),
      tables_(tables),
      table_(dialect_.identifier(tables.media)) {}

std::string MediaSearch::name(std::string MediaColumns::*column) const {
  return dialect_.identifier(tables_.columns.*column);
}

std::int64_t MediaSearch::count(const MediaFilter& filter) const {
  return on_media({.table = tables_.media}, [&] {
    const Conditions conditions(dialect_, tables_.columns, filter);
    Query query(sql_, "select count(*) from " + table_ + conditions.text());
    long long rows = 0;
    conditions.bind(query).fetch([] {}, soci::into(rows));
    return std::int64_t{rows};
  });
}

std::vector<MediaGroupCount> MediaSearch::aggregate(const MediaFilter& filter,
                                                    MediaGroup group) const {
  return on_media({.table = tables_.media}, [&] {
    const Conditions conditions(dialect_, tables_.columns, filter);
    const std::string key =
        name(group == MediaGroup::disk ? &MediaColumns::disk : &MediaColumns::collection);
    Query query(sql_, "select " + whole_text(sql_, key) + ", count(*), sum(" +
                          name(&MediaColumns::size) + ") from " + table_ + conditions.text() +
                          " group by " + key);
    std::vector<MediaGroupCount> groups;
    std::string one;
    long long rows = 0;
    long long size = 0;
    conditions.bind(query).fetch(
        [&] {
          groups.push_back({one, rows, size});
        },
        soci::into(one), soci::into(rows), soci::into(size));
    std::ranges::sort(groups, {}, &MediaGroupCount::key);
    return groups;
  });
}

MediaPage MediaSearch::list(const MediaFilter& filter, std::string_view cursor,
                            std::size_t limit) const {
  check_page_limit(limit);
  constexpr std::size_t most = std::numeric_limits<int>::max() - 1;
  limit = std::min(limit, most);
  return on_media({.table = tables_.media}, [&] {
    const std::string time = name(&MediaColumns::created_at);
    const std::string id = name(&MediaColumns::id);
    Conditions conditions(dialect_, tables_.columns, filter);
    if (const auto after = parse_cursor(cursor)) conditions.add_behind(*after, time, id);
    Query query(sql_, "select " + selected_columns(sql_, tables_.columns) + " from " + table_ +
                          conditions.text() + " order by " + time + ", " + id +
                          dialect_.page(limit + 1, 0));
    MediaPage page;
    MediaCursor last;
    MediaRow row;
    conditions.bind(query).fetch_with(
        [&](soci::statement& statement) { row.define(statement); },
        [&] {
          if (page.records.size() == limit) {
            page.cursor = print_cursor(last);
            return;
          }
          page.records.push_back(row.take());
          last = {row.created_at(), page.records.back().attachment.id};
        });
    return page;
  });
}

std::vector<std::string> MediaSearch::owners(const std::string& type, const std::string& collection,
                                             const std::optional<std::string>& after,
                                             std::size_t limit) const {
  int parameters = 0;
  const auto next = [&] { return ":p" + std::to_string(parameters++); };
  const auto branch = [&](const std::string& table, const std::string& type_column,
                          const std::string& id_column, const std::string& collection_column) {
    std::string text = "select distinct " + whole_text(sql_, id_column) + " as owner from " + table;
    text += " where " + type_column + " = " + next();
    text += " and " + collection_column + " = " + next();
    if (after) text += " and " + id_column + " > " + next();
    return text += " order by 1" + dialect_.page(limit, 0);
  };
  return on_media({.table = tables_.media}, [&] {
    // Each side ends after a page by itself: some engines would read the rest of all rows for each.
    std::string text = "select owner from (";
    text += branch(table_, name(&MediaColumns::owner_type), name(&MediaColumns::owner_id),
                   name(&MediaColumns::collection));
    text += ") own union select owner from (";
    text += branch(dialect_.identifier(tables_.links), "owner_type", "owner_id", "collection");
    text += ") shared";
    Query query(sql_, text + " order by 1" + dialect_.page(limit, 0));
    for (int i = 0; i < 2; ++i) {
      query.bind(type).bind(collection);
      if (after) query.bind(*after);
    }
    std::vector<std::string> found;
    std::string owner;
    query.fetch([&] { found.push_back(owner); }, soci::into(owner));
    return found;
  });
}

}  // namespace affix::detail
