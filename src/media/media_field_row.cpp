#include "media/media_field_row.hpp"

#include <algorithm>
#include <charconv>

#include "affix/media/soci_media_store.hpp"
#include "affix/soci/session_state.hpp"
#include "manager/upload_limits.hpp"
#include "media/media_checks.hpp"
#include "media/media_search.hpp"
#include "media/media_tables.hpp"
#include "persistence/field_options.hpp"
#include "persistence/query.hpp"
#include "persistence/row_access.hpp"
#include "persistence/row_pages.hpp"

namespace affix::detail {
namespace {

constexpr std::size_t owners_of_a_page = 500;

std::string type_of(const MediaField& field) {
  return std::string(field.owner_type.empty() ? field.table : field.owner_type);
}

const MediaTables& tables_of(const MediaField& field) {
  static const MediaTables default_names;
  return field.tables ? *field.tables : default_names;
}

[[noreturn]] void refuse_missing_row() {
  throw Error(Errc::record_not_found, "There is no row with this key");
}

/// The key of an owner, as its table has it.
std::optional<RowKey> row_of(const std::string& owner, bool is_text) {
  if (is_text) return owner;
  long long number = 0;
  const char* const end = owner.data() + owner.size();
  const auto read = std::from_chars(owner.data(), end, number);
  if (read.ec != std::errc() || std::to_string(number) != owner) return {};
  return number;
}

}  // namespace

std::shared_ptr<MediaStore> store_of(soci::session& sql, const MediaField& field) {
  return make_soci_media_store(
      sql, {.tables = tables_of(field), .schema = SociMediaStoreOptions::Schema::never});
}

Where MediaFieldRow::where() const {
  return {.table = std::string(field_.table),
          .column = std::string(field_.collection),
          .row = key_.text()};
}

/// Runs a step; its errors get the row's place.
template <class Step>
auto MediaFieldRow::here(Step step) const {
  try {
    return step();
  } catch (const Error& error) {
    throw error.with(where());
  }
}

MediaFieldRow::MediaFieldRow(soci::session& sql, const MediaField& field, const RowKey& key)
    : sql_(sql), field_(field), key_(key), store_(store_of(sql, field)) {
  here([&] {
    const OpenedByStatement opened(sql_);
    const auto owner = find_owner(RowLock::none);
    if (!owner) refuse_missing_row();
    place_ = {{type_of(field), *owner}, std::string(field.collection)};
  });
}

template <class Step>
auto MediaFieldRow::guarded(Transaction& tx, Step step) const {
  return here([&] { return TransactionAccess::guarded(tx, step); });
}

MediaLibrary::Work MediaFieldRow::library(Transaction& tx) const {
  return Work({.store = store_, .files = TransactionAccess::work(tx).files()});
}

/// The row's key as the database has it, if there is the row.
std::optional<std::string> MediaFieldRow::find_owner(RowLock lock) const {
  return on_media({.table = std::string(field_.table)}, [&] {
    const Dialect& dialect = dialect_of(sql_);
    const std::string key = dialect.identifier(field_.key);
    const bool is_text = std::holds_alternative<std::string>(key_.value());
    Query query(sql_, "select " + (is_text ? whole_text(sql_, key) : key) + " from " +
                          dialect.identifier(field_.table) + " where " + key + " = :p0" +
                          dialect.row_lock(lock));
    std::visit([&](const auto& value) { query.bind(value); }, key_.value());
    std::optional<std::string> found;
    long long number = 0;
    std::string text;
    if (is_text) {
      query.fetch([&] { found = text; }, soci::into(text));
    } else {
      query.fetch([&] { found = std::to_string(number); }, soci::into(number));
    }
    return found;
  });
}

void MediaFieldRow::lock_row() const {
  if (!find_owner(RowLock::wait)) refuse_missing_row();
}

MediaFieldRow::Records MediaFieldRow::read() const {
  return here([&] {
    const OpenedByStatement opened(sql_);
    return store_->list_by_owner(place_.owner, place_.collection, nullptr);
  });
}

MediaFieldRow::Records MediaFieldRow::lock_place(Transaction& tx) const {
  return library(tx).locked_list(tx, place_);
}

/// The ids of what is there, locked. It must be what was read before.
MediaFieldRow::Work::Ids MediaFieldRow::lock_same(Transaction& tx, const Records& expected) const {
  const auto ids = [](const Records& records) {
    Work::Ids found;
    for (const MediaRecord& record : records) found.insert(record.attachment.id);
    return found;
  };
  Work::Ids there = ids(lock_place(tx));
  if (there != ids(expected)) changed_meanwhile();
  return there;
}

void MediaFieldRow::expect(Transaction& tx, const Records& expected) const {
  guarded(tx, [&] { static_cast<void>(lock_same(tx, expected)); });
}

/// Locks what the row has, and the row. It must be what was read before.
void MediaFieldRow::lock(Transaction& tx, const Records& expected) const {
  const Work::Ids there = lock_same(tx, expected);
  if (library(tx).lock_live(tx, there) != there) changed_meanwhile();
  lock_row();
}

PendingAttachment MediaFieldRow::create(Transaction& tx, Source source,
                                        CreateOptions options) const {
  here([&] { check_place(place_); });
  return TransactionAccess::work(tx).files().create(std::move(source),
                                                    with_defaults(std::move(options), field_));
}

void MediaFieldRow::require_fit(const PendingAttachment& pending) const {
  here([&] {
    check_place(place_);
    require_allowed(field_.accepts, field_.max_size, pending.preview());
  });
}

Attachment MediaFieldRow::adopt(Transaction& tx, PendingAttachment pending) const {
  const std::string slot = media_slot(pending.id());
  return here([&] { return TransactionAccess::adopt(tx, std::move(pending), slot); });
}

Attachment MediaFieldRow::append(Transaction& tx, PendingAttachment pending) const {
  Attachment created = adopt(tx, std::move(pending));
  guarded(tx, [&] {
    static_cast<void>(store_->next_position(tx, place_, 0));  // Before the row: the lock order.
    lock_row();
    created = store_->append(tx, {{.attachment = created, .place = place_}}).front().attachment;
  });
  return created;
}

Attachment MediaFieldRow::replace(Transaction& tx, const Records& expected,
                                  PendingAttachment pending) const {
  Attachment created = adopt(tx, std::move(pending));
  guarded(tx, [&] {
    lock(tx, expected);
    created = store_->append(tx, {{.attachment = created, .place = place_}}).front().attachment;
    for (const MediaRecord& old : expected) {
      library(tx).drop(tx, place_, old.attachment.id, Unreferenced::remove);
    }
    if (!expected.empty()) TransactionAccess::replaced(tx, expected.front().attachment, created);
  });
  return created;
}

void MediaFieldRow::clear(Transaction& tx, const Records& expected) const {
  if (expected.empty()) return;
  guarded(tx, [&] {
    lock(tx, expected);
    for (const MediaRecord& old : expected) {
      library(tx).drop(tx, place_, old.attachment.id, Unreferenced::remove);
    }
  });
}

void MediaFieldRow::remove(Transaction& tx, std::string_view id) const {
  const std::string one(id);
  const Records there = read();
  if (std::ranges::none_of(there,
                           [&](const auto& record) { return record.attachment.id == one; })) {
    throw Error(Errc::conflict, "The list has no attachment with this id", {.attachment = one})
        .with(where());
  }
  guarded(tx, [&] {
    if (library(tx).take_out(tx, place_, {&one, 1}) == 0) changed_meanwhile();
  });
}

Attachment MediaFieldRow::ensure_variants(Transaction& tx, const MediaRecord* found,
                                          std::vector<std::string> names) const {
  return here([&] {
    if (!found) throw Error(Errc::file_not_found, "The row has no such attachment");
    if (names.empty()) names = texts(field_.variants);
    return library(tx).make_variants(tx, *found, names).attachment;
  });
}

void visit_media_owners(soci::session& sql, const MediaField& field,
                        const std::function<void(std::span<const FieldOwner>)>& visit) {
  const bool is_text = has_text_key(sql, field.table, field.key);
  const MediaTables tables = with_exact_names(tables_of(field));
  std::optional<std::string> after;
  while (true) {
    const auto owners = [&] {
      const OpenedByStatement opened(sql);
      return MediaSearch(sql, tables)
          .owners(type_of(field), std::string(field.collection), after, owners_of_a_page);
    }();
    std::vector<FieldOwner> rows;
    for (const std::string& owner : owners) rows.push_back({owner, row_of(owner, is_text)});
    if (!rows.empty()) visit(rows);
    if (owners.size() < owners_of_a_page) return;
    after = owners.back();
  }
}

void visit_media_rows(soci::session& sql, const MediaField& field,
                      const std::function<void(const RowKey&, std::vector<MediaRecord>)>& visit) {
  const auto read = [&](const RowKey& row) {
    try {
      return MediaFieldRow(sql, field, row).read();
    } catch (const Error& error) {
      if (error.code() != Errc::record_not_found) throw;
      return MediaFieldRow::Records{};  // Of a row that is gone.
    }
  };
  visit_media_owners(sql, field, [&](std::span<const FieldOwner> owners) {
    for (const FieldOwner& owner : owners) {
      if (!owner.row) continue;
      auto records = read(*owner.row);
      if (!records.empty()) visit(*owner.row, std::move(records));
    }
  });
}

}  // namespace affix::detail
