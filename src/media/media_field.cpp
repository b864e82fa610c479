#include "affix/media/media_field.hpp"

#include <algorithm>

#include "affix/soci/session_state.hpp"
#include "media/media_checks.hpp"
#include "media/media_field_row.hpp"
#include "media/media_rows.hpp"
#include "media/media_tables.hpp"
#include "persistence/row_access.hpp"

namespace affix {
namespace {

using detail::MediaFieldRow;
using detail::TransactionAccess;

void require_upload(Transaction& tx, const CreateOptions& options) {
  TransactionAccess::work(tx).require_upload(options.idempotency_key);
}

/// The row of a file that was stored before, which is discarded if there is no such row, or if it
/// does not fit.
MediaFieldRow row_for(Transaction& tx, const MediaField& field, const RowKey& key,
                      PendingAttachment& pending) {
  try {
    MediaFieldRow row(tx.session(), field, key);
    row.require_fit(pending);
    return row;
  } catch (...) {
    TransactionAccess::work(tx).discard(std::move(pending));
    throw;
  }
}

AttachmentList list_of(std::vector<MediaRecord> records) {
  AttachmentList list;
  for (MediaRecord& record : records) list.items.push_back(std::move(record.attachment));
  return list;
}

void require_columns(soci::session& sql, std::string_view table,
                     std::span<const std::string> names) {
  const Dialect& dialect = dialect_of(sql);
  const std::vector<ColumnInfo> columns = dialect.columns(sql, table);
  const Where where{.table = std::string(table)};
  if (columns.empty()) throw Error(Errc::invalid_argument, "There is no such table", where);
  for (const std::string& name : names) {
    const auto is_it = [&](const ColumnInfo& one) { return dialect.is_named(one, name); };
    if (std::ranges::any_of(columns, is_it)) continue;
    throw Error(Errc::invalid_argument, "The table has no such column",
                {.table = std::string(table), .column = name});
  }
}

}  // namespace

std::optional<Attachment> MediaField::load(soci::session& sql, const RowKey& key_value) const {
  auto records = MediaFieldRow(sql, *this, key_value).read();
  if (records.empty()) return std::nullopt;
  return std::move(records.front().attachment);
}

void MediaField::each(soci::session& sql,
                      const std::function<void(const RowKey&, const Attachment&)>& visit) const {
  detail::visit_media_rows(sql, *this,
                           [&](const RowKey& row, const std::vector<MediaRecord>& records) {
                             visit(row, records.front().attachment);
                           });
}

Attachment MediaField::put(Transaction& tx, const RowKey& key_value, Source source,
                           CreateOptions options) const {
  require_upload(tx, options);
  const MediaFieldRow row(tx.session(), *this, key_value);
  const auto expected = row.read();
  return row.replace(tx, expected, row.create(tx, std::move(source), std::move(options)));
}

Attachment MediaField::put(Transaction& tx, const RowKey& key_value,
                           PendingAttachment pending) const {
  const MediaFieldRow row = row_for(tx, *this, key_value, pending);
  const auto expected = row.read();
  return row.replace(tx, expected, std::move(pending));
}

void MediaField::clear(Transaction& tx, const RowKey& key_value) const {
  const MediaFieldRow row(tx.session(), *this, key_value);
  row.clear(tx, row.read());
}

Attachment MediaField::ensure_variants(Transaction& tx, const RowKey& key_value,
                                       std::vector<std::string> names) const {
  const MediaFieldRow row(tx.session(), *this, key_value);
  const auto records = row.read();
  return row.ensure_variants(tx, records.empty() ? nullptr : &records.front(), std::move(names));
}

void MediaField::check(soci::session& sql) const {
  detail::run_at({.table = std::string(table), .column = std::string(collection)}, [&] {
    const detail::OpenedByStatement opened(sql);
    const std::string key_name(key);
    require_columns(sql, table, {&key_name, 1});
    if (collection.empty()) throw Error(Errc::invalid_argument, "A field needs a collection");
    detail::check_place(
        {{std::string(owner_type.empty() ? table : owner_type), "id"}, std::string(collection)});
    const MediaTables names = detail::with_exact_names(tables ? *tables : MediaTables{});
    require_columns(sql, names.media, detail::column_names(names.columns));
    require_columns(sql, names.links, {});
    require_columns(sql, names.positions, {});
  });
}

void MediaListField::check(soci::session& sql) const { media.check(sql); }

AttachmentList MediaListField::load(soci::session& sql, const RowKey& key_value) const {
  return list_of(MediaFieldRow(sql, media, key_value).read());
}

void MediaListField::each(
    soci::session& sql,
    const std::function<void(const RowKey&, const AttachmentList&)>& visit) const {
  detail::visit_media_rows(sql, media, [&](const RowKey& row, std::vector<MediaRecord> records) {
    visit(row, list_of(std::move(records)));
  });
}

Attachment MediaListField::append(Transaction& tx, const RowKey& key_value, Source source,
                                  CreateOptions options) const {
  require_upload(tx, options);
  const MediaFieldRow row(tx.session(), media, key_value);
  return row.append(tx, row.create(tx, std::move(source), std::move(options)));
}

Attachment MediaListField::append(Transaction& tx, const RowKey& key_value,
                                  PendingAttachment pending) const {
  const MediaFieldRow row = row_for(tx, media, key_value, pending);
  return row.append(tx, std::move(pending));
}

void MediaListField::remove(Transaction& tx, const RowKey& key_value, std::string_view id) const {
  MediaFieldRow(tx.session(), media, key_value).remove(tx, id);
}

void MediaListField::clear(Transaction& tx, const RowKey& key_value) const {
  media.clear(tx, key_value);
}

Attachment MediaListField::ensure_variants(Transaction& tx, const RowKey& key_value,
                                           std::string_view id,
                                           std::vector<std::string> names) const {
  const MediaFieldRow row(tx.session(), media, key_value);
  const auto records = row.read();
  const auto has_id = [&](const MediaRecord& one) { return one.attachment.id == id; };
  const auto found = std::ranges::find_if(records, has_id);
  return row.ensure_variants(tx, found == records.end() ? nullptr : &*found, std::move(names));
}

}  // namespace affix
