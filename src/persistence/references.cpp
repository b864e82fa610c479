#include "affix/soci/attachment.hpp"
#include "affix/soci/session_pool.hpp"
#include "affix/soci/session_state.hpp"
#include "persistence/reaper.hpp"
#include "persistence/row_access.hpp"

namespace affix::detail {
namespace {

/// Rows whose document has one of the ids in its text. Ids are UUIDs: nothing to be quoted.
std::string candidates(const Dialect& dialect, const ColumnField& field,
                       std::span<const std::string> ids) {
  const std::string column = dialect.identifier(field.column);
  const bool cast = dialect.engine() == Engine::postgresql;
  const std::string text = cast ? "cast(" + column + " as text)" : column;
  std::string condition;
  for (const std::string& id : ids) {
    condition += condition.empty() ? "" : " or ";
    condition += text + " like " + Dialect::literal("%" + id + "%");
  }
  return "select " + column + " from " + dialect.identifier(field.table) + " where " + condition;
}

/// Runs one of the statements, on the owners' rows.
template <class Statement>
void run(const ManagerCore& core, const Where& place, Statement statement) {
  run_at(place, [&] { core.statement("row.find", statement); });
}

template <class Value, class Visit>
void read_all(soci::session& sql, const ManagerCore& core, const ColumnField& field,
              std::span<const std::string> ids, Visit visit) {
  const Where place{.table = std::string(field.table), .column = std::string(field.column)};
  const OpenedByStatement opened(sql);
  run(core, place, [&] {
    Value value;
    soci::statement statement =
        (sql.prepare << candidates(dialect_of(sql), field, ids), soci::into(value));
    const StatementGuard guard(sql, statement);
    statement.execute();
    while (statement.fetch()) visit(value);
  });
}

}  // namespace

std::set<std::string> find_references(soci::session& sql, const ManagerCore& core,
                                      std::span<const std::string> ids, const Places& places) {
  std::set<std::string> found;
  if (ids.empty()) return found;
  const auto note = [&](const Attachment& attachment) {
    if (std::ranges::find(ids, attachment.id) != ids.end()) found.insert(attachment.id);
  };
  for (const ColumnField& field : places.fields) {
    read_all<std::optional<Attachment>>(sql, core, field, ids, [&](const auto& value) {
      if (value) note(*value);
    });
  }
  for (const ColumnListField& field : places.list_fields) {
    read_all<AttachmentList>(sql, core, field.column, ids, [&](const AttachmentList& list) {
      for (const Attachment& one : list) note(one);
    });
  }
  for (const auto& table : places.tables) {
    const OpenedByStatement opened(sql);
    run(core, {}, [&] {
      for (const PlacedAttachment& one : table->find(sql, ids, RowLock::none)) note(one.attachment);
    });
  }
  return found;
}

}  // namespace affix::detail
