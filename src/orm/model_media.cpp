#include <algorithm>

#include "affix/orm/detail/model_rows.hpp"
#include "affix/orm/detail/related_rows.hpp"
#include "affix/orm/medium.hpp"
#include "affix/soci/session_state.hpp"
#include "media/media_rows.hpp"
#include "media/media_tables.hpp"
#include "orm/condition_text.hpp"
#include "orm/field_text.hpp"
#include "orm/operators.hpp"
#include "orm/run_on_model.hpp"

namespace affix::detail {
namespace {

/// Reads the records of many owners in one statement.
class OwnersMedia {
 public:
  OwnersMedia(soci::session& sql, const ModelTable& table, const ModelField& field,
              const FilterNode& scope)
      : sql_(sql),
        dialect_(dialect_of(sql)),
        tables_(tables_of(field)),
        medium_(medium_table(tables_)),
        scope_(for_medium(scope, tables_)),
        owner_type_(Dialect::literal(owner_type_of(table, field))),
        collection_(Dialect::literal(field.name)) {}

  template <class Visit>
  void read(std::span<const ColumnValue> keys, Visit visit) const {
    StatementText statement(sql_);
    write_branch(statement, keys, false);
    statement << " union all ";
    write_branch(statement, keys, true);
    std::string owner;
    long long position = 0;
    MediaRow row;
    std::move(statement).query(sql_).fetch_with(
        [&](soci::statement& one) {
          row.define(one);
          one.exchange(soci::into(owner));
          one.exchange(soci::into(position));
        },
        [&] {
          MediaRecord record = row.take();
          record.position = position;  // The one that it has there, also if it is shared.
          visit(owner, std::move(record));
        });
  }

 private:
  /// Records that were stored for the owners, or that they share.
  void write_branch(StatementText& statement, std::span<const ColumnValue> keys,
                    bool shared) const {
    const MediaColumns& columns = tables_.columns;
    const std::string place = shared ? "l" : "m";
    const auto named = [&](const std::string& own, const char* link) {
      return place + "." + dialect_.identifier(shared ? std::string(link) : own);
    };
    const std::string owner = named(columns.owner_id, "owner_id");
    statement << "select " << selected_columns(sql_, columns, "m") << ", "
              << whole_text(sql_, owner) << ", " << named(columns.position, "position") << " from "
              << dialect_.identifier(tables_.media) << " m";
    if (shared) {
      statement << " join " << dialect_.identifier(tables_.links) << " l on m."
                << dialect_.identifier(columns.id) << " = l.media_id";
    }
    statement << " where " << named(columns.owner_type, "owner_type") << " = " << owner_type_
              << " and " << named(columns.collection, "collection") << " = " << collection_
              << " and " << owner << " in (";
    const char* before = "";
    for (const ColumnValue& key : keys) {
      statement << before << statement.parameter(owner_id_of(key), ColumnType::text);
      before = ", ";
    }
    statement << ")";
    ConditionText condition(sql_, statement, medium_, "m");
    condition.write_as(columns.position, named(columns.position, "position"));
    const Predicate more = condition.compile(scope_.where);
    if (more.rows == Predicate::Rows::none) statement << " and 1 = 0";
    if (more.rows == Predicate::Rows::some) statement << " and " << more.text;
  }

  soci::session& sql_;
  const Dialect& dialect_;
  const MediaTables tables_;
  const ModelTable medium_;
  const FilterNode scope_;
  std::string owner_type_;
  std::string collection_;
};

/// What conditions and orders can name of a record.
std::vector<ColumnValue> cells_of_record(const MediaRecord& record) {
  const Attachment& one = record.attachment;
  const auto size = [](int side) { return side > 0 ? std::optional(side) : std::nullopt; };
  return cells_of(
      Medium{.id = one.id,
             .name = one.name,
             .file_name = one.file_name,
             .mime_type = one.mime_type,
             .size = one.size,
             .disk = one.disk,
             .path = one.path,
             .position = record.position,
             .created_at = one.created_at.value_or(TimePoint()),
             .checksum = one.checksum.empty() ? std::nullopt : std::optional(one.checksum),
             .width = size(one.width),
             .height = size(one.height)});
}

/// In the order of the filter, then of their positions. Here and not in the database, since both
/// sides of the statement come together only there.
void sort_records(std::vector<MediaRecord>& records, const FilterNode& scope) {
  const ModelTable& table = model_table<Medium>();
  std::vector<OrderNode> order = scope.order;
  order.push_back({.column = "position"});
  order.push_back({.column = "id"});
  std::vector<std::pair<std::vector<ColumnValue>, MediaRecord>> keyed;
  for (MediaRecord& record : records) {
    auto cells = cells_of_record(record);
    keyed.emplace_back(std::move(cells), std::move(record));
  }
  std::ranges::sort(keyed, [&](const auto& left, const auto& right) {
    for (const OrderNode& by : order) {
      const std::size_t at = table.at(by.column);
      if (left.first[at] == right.first[at]) continue;
      return (left.first[at] < right.first[at]) == (by.direction == Direction::ascending);
    }
    return false;
  });
  for (std::size_t i = 0; i < keyed.size(); ++i) records[i] = std::move(keyed[i].second);
}

}  // namespace

AttachmentsOfOwners ModelReader::attachments(const ModelField& field, const FilterNode& scope,
                                             std::vector<ColumnValue> keys) const {
  return run_on_model(sql_, table_, [&] {
    const OwnersMedia media(sql_, table_, field, scope);
    std::map<std::string, std::vector<MediaRecord>> records;
    // Both sides of the statement name all keys.
    const std::size_t most = most_items(dialect_of(sql_)) / 2;
    for (std::size_t from = 0; from < keys.size(); from += most) {
      const std::span some(keys.data() + from, std::min(most, keys.size() - from));
      media.read(some, [&](const std::string& owner, MediaRecord record) {
        records[owner].push_back(std::move(record));
      });
    }
    AttachmentsOfOwners found;
    for (auto& [owner, list] : records) {
      sort_records(list, scope);
      AttachmentList& attachments = found[owner];
      const std::size_t start = std::min(scope.offset, list.size());
      const std::size_t end =
          start + std::min(scope.limit.value_or(list.size()), list.size() - start);
      for (std::size_t i = start; i < end; ++i) {
        attachments.items.push_back(std::move(list[i].attachment));
      }
      if (attachments.items.empty()) found.erase(owner);
    }
    return found;
  });
}

}  // namespace affix::detail
