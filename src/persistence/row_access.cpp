#include "persistence/row_access.hpp"

#include <atomic>
#include <utility>

#include "affix/soci/attachment.hpp"
#include "affix/soci/session_pool.hpp"
#include "affix/soci/session_state.hpp"
#include "affix/storage/checksum.hpp"
#include "affix/value/id.hpp"
#include "document_text.hpp"
#include "persistence/query.hpp"

namespace affix::detail {
namespace {

using OneAttachment = std::optional<Attachment>;

/// The names of a field as this database writes them.
struct Names {
  std::string table;
  std::string column;
  std::string key;

  Names(soci::session& sql, const ColumnField& field)
      : table(dialect_of(sql).identifier(field.table)),
        column(dialect_of(sql).identifier(field.column)),
        key(dialect_of(sql).identifier(field.key)) {}
};

[[noreturn]] void refuse_several() {
  throw Error(Errc::invalid_argument, "The key column of a field must be unique");
}

[[noreturn]] void refuse_missing() {
  throw Error(Errc::record_not_found, "There is no row with this key");
}

/// What a document has to start with for its row to be changed: with nothing, there must be none.
/// Without a start, whatever is there.
using Start = std::optional<std::string>;

/// How `print` begins: with what never changes.
std::string start_of(const Attachment& attachment) {
  std::string text = R"({"v":1,"id":")";
  text += attachment.id;
  return text += '"';
}

/// Returns how many rows were changed: one, or none.
template <class Value>
long long update_row(soci::session& sql, const ColumnField& field, const RowKey& key,
                     const Value& value, const Start& start) {
  const Names names(sql, field);
  std::string text =
      "update " + names.table + " set " + names.column + " = :p0 where " + names.key + " = :p1";
  if (start && start->empty()) text += " and " + names.column + " is null";
  if (start && !start->empty()) {
    constexpr std::size_t blanks = 8;  // That an engine may have put in between.
    text += " and " + dialect_of(sql).document_start(field.column, start->size() + blanks) +
            " like :p2 escape '!'";
  }
  Query query(sql, std::move(text));
  query.bind_document(JsonColumn<Value>::is_null(value) ? "" : JsonColumn<Value>::to_text(value));
  std::visit([&](const auto& row) { query.bind(row); }, key.value());
  if (start && !start->empty()) query.bind(Dialect::prefix_pattern(*start));
  const long long rows = query.change_one();
  if (rows > 1) refuse_several();
  return rows;
}

}  // namespace

OpenedByStatement::OpenedByStatement(soci::session& sql)
    : sql_(sql), ours_(!dialect_of(sql).traits().autocommits && !in_transaction(sql)) {}

OpenedByStatement::~OpenedByStatement() {
  if (ours_) abandon_transaction(sql_);
}

std::string new_savepoint() {
  static std::atomic<unsigned long long> last = 0;
  return "affix_" + std::to_string(++last);
}

void changed_meanwhile() {
  throw Error(Errc::conflict, "Somebody else has changed the field meanwhile");
}

void in_own_transaction(soci::session& sql, const std::function<void()>& work) {
  dialect_of(sql).begin_for_write(sql);
  try {
    work();
    sql.commit();
  } catch (...) {
    abandon_transaction(sql);
    throw;
  }
}

std::string slot_of(const ColumnField& field, const RowKey& key) {
  constexpr std::size_t room = 255;
  std::string slot(field.table);
  slot += '.';
  slot += field.column;
  slot += '#';
  slot += key.text();
  if (slot.size() <= room) return slot;
  return checksum(std::as_bytes(std::span(slot)));
}

Where place_of(const ColumnField& field, const RowKey& key) {
  return {
      .table = std::string(field.table), .column = std::string(field.column), .row = key.text()};
}

bool concerns_row(const Error& error) {
  switch (error.code()) {
    case Errc::database:
    case Errc::in_doubt:
    case Errc::invalid_state:
    case Errc::unknown_disk:
    case Errc::unsupported:
      return false;
    default:
      return true;
  }
}

template <class Value>
Value read_row(soci::session& sql, const ColumnField& field, const RowKey& key, RowLock lock) {
  return run_at(place_of(field, key), [&] {
    const Names names(sql, field);
    const std::string source =
        " from " + names.table + " where " + names.key + " = :p0" + dialect_of(sql).row_lock(lock);
    const auto parameter = std::visit([](const auto& row) { return Parameter{row}; }, key.value());
    if (auto at_once = read_one_at_once(sql, names.column, source, {&parameter, 1})) {
      if (at_once->rows > 1) refuse_several();
      if (at_once->rows == 0) refuse_missing();
      return at_once->cell.template read<Value>();
    }
    const std::string query = "select " + names.column + source;
    Value fetched;
    Value value;
    const bool found = std::visit(
        [&](const auto& row) {
          soci::statement statement(sql);
          const StatementGuard guard(sql, statement);
          statement.exchange(soci::use(row, "p0"));
          statement.exchange(soci::details::into_type_ptr(new JsonInto<Value>(fetched, nullptr)));
          statement.alloc();
          // Spares PostgreSQL two round trips.
          statement.prepare(query, soci::details::st_one_time_query);
          statement.define_and_bind();
          const bool has_row = statement.execute(true);
          value = std::exchange(fetched, {});
          if (has_row && statement.fetch()) refuse_several();
          return has_row;
        },
        key.value());
    if (!found) refuse_missing();
    return value;
  });
}

template <class Value>
void write_row(soci::session& sql, const ColumnField& field, const RowKey& key,
               const Value& value) {
  run_at(place_of(field, key), [&] {
    if (update_row(sql, field, key, value, {}) == 0) refuse_missing();
  });
}

bool write_row_if(soci::session& sql, const ColumnField& field, const RowKey& key,
                  const OneAttachment& before, const OneAttachment& value) {
  // Engines take `A` and `a` for the same here; our own ids have small letters only.
  if (before && !is_uuid_v7(before->id)) return false;
  return run_at(place_of(field, key), [&] {
    return update_row(sql, field, key, value, before ? start_of(*before) : std::string()) == 1;
  });
}

template OneAttachment read_row(soci::session&, const ColumnField&, const RowKey&, RowLock);
template AttachmentList read_row(soci::session&, const ColumnField&, const RowKey&, RowLock);
template DocumentText read_row(soci::session&, const ColumnField&, const RowKey&, RowLock);
template void write_row(soci::session&, const ColumnField&, const RowKey&, const OneAttachment&);
template void write_row(soci::session&, const ColumnField&, const RowKey&, const AttachmentList&);
template void write_row(soci::session&, const ColumnField&, const RowKey&, const DocumentText&);

}  // namespace affix::detail
